//! Keys and people: what the workspace's administrator does outside the API.

use std::fmt;

use super::{Control, ControlError};
use crate::auth::KeySpec;
use crate::lock::lock;
use crate::state::users::{Role, Status, Team, User};

/// A person to add. By default an active member of the demo team.
#[derive(Clone)]
pub struct UserSpec {
    name: String,
    email: String,
    role: Role,
    status: Status,
    team: TeamChoice,
}

#[derive(Clone)]
enum TeamChoice {
    Demo,
    Other(String),
    None,
}

impl UserSpec {
    /// Somebody with this name and e-mail address.
    #[must_use]
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
            role: Role::Member,
            status: Status::Active,
            team: TeamChoice::Demo,
        }
    }

    /// With this role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// With this status.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// In another team, by its name; it is created if there is none.
    #[must_use]
    pub fn team(mut self, name: impl Into<String>) -> Self {
        self.team = TeamChoice::Other(name.into());
        self
    }

    /// In no team.
    #[must_use]
    pub fn without_team(mut self) -> Self {
        self.team = TeamChoice::None;
        self
    }
}

impl fmt::Debug for UserSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserSpec")
            .field("role", &self.role)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Keys and people.
impl Control {
    /// Issues a key and returns its value.
    pub fn add_key(&self, spec: KeySpec) -> String {
        lock(&self.app.keys).add(spec, &mut lock(&self.app.ids))
    }

    /// Revokes the key with this value; false when there is none.
    pub fn revoke(&self, key: &str) -> bool {
        lock(&self.app.keys).revoke(key)
    }

    /// Everybody, in all teams and none, in the order they joined.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        lock(&self.app.state).users.users.clone()
    }

    /// Adds somebody and returns their id.
    pub fn add_user(&self, spec: UserSpec) -> String {
        let mut state = lock(&self.app.state);
        let mut ids = lock(&self.app.ids);
        let teams = &mut state.users.teams;
        let team_id = match spec.team {
            TeamChoice::Demo => teams.first().map(|team| team.id.clone()),
            TeamChoice::Other(name) => Some(team_named(teams, name, || ids.team())),
            TeamChoice::None => None,
        };
        let id = ids.user();
        state.users.users.push(User {
            id: id.clone(),
            name: spec.name,
            email: spec.email,
            role: spec.role,
            status: spec.status,
            image_url: None,
            team_id,
        });
        id
    }

    /// Blocks or unblocks somebody.
    ///
    /// # Errors
    ///
    /// When nobody has this id.
    pub fn set_status(&self, user_id: &str, status: Status) -> Result<(), ControlError> {
        let mut state = lock(&self.app.state);
        let user = state.users.user_mut(user_id);
        let user = user.ok_or_else(|| ControlError::UnknownUser(user_id.to_owned()))?;
        user.status = status;
        Ok(())
    }

    /// Deletes somebody's account; their keys and queues stay. False when nobody has this id.
    pub fn remove_user(&self, user_id: &str) -> bool {
        let mut state = lock(&self.app.state);
        let before = state.users.users.len();
        state.users.users.retain(|user| user.id != user_id);
        state.users.users.len() < before
    }
}

fn team_named(teams: &mut Vec<Team>, name: String, new_id: impl FnOnce() -> String) -> String {
    if let Some(team) = teams.iter().find(|team| team.name == name) {
        return team.id.clone();
    }
    let id = new_id();
    teams.push(Team {
        id: id.clone(),
        name,
    });
    id
}
