//! The `Authorization` header with the API key.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;
use crate::model::api_key::{ApiKey, AuthScheme};

impl ApiKey {
    /// The value of the `Authorization` header, marked as sensitive.
    pub(crate) fn header(&self, scheme: AuthScheme) -> Result<HeaderValue, Error> {
        self.check()?;
        let text = SecretString::from(match scheme {
            AuthScheme::Prefixed => format!("Api-Key {}", self.expose()),
            AuthScheme::Raw => self.expose().to_owned(),
        });
        let mut value = HeaderValue::from_str(text.expose_secret())
            .map_err(|_| Error::configuration("the API key is not a valid header value"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
