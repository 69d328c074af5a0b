//! Removes quoted values from serde's error messages. Secrets in other texts are found by the
//! sibling modules.

use super::Redactor;

/// An error message of serde without the values that it quotes.
pub(crate) fn decode_problem(error: &serde_json::Error) -> String {
    Redactor::without_key().clean(&without_values(&error.to_string()))
}

/// Empties every `"…"`, and every `` `…` `` that is a value and not a field name.
fn without_values(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, quote, inside)) = next_quote(rest) {
        let (value, after) = inside.split_at(closing(inside, quote));
        let names = ["field ", "variant ", "struct "];
        let is_name = quote == '`' && names.iter().any(|word| before.ends_with(word));
        let shown = if is_name { value } else { "…" };
        out.push_str(before);
        out.push(quote);
        out.push_str(shown);
        out.push(quote);
        rest = after.strip_prefix(quote).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The text before the next quote, the quote, and the text after it.
fn next_quote(text: &str) -> Option<(&str, char, &str)> {
    let (before, quoted) = text.split_at_checked(text.find(['"', '`'])?)?;
    let mut after = quoted.chars();
    let quote = after.next()?;
    Some((before, quote, after.as_str()))
}

/// The end of a quoted text; the end of the text if the quote is never closed.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return index,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_survives_in_a_decode_problem() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code)]
        struct Sample {
            number: u8,
        }
        let table = [
            (r#"{"number": "say \"hi\" to Marie"}"#, "string \"…\""),
            (r#"{"number": 4242}"#, "integer `…`"),
            (r#"{"other": 1}"#, "missing field `number`"),
            (r#"{"number": "#, "EOF"),
        ];
        for (json, expected) in table {
            let error = serde_json::from_str::<Sample>(json).unwrap_err();
            let text = decode_problem(&error);
            assert!(text.contains(expected), "{text}");
            assert!(!text.contains("Marie") && !text.contains("4242"), "{text}");
        }
    }

    #[test]
    fn random_quotes_do_not_panic() {
        let mut random = fastrand::Rng::with_seed(7);
        let pieces = ["\"", "`", "\\", "é", "field ", "a", " "];
        for _ in 0..5_000 {
            let count = random.usize(..12);
            let picks = (0..count).map(|_| pieces[random.usize(..pieces.len())]);
            without_values(&picks.collect::<String>());
        }
    }
}
