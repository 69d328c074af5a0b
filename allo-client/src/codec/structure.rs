//! Estimates the memory of a parsed JSON text, and rejects texts that need far more than a page of their length:
//! millions of tiny values take a hundred times the length of their text.

use serde::de::{DeserializeOwned, Error as _};

/// The memory of a parsed value, and the additional memory of an object.
const VALUE: usize = 80;
const OBJECT: usize = 600;
/// A text whose values take no more than this is always parsed.
const HARMLESS: usize = 64 * 1024 * 1024;
/// The maximum ratio of memory to length for larger texts. The densest large responses,
/// conversations with their transcripts, take ten times their length.
const MOST_TIMES: usize = 16;

/// The error for a text that would take far more memory than a page of its length.
#[derive(Debug)]
pub(crate) struct TooDense;

impl TooDense {
    pub(crate) const MESSAGE: &'static str = "the body contains too many values for its length";
}

/// Parses a text unless it would take far more memory than a page of its length.
pub(crate) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    check(json).map_err(|TooDense| serde_json::Error::custom(TooDense::MESSAGE))?;
    serde_json::from_slice(json)
}

/// Rejects a text that would take far more memory than a page of its length.
pub(crate) fn check(json: &[u8]) -> Result<(), TooDense> {
    let most = json.len().saturating_mul(MOST_TIMES).max(HARMLESS);
    // Only long texts can take that much.
    let is_dense = json.len() > HARMLESS / (VALUE + OBJECT) && size(json) > most;
    if is_dense { Err(TooDense) } else { Ok(()) }
}

/// The memory of all values of a text, estimated from its punctuation.
fn size(json: &[u8]) -> usize {
    let mut size = VALUE;
    let mut is_text = false;
    let mut is_escaped = false;
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b',' | b'[' => size += VALUE,
            b'{' => size += VALUE + OBJECT,
            _ => {}
        }
    }
    size
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_in_texts_does_not_count() {
        let texts = json!([r#"a,b,[{\""#, r#"""#, "\\"]).to_string();
        assert_eq!(size(texts.as_bytes()), 4 * VALUE);
        assert_eq!(size(br#"{"a": [1, {}]}"#), 5 * VALUE + 2 * OBJECT);
    }

    #[test]
    fn millions_of_tiny_values_are_refused_and_a_long_page_is_not() {
        let dense = |entry: &str, length: usize| {
            let entries = vec![entry; length / (entry.len() + 1)];
            format!("[{}]", entries.join(","))
        };
        for entry in ["0", "{}", r#"{"a":1}"#, "[[]]"] {
            assert!(parse::<Value>(dense(entry, 1_000).as_bytes()).is_ok());
            let error = parse::<Value>(dense(entry, 8_000_000).as_bytes()).unwrap_err();
            assert!(error.to_string().contains("too many values"), "{entry}");
        }
        let line = json!({
            "source": "EXTERNAL", "text": "Yes, Tuesday suits us.",
            "time": "2026-05-01T10:00:00Z", "start_seconds": 12.5, "end_seconds": 14.25,
        });
        let page = dense(&line.to_string(), 8_000_000);
        assert!(parse::<Vec<serde::de::IgnoredAny>>(page.as_bytes()).is_ok());
    }
}
