//! API keys: reading one from a request, and which keys exist, whose they are and what they may do.

use std::fmt;

use axum::http::{HeaderMap, header::AUTHORIZATION};

use crate::errors::{ApiError, Code};
use crate::ids::Ids;
use crate::scopes;

const SCHEME: &str = "Api-Key";

/// A key to add to a running sandbox.
#[derive(Clone)]
pub struct KeySpec {
    pub(crate) owner: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) value: Option<String>,
}

impl KeySpec {
    /// A key of the user with this id, with every scope and a generated value. The user need not
    /// exist: a key can outlive its owner.
    #[must_use]
    pub fn new(owner: impl Into<String>) -> Self {
        Self {
            owner: owner.into(),
            scopes: scopes::ALL.iter().map(|&scope| scope.to_owned()).collect(),
            value: None,
        }
    }

    /// Exactly these scopes.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Exactly this value instead of a generated one.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

impl fmt::Debug for KeySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySpec")
            .field("owner", &self.owner)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// A key as the handlers see it: everything but its value.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) scopes: Vec<String>,
}

impl ApiKey {
    /// Refuses when an operation's scope is not among the key's.
    pub(crate) fn require(&self, scope: &str) -> Result<(), ApiError> {
        if scopes::satisfied(&self.scopes, scope) {
            return Ok(());
        }
        let message = format!("This API key lacks the scope {scope}.");
        Err(ApiError::new(Code::ApiKeyInsufficientScope, message)
            .v1_detail("scope", format!("required={scope}"))
            .suggestion(format!("Use a key that holds {scope}.")))
    }
}

struct Stored {
    value: String,
    revoked: bool,
    key: ApiKey,
}

/// All keys ever issued.
#[derive(Default)]
pub(crate) struct Keys(Vec<Stored>);

impl Keys {
    /// Issues a key and returns its value.
    pub(crate) fn add(&mut self, spec: KeySpec, ids: &mut Ids) -> String {
        let value = spec.value.unwrap_or_else(|| ids.secret());
        self.0.push(Stored {
            value: value.clone(),
            revoked: false,
            key: ApiKey {
                id: ids.api_key(),
                owner: spec.owner,
                scopes: spec.scopes,
            },
        });
        value
    }

    /// The id of the oldest key; empty when there is none.
    pub(crate) fn first_id(&self) -> &str {
        self.0.first().map_or("", |stored| stored.key.id.as_str())
    }

    /// Revokes a key by its value; false when there is none.
    pub(crate) fn revoke(&mut self, value: &str) -> bool {
        let found = self.0.iter_mut().find(|stored| stored.value == value);
        found.is_some_and(|stored| {
            stored.revoked = true;
            true
        })
    }

    /// Revokes every key of a user.
    pub(crate) fn revoke_all_of(&mut self, owner: &str) {
        for stored in self.0.iter_mut().filter(|stored| stored.key.owner == owner) {
            stored.revoked = true;
        }
    }

    /// The key a request presents.
    pub(crate) fn authenticate(&self, headers: &HeaderMap) -> Result<ApiKey, ApiError> {
        let value = presented(headers)?;
        let stored = self.0.iter().find(|stored| stored.value == value);
        match stored {
            None => Err(ApiError::new(
                Code::ApiKeyInvalid,
                "This API key is not known.",
            )),
            Some(stored) if stored.revoked => Err(ApiError::new(
                Code::ApiKeyRevoked,
                "This API key was revoked.",
            )),
            Some(stored) => Ok(stored.key.clone()),
        }
    }
}

/// Both published forms: `Api-Key <key>` and the bare key. `Bearer` is not one of them.
fn presented(headers: &HeaderMap) -> Result<&str, ApiError> {
    let value = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map_or("", str::trim);
    let key = match value.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case(SCHEME) => key.trim(),
        Some(_) => "",
        None if value.eq_ignore_ascii_case(SCHEME) => "",
        None => value,
    };
    if key.is_empty() {
        return Err(
            ApiError::new(Code::Unauthorized, "No usable credentials were sent.")
                .suggestion("Send the header Authorization: Api-Key <key>."),
        );
    }
    Ok(key)
}

/// What may be kept of an `Authorization` header: its form, never the key.
pub(crate) fn redacted(header: &str) -> &'static str {
    let scheme = header.split_once(' ').map(|(scheme, _)| scheme);
    ["Api-Key", "Bearer", "Basic"]
        .into_iter()
        .find(|known| scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(known)))
        .unwrap_or("raw")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn reads_both_forms_and_nothing_else() {
        let cases = [
            ("ak_live_1", Some("ak_live_1")),
            ("Api-Key ak_live_1", Some("ak_live_1")),
            ("api-key  ak_live_1", Some("ak_live_1")),
            ("Bearer ak_live_1", None),
            ("Basic YTpi", None),
            ("Api-Key", None),
            ("Api-Key ", None),
            ("", None),
        ];
        for (header, expected) in cases {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(header))]);
            assert_eq!(presented(&headers).ok(), expected, "{header:?}");
        }
        assert!(presented(&HeaderMap::new()).is_err());
    }

    #[test]
    fn redaction_never_repeats_the_key() {
        assert_eq!(redacted("Api-Key ak_live_1"), "Api-Key");
        assert_eq!(redacted("bearer ak_live_1"), "Bearer");
        assert_eq!(redacted("ak_live_1"), "raw");
        assert_eq!(redacted("ak_live_1 x"), "raw");
    }
}
