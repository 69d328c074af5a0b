//! The request id: the client's `X-Request-Id` if it is valid, otherwise a generated one.

use axum::http::HeaderMap;

use crate::ids::Ids;

/// The header for the request id, in requests and responses.
pub(crate) const HEADER: &str = "x-request-id";

/// Longer ids are replaced, to bound logs and responses.
const MAX_LENGTH: usize = 200;

/// The client's id, or a generated one.
pub(crate) fn choose(headers: &HeaderMap, ids: &mut Ids) -> String {
    headers
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
        .filter(|id| !id.is_empty() && id.len() <= MAX_LENGTH)
        .map_or_else(|| ids.request(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn chosen(header: Option<&'static str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert(HEADER, HeaderValue::from_static(value));
        }
        choose(&headers, &mut Ids::seeded(1))
    }

    #[test]
    fn the_callers_id_wins() {
        assert_eq!(chosen(Some("import-7")), "import-7");
    }

    #[test]
    fn a_blank_or_absent_id_is_replaced() {
        for header in [None, Some(""), Some("  ")] {
            let id = chosen(header);
            let body = id.strip_prefix("req_").unwrap();
            assert_eq!(body.len(), 12);
            assert!(body.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }
}
