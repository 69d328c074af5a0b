//! Resolves `--teammate` and `--user`: an id, an e-mail address or a name. An ambiguous name
//! is an error and never falls back to the owner of the API key.

use allo_client::ids::UserId;
use allo_client::{Client, Teammate};

use crate::error::CliError;
use crate::exit::Exit;

/// The forms in which a teammate can be given.
#[derive(Debug, PartialEq, Eq)]
enum Reference<'a> {
    Me,
    Id(&'a str),
    Email(&'a str),
    Name(&'a str),
}

fn read(text: &str) -> Reference<'_> {
    let text = text.trim();
    let is_id = text.starts_with("usr") && !text.contains(char::is_whitespace) && text.len() > 4;
    match text {
        "me" => Reference::Me,
        email if email.contains('@') => Reference::Email(email),
        id if is_id => Reference::Id(id),
        name => Reference::Name(name),
    }
}

/// Resolves a teammate; a name costs a request.
pub(crate) async fn resolve(client: &Client, text: Option<&str>) -> Result<Teammate, CliError> {
    match text.map_or(Reference::Me, read) {
        Reference::Me => Ok(Teammate::Me),
        Reference::Id(id) => Ok(Teammate::id(id)),
        Reference::Email(email) => Ok(Teammate::email(email)),
        Reference::Name("") => Err(CliError::usage("--teammate is empty")
            .next("pass an id, an e-mail address, a full name, or `me`")),
        Reference::Name(name) => Ok(Teammate::find(client, name).await?),
    }
}

/// Resolves `--user` to an id; a name or an address costs a request.
pub(crate) async fn user_id(client: &Client, text: &str) -> Result<UserId, CliError> {
    let advice = "pass --user an id or e-mail address from `allo users`";
    match read(text) {
        Reference::Id(id) => Ok(id.into()),
        Reference::Email(email) => by_email(client, email).await?.ok_or_else(|| {
            let message = "no team member has this e-mail address";
            CliError::new(Exit::NotFound, message).next(advice)
        }),
        Reference::Name("") => Err(CliError::usage("--user is empty").next(advice)),
        Reference::Name(name) => match Teammate::find(client, name).await {
            Ok(Teammate::Id(id)) => Ok(id),
            Ok(_) => Err(CliError::new(Exit::NotFound, "this team member has no id").next(advice)),
            Err(error) => Err(CliError::from(error).next(advice)),
        },
        Reference::Me => {
            Err(CliError::usage("the API does not tell who owns the API key").next(advice))
        }
    }
}

async fn by_email(client: &Client, email: &str) -> Result<Option<UserId>, CliError> {
    let users = client.list_users().send().await?.into_inner();
    let mut users = users.iter();
    let found = users.find(|user| user.email.eq_ignore_ascii_case(email));
    Ok(found.map(|user| user.id.clone()))
}

/// The teammate as text.
pub(crate) fn shown(text: Option<&str>) -> String {
    match text.map_or(Reference::Me, read) {
        Reference::Me => "the owner of the API key".to_owned(),
        Reference::Id(text) | Reference::Email(text) | Reference::Name(text) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_writing_is_told_apart() {
        let table = [
            ("me", Reference::Me),
            ("usr-2A91", Reference::Id("usr-2A91")),
            ("usr_2A91", Reference::Id("usr_2A91")),
            (" marie@example.com", Reference::Email("marie@example.com")),
            ("Marie Dupont", Reference::Name("Marie Dupont")),
            ("Usry", Reference::Name("Usry")),
            ("", Reference::Name("")),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), expected);
        }
    }
}
