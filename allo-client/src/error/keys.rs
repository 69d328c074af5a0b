//! The constructors of API keys and idempotency keys that fail with an `Error`. The key types and their validation are
//! in `model::api_key` and `model::idempotency_key`.

use super::Error;
use crate::model::api_key::ApiKey;
use crate::model::idempotency_key::IdempotencyKey;

impl ApiKey {
    /// Validates an API key.
    ///
    /// # Errors
    ///
    /// If the key is empty or contains anything but visible ASCII characters.
    pub fn new(key: impl Into<Self>) -> Result<Self, Error> {
        let key = key.into();
        key.check()?;
        Ok(key)
    }

    /// The error for an invalid key; it does not contain the key.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.problem().map_or(Ok(()), |problem| {
            Err(Error::configuration(format!("the API key {problem}"))
                .with_param("api_key")
                .with_suggestion("pass the key alone, as it was shown when it was created"))
        })
    }
}

impl IdempotencyKey {
    /// Uses a key chosen by the caller.
    ///
    /// # Errors
    ///
    /// If the key is empty, longer than 255 characters, or contains anything but visible ASCII
    /// characters.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        Self::checked(key.into()).map_err(|problem| {
            let message = format!("the idempotency key {problem}");
            Error::invalid_request(message).with_param("idempotency_key")
        })
    }
}

impl TryFrom<&str> for IdempotencyKey {
    type Error = Error;

    fn try_from(key: &str) -> Result<Self, Error> {
        Self::new(key)
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = Error;

    fn try_from(key: String) -> Result<Self, Error> {
        Self::new(key)
    }
}

impl TryFrom<&IdempotencyKey> for IdempotencyKey {
    type Error = Error;

    fn try_from(key: &Self) -> Result<Self, Error> {
        Ok(key.clone())
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
}
