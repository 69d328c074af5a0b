//! The demo team and its users, all fictional. The submodules add the rest of the data.

mod crm;
mod examples;
mod telephony;

use jiff::Timestamp;

use crate::ids::Ids;
use crate::state::State;
use crate::state::users::{Directory, Role, Status, Team, User};

const TEAM_ID: &str = "team-larchstreet";

/// Name, e-mail address, id, role, status, image.
type Person = (
    &'static str,
    &'static str,
    &'static str,
    Role,
    Status,
    Option<&'static str>,
);

const PEOPLE: &[Person] = &[
    (
        "Camille Laurent",
        "camille@example.com",
        "usr-1C0FFEE5B7A94D20E36F81C2D5094AB7E8F31D6A",
        Role::Manager,
        Status::Active,
        None,
    ),
    (
        "Marie Dupont",
        "marie@example.com",
        "usr-2A91D04E77BC5F3816E0C9A24B8D6F50137EAC48",
        Role::Member,
        Status::Active,
        Some("https://media.example.com/portraits/marie.png"),
    ),
    (
        "Jonas Weber",
        "jonas@example.com",
        "usr-3E5B68F1D2047AC9B81F6E3D90C5A7428B1DF06E",
        Role::Member,
        Status::Active,
        None,
    ),
    (
        "Ana Silva",
        "ana@example.com",
        "usr-4D7C2E9A0B63F518A4E7D19C8052FB36E91A4C7D",
        Role::Member,
        Status::Blocked,
        None,
    ),
    (
        "Alex Martin",
        "alex.martin@example.com",
        "usr-5F08B3D6C1E2497AA5D30F7E86B94C21D0E85B39",
        Role::Member,
        Status::Active,
        None,
    ),
    (
        "Alex Martin",
        "alex.m@example.com",
        "usr-6B42E8F9071D3CA5946C2B80EDF715A3C86D09F1",
        Role::Member,
        Status::Active,
        None,
    ),
];

/// The demo team with its users; the first one owns the API key of the sandbox.
pub(crate) fn directory() -> Directory {
    Directory {
        teams: vec![Team {
            id: TEAM_ID.to_owned(),
            name: "Larch Street Sales".to_owned(),
        }],
        users: PEOPLE.iter().map(user).collect(),
    }
}

/// Adds the data of the demo team. `ids` is a separate generator, so that the demo data does not
/// change other generated ids.
pub(crate) fn fill(state: &mut State, now: Timestamp, ids: &mut Ids) {
    telephony::fill(state, ids, now);
    crm::fill(state, ids, now);
}

/// Adds the objects of the examples in the client's documentation. `key_id` is the id of the sandbox's API key.
pub(crate) fn fill_examples(state: &mut State, now: Timestamp, key_id: &str) {
    examples::fill(state, now, key_id);
}

/// The demo team with its owner only.
pub(crate) fn owner_only() -> Directory {
    let mut directory = directory();
    directory.users.truncate(1);
    directory
}

fn user(&(name, email, id, role, status, image_url): &Person) -> User {
    User {
        id: id.to_owned(),
        name: name.to_owned(),
        email: email.to_owned(),
        role,
        status,
        image_url: image_url.map(str::to_owned),
        team_id: Some(TEAM_ID.to_owned()),
    }
}
