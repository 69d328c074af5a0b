//! Finds a teammate by name. The type itself is in `model::teammate`.

use crate::codec::list::List;
use crate::error::{Error, ErrorKind, Outcome};
use crate::generated::operations;
use crate::generated::types::User;
use crate::model::teammate::Teammate;
use crate::transport::client_handle::Client;

impl Teammate {
    /// The only member of the team with this full name.
    ///
    /// Letter case and the amount of white space are ignored. Blocked members are ignored.
    ///
    /// # Errors
    ///
    /// With [`Error::is_assignee_not_found`] if no member or more than one has the name (the
    /// message contains the candidates' ids), or as `list_users`.
    pub async fn find(client: &Client, name: &str) -> Result<Self, Error> {
        let response = client.list_users().send().await?;
        let attempts = response.attempts();
        let request_id = response.request_id().map(str::to_owned);
        choose(response.body(), name).map_err(|error| {
            error
                .with_operation(&operations::LIST_USERS)
                .with_attempts(attempts)
                .with_request_id(request_id)
        })
    }
}

/// The only one of `users` with this name.
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
                "{count} of the team's members could not be decoded, so the name may be ambiguous"
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
    Error::new(ErrorKind::UnresolvedTeammate, message)
        .with_outcome(Outcome::NotExecuted)
        .with_suggestion("use `Teammate::id` or `Teammate::email`")
}

fn is_blocked(user: &User) -> bool {
    use crate::model::open_enum::OpenEnum;
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

impl From<&User> for Teammate {
    /// Without a name: by id.
    fn from(user: &User) -> Self {
        Self::id(&user.id)
    }
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
        assert!(error.is_assignee_not_found() && error.message().contains("could not be decoded"));
    }
}
