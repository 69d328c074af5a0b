//! The teammate that a call is for. How a request carries it is in `call::teammate`, the lookup by name in
//! `convenience::teammate`.

use std::fmt;

use super::ids::UserId;

/// The member of the team that a call is for.
///
/// Exactly one of these is sent if the operation takes a teammate. There is no fallback: if the server does not know
/// the id or address, the call fails with [`Error::is_assignee_not_found`](crate::Error::is_assignee_not_found) and no
/// other queue is changed.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// use allo_client::Teammate;
///
/// let marie = Teammate::find(&client, "Marie Dupont").await?;
/// let queue = client.reset_current_dialing_queue().for_teammate(&marie).send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Teammate {
    /// The owner of the API key.
    Me,
    /// The member with this id.
    Id(UserId),
    /// The member with this e-mail address.
    Email(String),
}

impl Teammate {
    /// The member with this id, as in the list of users.
    pub fn id(id: impl Into<UserId>) -> Self {
        Self::Id(id.into())
    }

    /// The member with this e-mail address.
    pub fn email(email: impl Into<String>) -> Self {
        Self::Email(email.into())
    }
}

impl From<&Self> for Teammate {
    fn from(teammate: &Self) -> Self {
        teammate.clone()
    }
}

impl From<UserId> for Teammate {
    fn from(id: UserId) -> Self {
        Self::Id(id)
    }
}

impl From<&UserId> for Teammate {
    fn from(id: &UserId) -> Self {
        Self::Id(id.clone())
    }
}

impl fmt::Debug for Teammate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("Me"),
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::Email(_) => f.write_str("Email(<redacted>)"),
        }
    }
}

/// Operations that take a teammate, for generic code. Each of their builders has the method itself, too, so calling it
/// needs no import.
pub trait TargetTeammate: Sized {
    /// Executes the call for this teammate instead of the owner of the API key.
    #[must_use]
    fn for_teammate(self, teammate: impl Into<Teammate>) -> Self;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_not_shown() {
        let teammate = Teammate::email("marie@example.com");
        assert_eq!(format!("{teammate:?}"), "Email(<redacted>)");
    }

    #[test]
    fn the_id_of_a_member_is_a_teammate() {
        let id = UserId::from("usr-1");
        assert_eq!(Teammate::from(&id), Teammate::id("usr-1"));
        assert_eq!(format!("{:?}", Teammate::from(id)), "Id(UserId(\"usr-1\"))");
    }
}
