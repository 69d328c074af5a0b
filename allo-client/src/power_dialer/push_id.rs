//! The id of a push, from which the idempotency keys of its batches are derived.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::error::Error;
use crate::model::api_key::ApiKey;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::teammate::Teammate;

/// The id of one push. If a push is repeated with the same id, teammate, leads and batch size, it sends the same
/// batches with the same idempotency keys. No batch is executed twice if the repetition starts and finishes within an
/// hour of the first request of the first push; after that the service forgets one key after another, and adds the
/// leads once more. Only a journal ([`Push::journal`](super::Push::journal)) prevents that.
///
/// For [`Teammate::Me`] the API key must be the same, too.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PushId(Box<str>);

impl PushId {
    /// An id that the caller chose.
    ///
    /// # Errors
    ///
    /// If the id is empty, is longer than 255 characters, or contains anything but visible ASCII characters.
    pub fn new(id: impl Into<String>) -> Result<Self, Error> {
        let id = id.into();
        match IdempotencyKey::new(id) {
            Ok(word) => Ok(Self(word.as_str().into())),
            Err(_) => {
                let message = "the push id must be 1 to 255 visible ASCII characters";
                Err(Error::invalid_request(message).with_param("push_id"))
            }
        }
    }

    /// A random, unique id.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4().to_string().into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The namespace of the idempotency keys and fingerprints of this push to this teammate. The server recognises a
    /// key whatever was sent with it, so two queues must never share a key. For `Me`, the API key therefore
    /// identifies the teammate.
    ///
    /// Each round of a push has a namespace of its own.
    pub(super) fn namespace(&self, teammate: &Teammate, key: &ApiKey, round: u32) -> Uuid {
        let push = Uuid::new_v5(&Uuid::NAMESPACE_OID, self.0.as_bytes());
        let owner = Uuid::new_v5(&Uuid::NAMESPACE_OID, key.expose().as_bytes()).to_string();
        let (sort, name) = match teammate {
            Teammate::Me => ("me", owner.as_str()),
            Teammate::Id(id) => ("id", id.as_str()),
            Teammate::Email(email) => ("email", email.as_str()),
        };
        let first = Uuid::new_v5(&push, format!("{sort}:{name}").as_bytes());
        match round {
            0 => first,
            _ => Uuid::new_v5(&first, format!("round:{round}").as_bytes()),
        }
    }
}

impl fmt::Display for PushId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for PushId {
    /// Redacted: callers may derive ids from personal data, such as names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushId(<redacted>)")
    }
}

impl TryFrom<&str> for PushId {
    type Error = Error;

    fn try_from(id: &str) -> Result<Self, Error> {
        Self::new(id)
    }
}

impl TryFrom<String> for PushId {
    type Error = Error;

    fn try_from(id: String) -> Result<Self, Error> {
        Self::new(id)
    }
}

impl Serialize for PushId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PushId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::new(id).map_err(|error| serde::de::Error::custom(error.message()))
    }
}
