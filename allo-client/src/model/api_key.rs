//! The API key: kept secret in memory, shown nowhere. How it is refused is in `error::keys`, how it is sent in
//! `transport::authorization`.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

/// An API key of Allo.
///
/// Its memory is wiped when the last copy is dropped, and `Debug` does not show
/// it. A key is checked when a client is built from it; to check it at once, use
/// [`ApiKey::new`].
#[derive(Clone)]
pub struct ApiKey(Arc<SecretString>);

/// How the key is written into the `Authorization` header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthScheme {
    /// `Api-Key <key>`, as the guides of the API say.
    #[default]
    Prefixed,
    /// The key alone, as the API's OpenAPI document says.
    Raw,
}

impl ApiKey {
    /// Why this cannot be a key, without repeating it; nothing if it can.
    pub(crate) fn problem(&self) -> Option<String> {
        let key = self.expose();
        if key.is_empty() {
            return Some("is empty".to_owned());
        }
        let at = key.chars().position(|c| !c.is_ascii_graphic())?;
        let what = match key.chars().nth(at) {
            Some(' ') => "a space",
            Some('\r' | '\n') => "a line break",
            Some(c) if c.is_control() => "a control character",
            _ => "a character outside ASCII",
        };
        let place = at + 1;
        let count = key.chars().count();
        Some(format!("holds {what} (character {place} of {count})"))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<&str> for ApiKey {
    fn from(key: &str) -> Self {
        SecretString::from(key).into()
    }
}

impl From<String> for ApiKey {
    fn from(key: String) -> Self {
        SecretString::from(key).into()
    }
}

impl From<SecretString> for ApiKey {
    fn from(key: SecretString) -> Self {
        Self(Arc::new(key))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(<redacted>)")
    }
}
