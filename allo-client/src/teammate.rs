//! Whom a call is for. Where a teammate travels in a request is in
//! `runtime::call`.

use std::fmt;

use crate::transport::redact::Redactor;
use crate::types::User;
use crate::{Client, Error, List, Outcome, error, runtime};

/// The member of the team a call is for.
///
/// Exactly one of these is sent, where the operation takes it. There is no
/// fallback: an id or address that the server does not know makes the call fail
/// with [`Error::is_assignee_not_found`], and never touches another queue.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// use allo_client::{TargetTeammate, Teammate};
///
/// let marie = Teammate::find(&client, "Marie Dupont").await?;
/// let queue = client.reset_current_dialing_queue().for_teammate(&marie).send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Teammate {
    /// The owner of the API key.
    Me,
    /// The member with this id.
    Id(String),
    /// The member with this e-mail address.
    Email(String),
}

impl Teammate {
    /// The member with this id, as the list of users gives it.
    pub fn id(id: impl Into<String>) -> Self {
        Self::Id(id.into())
    }

    /// The member with this e-mail address.
    pub fn email(email: impl Into<String>) -> Self {
        Self::Email(email.into())
    }

    /// The one member of the team with this full name.
    ///
    /// Upper and lower case and the amount of white space do not matter. Blocked
    /// members are passed over.
    ///
    /// # Errors
    ///
    /// With [`Error::is_assignee_not_found`] if nobody or more than one has the
    /// name (the candidates' ids are in the message), or as `list_users`.
    pub async fn find(client: &Client, name: &str) -> Result<Self, Error> {
        let answer = client.list_users().send().await?;
        let attempts = answer.attempts();
        let request_id = answer.request_id().map(str::to_owned);
        choose(answer.body(), name).map_err(|error| {
            error
                .with_operation(&crate::operations::LIST_USERS)
                .with_attempts(attempts)
                .with_request_id(request_id)
        })
    }

    /// Refuses what the server might take for nobody, and so for the key's owner.
    pub(crate) fn check(&self, name: &str) -> Result<(), Error> {
        let problem = match self {
            Self::Id(id) if id.trim().is_empty() => "must not be empty",
            Self::Email(email) if !runtime::is_email(email) => "is not a valid e-mail address",
            Self::Me | Self::Id(_) | Self::Email(_) => return Ok(()),
        };
        let message = format!("{name} of the teammate {problem}");
        Err(Error::invalid_request(message).with_param(name))
    }
}

/// The one of `users` called `name`.
fn choose(users: &List<User>, name: &str) -> Result<Teammate, Error> {
    let wanted = normal(name);
    let named: Vec<_> = users
        .iter()
        .filter(|user| normal(&user.name) == wanted)
        .collect();
    let active: Vec<_> = named.iter().filter(|user| !is_blocked(user)).collect();
    match active.as_slice() {
        [only] if users.malformed().is_empty() => Ok(Teammate::from(**only)),
        [] | [_] if !users.malformed().is_empty() => {
            let count = users.malformed().len();
            Err(unresolved(format!(
                "{count} of the team's members cannot be read, so the name may be ambiguous"
            )))
        }
        [only] => Ok(Teammate::from(**only)),
        [] if named.is_empty() => Err(unresolved(format!(
            "none of the {} members has that name",
            users.len()
        ))),
        [] => Err(unresolved(
            "the only member of that name is blocked".to_owned(),
        )),
        several => {
            let ids: Vec<_> = several.iter().map(|user| user.id.as_str()).collect();
            Err(unresolved(format!(
                "{} members have that name: {}",
                ids.len(),
                ids.join(", ")
            )))
        }
    }
}

fn unresolved(message: String) -> Error {
    Error::new(error::Kind::UnresolvedTeammate, message)
        .with_outcome(Outcome::NotExecuted)
        .with_suggestion("use `Teammate::id` or `Teammate::email`")
}

fn is_blocked(user: &User) -> bool {
    use crate::OpenEnum;
    user.status
        .as_ref()
        .is_some_and(|status| status.as_str() == "BLOCKED")
}

fn normal(name: &str) -> String {
    name.to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

impl From<&Self> for Teammate {
    fn from(teammate: &Self) -> Self {
        teammate.clone()
    }
}

impl From<&User> for Teammate {
    /// By id.
    fn from(user: &User) -> Self {
        Self::id(user.id.as_str())
    }
}

impl fmt::Debug for Teammate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("Me"),
            // An address or number is easily given for an id.
            Self::Id(id) => {
                let shown = Redactor::without_key().clean(id);
                f.debug_tuple("Id").field(&shown).finish()
            }
            Self::Email(_) => f.write_str("Email(<redacted>)"),
        }
    }
}

/// Operations that can be aimed at a teammate.
pub trait TargetTeammate: Sized {
    /// Does it for this teammate instead of the owner of the API key.
    #[must_use]
    fn for_teammate(self, teammate: impl Into<Teammate>) -> Self;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn team(extra: &[Value]) -> List<User> {
        let user = |id: &str, name: &str, status: &str| json!({"id": id, "name": name, "email": "x@example.com", "role": "MEMBER", "status": status});
        let mut users = vec![
            user("usr-1", "Marie Dupont", "ACTIVE"),
            user("usr-2", "Marie  DUPONT ", "BLOCKED"),
            user("usr-3", "Alex Martin", "ACTIVE"),
            user("usr-4", "Alex Martin", "ON_LEAVE"),
            user("usr-5", "Ana Silva", "BLOCKED"),
        ];
        users.extend_from_slice(extra);
        serde_json::from_value(Value::Array(users)).unwrap()
    }

    #[test]
    fn exactly_one_active_member_of_the_name_is_found() {
        let found = choose(&team(&[]), " marie dupont").unwrap();
        assert_eq!(found, Teammate::id("usr-1"));
    }

    #[test]
    fn nobody_several_and_blocked_are_refused() {
        let table = [
            ("Jonas Weber", "none of the 5 members"),
            ("Alex Martin", "usr-3, usr-4"),
            ("Ana Silva", "is blocked"),
            ("", "none of the 5 members"),
        ];
        for (name, expected) in table {
            let error = choose(&team(&[]), name).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(error.is_assignee_not_found());
            assert!(text.contains(expected), "{text}");
            assert!(name.is_empty() || !text.contains(name), "{text}");
        }
    }

    #[test]
    fn an_unreadable_member_might_be_the_one() {
        let error = choose(&team(&[json!({"id": 7})]), "Marie Dupont").unwrap_err();
        assert!(error.is_assignee_not_found() && error.message().contains("cannot be read"));
    }

    #[test]
    fn who_could_be_taken_for_nobody_is_refused() {
        for teammate in [
            Teammate::id(""),
            Teammate::id(" \n"),
            Teammate::email("marie"),
        ] {
            assert!(teammate.check("user_id").unwrap_err().is_invalid_request());
        }
        for teammate in [
            Teammate::Me,
            Teammate::id("usr-1"),
            Teammate::email("m@example.com"),
        ] {
            assert!(teammate.check("user_id").is_ok());
        }
    }

    #[test]
    fn the_address_is_not_shown() {
        let teammate = Teammate::email("marie@example.com");
        assert_eq!(format!("{teammate:?}"), "Email(<redacted>)");
    }
}
