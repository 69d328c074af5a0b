//! What may be sent again: whether a retry can do harm, and which refusals settle what became of an earlier attempt.
//! Neither is in the vendor's document; `x-retry-safety` and `x-settling-codes` are set by the overlay.

use serde_json::{Map, Value};

/// Whether sending a request twice can do harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetrySafety {
    Read,
    Keyed,
    Unproven,
}

/// What the overlay says, else what follows from the method: the general rule of the API is that writes honour keys.
pub(super) fn safety(raw: &Map<String, Value>, method: &str) -> Result<RetrySafety, String> {
    let is_get = method == "get";
    match raw.get("x-retry-safety").map(Value::as_str) {
        None if is_get => Ok(RetrySafety::Read),
        None => Ok(RetrySafety::Keyed),
        Some(Some("read")) => Ok(RetrySafety::Read),
        Some(_) if is_get => Err("a GET is always `x-retry-safety: read`".to_owned()),
        Some(Some("keyed")) => Ok(RetrySafety::Keyed),
        Some(Some("unproven")) => Ok(RetrySafety::Unproven),
        Some(_) => Err("`x-retry-safety` is `read`, `keyed` or `unproven`".to_owned()),
    }
}

/// The codes of `x-settling-codes`. A refusal settles an earlier attempt only where keys are honoured.
pub(super) fn settling_codes(
    raw: &Map<String, Value>,
    safety: RetrySafety,
) -> Result<Vec<String>, String> {
    let Some(list) = raw.get("x-settling-codes") else {
        return Ok(Vec::new());
    };
    if safety != RetrySafety::Keyed {
        return Err("`x-settling-codes` make sense only for a write that honours keys".to_owned());
    }
    let codes = list.as_array().into_iter().flatten();
    let codes: Option<Vec<String>> = codes.map(code).collect();
    match codes {
        Some(codes) if !codes.is_empty() => Ok(codes),
        _ => Err("`x-settling-codes` is a list of error codes such as `CALL_NOT_FOUND`".to_owned()),
    }
}

fn code(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (!text.is_empty() && text.bytes().all(is_code)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(extensions: &Value, method: &str) -> Result<(RetrySafety, Vec<String>), String> {
        let raw = extensions.as_object().unwrap();
        let safety = safety(raw, method)?;
        Ok((safety, settling_codes(raw, safety)?))
    }

    #[test]
    fn the_method_decides_unless_the_overlay_does() {
        let of = |extensions, method| read(&extensions, method).map(|(safety, _)| safety);
        assert_eq!(of(json!({}), "get"), Ok(RetrySafety::Read));
        assert_eq!(of(json!({}), "patch"), Ok(RetrySafety::Keyed));
        let unproven = json!({"x-retry-safety": "unproven"});
        assert_eq!(of(unproven.clone(), "post"), Ok(RetrySafety::Unproven));
        assert!(of(unproven, "get").is_err());
        let reads = json!({"x-retry-safety": "read"});
        assert_eq!(of(reads, "post"), Ok(RetrySafety::Read));
        for wrong in [json!("often"), json!(true), Value::Null] {
            assert!(of(json!({"x-retry-safety": wrong}), "post").is_err());
        }
    }

    #[test]
    fn only_keyed_writes_have_codes_that_settle() {
        let codes = json!({"x-settling-codes": ["CALL_NOT_FOUND", "INVALID_ITEM_ID"]});
        let (_, found) = read(&codes, "post").unwrap();
        assert_eq!(found, ["CALL_NOT_FOUND", "INVALID_ITEM_ID"]);
        assert!(read(&codes, "get").is_err());
        let unproven = json!({"x-retry-safety": "unproven", "x-settling-codes": ["A_B"]});
        assert!(read(&unproven, "post").is_err());
        for wrong in [
            json!([]),
            json!("CALL_NOT_FOUND"),
            json!(["not found"]),
            json!([4]),
        ] {
            assert!(read(&json!({"x-settling-codes": wrong}), "post").is_err());
        }
    }
}
