//! The API key, which no output shows. Its validation errors are in `error::keys`, the header in
//! `transport::authorization`.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

/// An API key of Allo.
///
/// Its memory is zeroed when the last copy is dropped, and `Debug` does not show it. A key is
/// validated when a client is built from it; [`ApiKey::new`] validates it at once.
#[derive(Clone)]
pub struct ApiKey(Arc<SecretString>);

/// The format of the `Authorization` header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthScheme {
    /// `Api-Key <key>`, as in the guides of the API.
    #[default]
    Prefixed,
    /// The key alone, as in the API's OpenAPI document.
    Raw,
}

impl ApiKey {
    /// Why the text is not a valid key, without quoting it; `None` if it is valid.
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
        Some(format!("contains {what} (character {place} of {count})"))
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
