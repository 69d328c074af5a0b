//! API keys and users: what the administrator does outside the API.

use std::fmt;

use super::{Control, ControlError};
use crate::auth::KeySpec;
use crate::lock::lock;
use crate::state::users::{Role, Status, Team, User};

/// A user to add; by default an active member of the demo team.
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
    /// A user with this name and e-mail address.
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

    /// Sets the role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Sets the status.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// Sets the team by name; it is created if it does not exist.
    #[must_use]
    pub fn team(mut self, name: impl Into<String>) -> Self {
        self.team = TeamChoice::Other(name.into());
        self
    }

    /// Sets no team.
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

/// API keys and users.
impl Control {
    /// Adds an API key and returns its value.
    pub fn add_key(&self, spec: KeySpec) -> String {
        lock(&self.app.keys).add(spec, &mut lock(&self.app.ids))
    }

    /// Revokes the key with this value; returns false if there is none.
    pub fn revoke(&self, key: &str) -> bool {
        lock(&self.app.keys).revoke(key)
    }

    /// All users, in the order they were added.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        lock(&self.app.state).users.users.clone()
    }

    /// The id of the user with this id or e-mail address. E-mail addresses are case-insensitive.
    ///
    /// # Errors
    ///
    /// If there is no such user.
    pub fn user_id(&self, id_or_email: &str) -> Result<String, ControlError> {
        let wanted = id_or_email.to_lowercase();
        let state = lock(&self.app.state);
        let mut users = state.users.users.iter();
        let found =
            users.find(|user| user.id == id_or_email || user.email.to_lowercase() == wanted);
        found
            .map(|user| user.id.clone())
            .ok_or_else(|| ControlError::UnknownUser(id_or_email.to_owned()))
    }

    /// Adds a user and returns the id.
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

    /// Sets the status of a user.
    ///
    /// # Errors
    ///
    /// If no user has this id.
    pub fn set_status(&self, user_id: &str, status: Status) -> Result<(), ControlError> {
        let mut state = lock(&self.app.state);
        let user = state.users.user_mut(user_id);
        let user = user.ok_or_else(|| ControlError::UnknownUser(user_id.to_owned()))?;
        user.status = status;
        Ok(())
    }

    /// Removes a user; their keys and queues stay. Returns false if no user has this id.
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
