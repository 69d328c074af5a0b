//! What the caller adds to one request: headers, query parameters and body fields that the operation does not have. What
//! cannot be added to any request is refused here; what an operation has already is refused in `call::request`.

use std::fmt;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use super::REQUEST_ID;
use super::reqwest_transport::IDEMPOTENCY_KEY;
use crate::redact::shown_name;

/// Headers that the client sets, with what sets them instead.
static OURS: [(HeaderName, &str); 7] = [
    (header::AUTHORIZATION, "the API key of the client sets it"),
    (header::ACCEPT, "the client sets it"),
    (header::ACCEPT_ENCODING, "the client sets it"),
    (header::CONTENT_TYPE, "the client sets it"),
    (header::USER_AGENT, "set it by `ClientBuilder::user_agent`"),
    (IDEMPOTENCY_KEY, "set it by `with_idempotency_key`"),
    (REQUEST_ID, "set it by `with_request_id`"),
];

/// Headers that frame a message, or are for the next hop alone.
static FRAMING: [HeaderName; 15] = [
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::RANGE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Headers, query parameters and body fields added to one request.
#[derive(Clone, Default)]
pub(crate) struct Additions {
    pub(crate) headers: HeaderMap,
    /// Names and values, not encoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Map<String, Value>,
}

/// Why something cannot be added to any request.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The name, fit to be shown.
    pub(crate) param: String,
    pub(crate) message: String,
}

impl Refused {
    /// `name` may come from a user, so it is masked like other texts.
    fn new(what: &str, name: &str, why: &str) -> Self {
        let param = shown_name(name);
        let message = format!("{what} `{param}` {why}");
        Self { param, message }
    }
}

impl Additions {
    pub(super) fn header(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let refused = |why: &str| Err(Refused::new("the header", name, why));
        let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
            return refused("is not a valid name in HTTP");
        };
        if let Some((_, instead)) = OURS.iter().find(|(ours, _)| *ours == parsed) {
            return refused(&format!("is reserved: {instead}"));
        }
        if FRAMING.contains(&parsed) {
            return refused("is reserved: HTTP sets it");
        }
        let ascii = Some(value).filter(|value| value.is_ascii());
        let Some(mut value) = ascii.and_then(|value| HeaderValue::from_str(value).ok()) else {
            return refused("has a value that is not valid in HTTP");
        };
        if self.headers.contains_key(&parsed) {
            return refused("is set twice");
        }
        value.set_sensitive(true);
        self.headers.insert(parsed, value);
        Ok(())
    }

    pub(super) fn query(&mut self, name: &str, value: String) -> Result<(), Refused> {
        if name.is_empty() {
            return Err(Refused::new("the query parameter", name, "has no name"));
        }
        self.query.push((name.to_owned(), value));
        Ok(())
    }

    pub(super) fn body_field(&mut self, name: &str, value: Value) -> Result<(), Refused> {
        if self.body.contains_key(name) {
            return Err(Refused::new("the body field", name, "is set twice"));
        }
        self.body.insert(name.to_owned(), value);
        Ok(())
    }
}

impl fmt::Debug for Additions {
    /// Names alone: values may be personal or secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query: Vec<_> = self
            .query
            .iter()
            .map(|(name, _)| shown_name(name))
            .collect();
        let body: Vec<_> = self.body.keys().map(|name| shown_name(name)).collect();
        f.debug_struct("Additions")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("query", &query)
            .field("body", &body)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::call_options::CallOptions;

    fn problem(options: CallOptions) -> String {
        let error = options.check().unwrap_err();
        assert!(error.is_invalid_request() && error.param().is_some());
        error.to_string()
    }

    #[test]
    fn what_the_client_or_http_sets_is_reserved_in_any_case() {
        let ours = OURS.iter().map(|(name, _)| name);
        for name in ours.chain(FRAMING.iter()) {
            for name in [name.as_str().to_owned(), name.as_str().to_uppercase()] {
                let shown = problem(CallOptions::default().with_header(&name, "s3cret"));
                assert!(shown.contains("is reserved"), "{shown}");
                assert!(!shown.contains("s3cret"), "{shown}");
            }
        }
        let key = problem(CallOptions::default().with_header("Idempotency-Key", "x"));
        assert!(key.contains("set it by `with_idempotency_key`"), "{key}");
    }

    #[test]
    fn what_http_cannot_carry_is_refused() {
        let table = [
            ("", "x", "valid name"),
            ("x y", "x", "valid name"),
            ("x:", "x", "valid name"),
            ("x-é", "x", "valid name"),
            ("x-a", "s3cret\r\nx-b: 1", "value that is not valid"),
            ("x-a", "s3cret\0", "value that is not valid"),
            ("x-a", "s3cret é", "value that is not valid"),
        ];
        for (name, value, expected) in table {
            let shown = problem(CallOptions::default().with_header(name, value));
            assert!(shown.contains(expected), "{name:?}: {shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
        let twice = CallOptions::default().with_header("x-a", "1");
        assert!(problem(twice.with_header("X-A", "2")).contains("twice"));
        assert!(problem(CallOptions::default().with_query("", 1)).contains("no name"));
        let twice = CallOptions::default().with_body_field("a", 1);
        assert!(problem(twice.with_body_field("a", 2)).contains("twice"));
    }

    #[test]
    fn debug_masks_values() {
        let options = CallOptions::default()
            .with_header("x-team", "s3cret")
            .with_query("of", "s3cret")
            .with_body_field("note", "s3cret")
            .with_query("+12125550101", "s3cret");
        assert!(options.check().is_ok());
        let shown = format!("{options:?}");
        for name in ["x-team", "of", "note"] {
            assert!(shown.contains(name), "{shown}");
        }
        assert!(
            !shown.contains("s3cret") && !shown.contains("2125550101"),
            "{shown}"
        );
    }
}
