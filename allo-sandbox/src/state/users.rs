//! Users and teams, and how a request refers to a user.

use std::fmt;

/// The role of a user in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Administrator of the workspace.
    Admin,
    /// Manager.
    Manager,
    /// Any other user.
    Member,
}

impl Role {
    pub(crate) const ALL: [Self; 3] = [Self::Admin, Self::Manager, Self::Member];

    /// The value in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "ADMIN",
            Self::Manager => "MANAGER",
            Self::Member => "MEMBER",
        }
    }
}

/// The status of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Active.
    Active,
    /// Blocked; cannot be assigned a queue.
    Blocked,
}

impl Status {
    pub(crate) const ALL: [Self; 2] = [Self::Active, Self::Blocked];

    /// The value in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Blocked => "BLOCKED",
        }
    }
}

/// A user. `Debug` shows no name and no address.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// `usr-` and forty upper-case hexadecimal digits.
    pub id: String,
    /// First and last name.
    pub name: String,
    /// Unique in the sandbox, case-insensitively.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The status.
    pub status: Status,
    /// The URL of the profile image.
    pub image_url: Option<String>,
    /// The id of the team; `None` for a user without a team.
    pub team_id: Option<String>,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("status", &self.status)
            .field("team_id", &self.team_id)
            .finish_non_exhaustive()
    }
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Team {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// The assignee of a request.
pub(crate) enum Target {
    Owner,
    Id(String),
    Email(String),
}

/// All users and teams.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) teams: Vec<Team>,
    pub(crate) users: Vec<User>,
}

impl Directory {
    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    /// The team of the user with this id.
    pub(crate) fn team_of(&self, user_id: &str) -> Option<&Team> {
        let team_id = self.user(user_id)?.team_id.as_deref()?;
        self.teams.iter().find(|team| team.id == team_id)
    }

    /// The users of a team, in the order they joined.
    pub(crate) fn members<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a User> {
        let is_member = move |user: &&User| user.team_id.as_deref() == Some(team_id);
        self.users.iter().filter(is_member)
    }

    /// The id of the target, if the owner may access its queue. Unknown, foreign and blocked users all
    /// return `None`, so that users cannot be enumerated.
    pub(crate) fn resolve(&self, owner_id: &str, target: &Target) -> Option<String> {
        let owner = self.user(owner_id)?;
        let matches = |user: &User| match target {
            Target::Owner => user.id == owner.id,
            Target::Id(id) => user.id == *id,
            Target::Email(email) => user.email.to_lowercase() == email.to_lowercase(),
        };
        if matches(owner) {
            return Some(owner.id.clone());
        }
        let team_id = owner.team_id.as_deref()?;
        self.members(team_id)
            .find(|user| user.status == Status::Active && matches(user))
            .map(|user| user.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, status: Status, team: Option<&str>) -> User {
        User {
            id: id.to_owned(),
            name: id.to_owned(),
            email: format!("{id}@example.com"),
            role: Role::Member,
            status,
            image_url: None,
            team_id: team.map(str::to_owned),
        }
    }

    fn directory() -> Directory {
        Directory {
            teams: Vec::new(),
            users: vec![
                user("owner", Status::Active, Some("t1")),
                user("mate", Status::Active, Some("t1")),
                user("blocked", Status::Blocked, Some("t1")),
                user("foreigner", Status::Active, Some("t2")),
                user("loner", Status::Active, None),
            ],
        }
    }

    fn resolve(owner: &str, target: Target) -> Option<String> {
        directory().resolve(owner, &target)
    }

    #[test]
    fn finds_oneself_and_active_team_mates() {
        let mate = Some("mate".to_owned());
        assert_eq!(resolve("owner", Target::Owner).as_deref(), Some("owner"));
        assert_eq!(
            resolve("owner", Target::Id("owner".into())).as_deref(),
            Some("owner")
        );
        assert_eq!(resolve("owner", Target::Id("mate".into())), mate);
        assert_eq!(
            resolve("owner", Target::Email("MATE@Example.com".into())),
            mate
        );
        assert_eq!(
            resolve("loner", Target::Email("loner@example.com".into())).as_deref(),
            Some("loner")
        );
    }

    #[test]
    fn nobody_else() {
        for id in ["blocked", "foreigner", "loner", "nobody", "MATE"] {
            assert_eq!(resolve("owner", Target::Id(id.into())), None, "{id}");
        }
        assert_eq!(resolve("loner", Target::Id("mate".into())), None);
        assert_eq!(resolve("nobody", Target::Owner), None);
    }
}
