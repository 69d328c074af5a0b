//! Idempotency keys, by which the server detects a retry of a write.

use std::fmt;
use std::time::Duration;

use super::timestamp::Timestamp;

/// How long the server remembers a key, less a margin for clock skew and transit time.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(60 * 60 - 60);

/// The maximum number of characters of a key.
const MOST_CHARS: usize = 255;

/// The idempotency key of a write.
///
/// If a write is resent with the same key within an hour, the server does not execute
/// it again and replays its earlier response. Each write gets a random key by default;
/// set one to retry a call whose response was lost, or to make a job safe to restart.
///
/// The first version of the API is not documented to honour idempotency keys: operations of the
/// class [`Unproven`](crate::operation::RetrySafety::Unproven), such as text messages, may be
/// executed again whatever key they carry.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// Validates a key; the error says why the text is invalid.
    pub(crate) fn checked(key: String) -> Result<Self, &'static str> {
        match key.len() {
            0 => Err("is empty"),
            _ if !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Err("may hold only visible ASCII characters")
            }
            length if length > MOST_CHARS => Err("is longer than 255 characters"),
            _ => Ok(Self(key.into())),
        }
    }

    /// A random, unique key.
    #[must_use]
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().to_string().into())
    }

    /// The key with the text of a UUID.
    #[cfg(feature = "power-dialer")]
    pub(crate) fn of_uuid(id: uuid::Uuid) -> Self {
        Self(id.to_string().into())
    }

    /// The key as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Until when a key that was first sent at `start` is certainly remembered.
pub(crate) fn repeat_until(start: &Timestamp) -> Timestamp {
    // If that exceeds the calendar, only the start itself is certain.
    let end = start.instant().checked_add(REMEMBERED);
    end.map_or_else(|_| start.clone(), Timestamp::from)
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for IdempotencyKey {
    /// Not shown: callers may derive keys from personal data such as phone numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(<redacted>)")
    }
}

impl serde::Serialize for IdempotencyKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for IdempotencyKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::checked(key)
            .map_err(|problem| serde::de::Error::custom(format!("the idempotency key {problem}")))
    }
}

impl AsRef<str> for IdempotencyKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_visible_ascii_word() {
        assert_eq!(
            IdempotencyKey::new("push-7/a").unwrap().as_str(),
            "push-7/a"
        );
        assert!(IdempotencyKey::new("k".repeat(255)).is_ok());
        for bad in ["", "a b", "a\n", "é", &"k".repeat(256)] {
            let error = IdempotencyKey::new(bad).unwrap_err();
            assert!(error.is_invalid_request(), "{bad}");
            assert_eq!(error.param(), Some("idempotency_key"));
        }
    }

    #[test]
    fn random_keys_differ() {
        assert_ne!(IdempotencyKey::random(), IdempotencyKey::random());
    }

    #[test]
    fn a_key_is_given_up_before_the_server_forgets_it() {
        let start: Timestamp = "2026-05-20T13:00:00Z".parse().unwrap();
        assert_eq!(repeat_until(&start).to_string(), "2026-05-20T13:59:00Z");
    }
}
