//! The API key: kept secret in memory, written into one header, shown nowhere.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

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
    /// A key that has been checked.
    ///
    /// # Errors
    ///
    /// If it is empty, or holds anything but visible ASCII characters.
    pub fn new(key: impl Into<Self>) -> Result<Self, Error> {
        let key = key.into();
        key.check()?;
        Ok(key)
    }

    /// Refuses what cannot be a key, without repeating it.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let key = self.expose();
        let advice = |error: Error| {
            error
                .with_param("api_key")
                .with_suggestion("give the key alone, as it was shown when it was created")
        };
        if key.is_empty() {
            return Err(advice(Error::configuration("the API key is empty")));
        }
        let bad = key.chars().position(|c| !c.is_ascii_graphic());
        bad.map_or(Ok(()), |at| {
            let what = match key.chars().nth(at) {
                Some(' ') => "a space",
                Some('\r' | '\n') => "a line break",
                Some(c) if c.is_control() => "a control character",
                _ => "a character outside ASCII",
            };
            let place = at + 1;
            Err(advice(Error::configuration(format!(
                "the API key holds {what} (character {place} of {})",
                key.chars().count(),
            ))))
        })
    }

    /// The value of the `Authorization` header, marked as sensitive.
    pub(crate) fn header(&self, scheme: AuthScheme) -> Result<HeaderValue, Error> {
        self.check()?;
        let text = match scheme {
            AuthScheme::Prefixed => SecretString::from(format!("Api-Key {}", self.expose())),
            AuthScheme::Raw => SecretString::clone(&self.0),
        };
        let mut value = HeaderValue::from_str(text.expose_secret())
            .map_err(|_| Error::configuration("the API key cannot be written into a header"))?;
        value.set_sensitive(true);
        Ok(value)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_key_is_refused_without_being_shown() {
        let table = [
            ("", "is empty"),
            ("Api-Key abc-s3cret", "a space (character 8 of 18)"),
            ("abc-s3cret\n", "a line break (character 11 of 11)"),
            ("abc-s3cret\u{7f}", "a control character"),
            ("abc-s3cret-é", "outside ASCII"),
        ];
        for (key, expected) in table {
            let error = ApiKey::new(key).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(text.contains(expected), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
            assert!(error.is_configuration());
            assert_eq!(error.param(), Some("api_key"));
        }
    }

    #[test]
    fn a_key_is_sent_in_the_chosen_form_and_never_shown() {
        let key = ApiKey::new("abc-s3cret").unwrap();
        let prefixed = key.header(AuthScheme::Prefixed).unwrap();
        let raw = key.header(AuthScheme::Raw).unwrap();
        assert_eq!(prefixed.as_bytes(), b"Api-Key abc-s3cret");
        assert_eq!(raw.as_bytes(), b"abc-s3cret");
        assert!(!format!("{key:?} {prefixed:?} {raw:?}").contains("s3cret"));
    }
}
