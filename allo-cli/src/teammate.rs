//! Whom `--teammate` and `--user` mean: an id, an e-mail address or a name. What cannot
//! be told apart is an error, never the key's owner.

use allo_client::{Client, Teammate};

use crate::exit::Exit;
use crate::failure::Failure;

/// How a teammate was written down.
#[derive(Debug, PartialEq, Eq)]
enum Written<'a> {
    Me,
    Id(&'a str),
    Email(&'a str),
    Name(&'a str),
}

fn read(text: &str) -> Written<'_> {
    let text = text.trim();
    let is_id = text.starts_with("usr") && !text.contains(char::is_whitespace) && text.len() > 4;
    match text {
        "me" => Written::Me,
        email if email.contains('@') => Written::Email(email),
        id if is_id => Written::Id(id),
        name => Written::Name(name),
    }
}

/// The teammate that is meant; a name costs a request.
pub(crate) async fn resolve(client: &Client, text: Option<&str>) -> Result<Teammate, Failure> {
    match text.map_or(Written::Me, read) {
        Written::Me => Ok(Teammate::Me),
        Written::Id(id) => Ok(Teammate::id(id)),
        Written::Email(email) => Ok(Teammate::email(email)),
        Written::Name("") => Err(Failure::usage("--teammate is empty")
            .next("give an id, an e-mail address or a full name, or `me`")),
        Written::Name(name) => Ok(Teammate::find(client, name).await?),
    }
}

/// The id of the member that `--user` means; a name or an address costs a request.
pub(crate) async fn user_id(client: &Client, text: &str) -> Result<String, Failure> {
    let advice = "give --user an id or e-mail address from `allo users`";
    match read(text) {
        Written::Id(id) => Ok(id.to_owned()),
        Written::Email(email) => by_email(client, email).await?.ok_or_else(|| {
            let message = "no member of the team has that e-mail address";
            Failure::new(Exit::NotFound, message).next(advice)
        }),
        Written::Name("") => Err(Failure::usage("--user is empty").next(advice)),
        Written::Name(name) => match Teammate::find(client, name).await {
            Ok(Teammate::Id(id)) => Ok(id),
            Ok(_) => Err(Failure::new(Exit::NotFound, "that member has no id").next(advice)),
            Err(error) => Err(Failure::from(error).next(advice)),
        },
        Written::Me => Err(Failure::usage(
            "the service does not say who the owner of the API key is",
        )
        .next(advice)),
    }
}

async fn by_email(client: &Client, email: &str) -> Result<Option<String>, Failure> {
    let users = client.list_users().send().await?.into_inner();
    let mut users = users.iter();
    let found = users.find(|user| user.email.eq_ignore_ascii_case(email));
    Ok(found.map(|user| user.id.clone()))
}

/// Whether the owner of the key is meant.
pub(crate) fn is_me(text: Option<&str>) -> bool {
    text.map_or(Written::Me, read) == Written::Me
}

/// The teammate as a person would say it.
pub(crate) fn shown(text: Option<&str>) -> String {
    match text.map_or(Written::Me, read) {
        Written::Me => "the owner of the API key".to_owned(),
        Written::Id(text) | Written::Email(text) | Written::Name(text) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_writing_is_told_apart() {
        let table = [
            ("me", Written::Me),
            ("usr-2A91", Written::Id("usr-2A91")),
            ("usr_2A91", Written::Id("usr_2A91")),
            (" marie@example.com", Written::Email("marie@example.com")),
            ("Marie Dupont", Written::Name("Marie Dupont")),
            ("Usry", Written::Name("Usry")),
            ("", Written::Name("")),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), expected);
        }
    }
}
