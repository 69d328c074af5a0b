//! The name of a push, from which the idempotency keys of its batches are made.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::error::Error;
use crate::model::api_key::ApiKey;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::teammate::Teammate;

/// The name of one push. A push that is repeated with the name, the teammate,
/// the leads and the batch size of an earlier one sends what that one sent, by
/// the same idempotency keys. Nothing of it is done twice if it is begun and
/// finished within an hour of the first request of the first one; after that the
/// service forgets the keys one by one, and the leads are added once more. Only a
/// journal ([`Push::journal`](super::Push::journal)) knows better.
///
/// For [`Teammate::Me`] the API key has to be the same, too.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PushId(Box<str>);

impl PushId {
    /// A name of the caller's choice.
    ///
    /// # Errors
    ///
    /// If it is empty, longer than 255 characters, or holds anything but visible
    /// ASCII characters.
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

    /// A random name that nobody else has.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4().to_string().into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What keys and fingerprints of this push to this teammate are made of. The
    /// server knows keys regardless of what was sent with them, so two queues
    /// must never share one; so who `Me` is is told by the key.
    ///
    /// A push that is begun anew has keys of its own in each round.
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
    /// Hidden: callers make names from what they have, people's names included.
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
