//! Text messages of a team.

use std::fmt;

use jiff::Timestamp;

use super::direction::Direction;

/// A text message. `Debug` shows neither numbers nor the text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageRecord {
    /// `msg-…`; empty until the message is added.
    pub id: String,
    /// The direction.
    pub direction: Direction,
    /// The team's number; `None` if it was sent under a sender id.
    pub allo_number: Option<String>,
    /// The sender id, instead of a number.
    pub sender_id: Option<String>,
    /// The contact's number.
    pub contact_number: String,
    /// The id of the user.
    pub user_id: Option<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The text.
    pub content: String,
    /// `PENDING`, `SENT`, `DELIVERED`, `FAILED`, or an unknown value.
    pub status: String,
    /// `SMS`, `MMS`, `WHATSAPP`, or an unknown value.
    pub message_type: String,
    pub(crate) team_id: String,
}

impl MessageRecord {
    /// A message to `contact_number`, at the time it is added.
    #[must_use]
    pub fn outbound(
        allo_number: impl Into<String>,
        contact_number: impl Into<String>,
        content: impl Into<String>,
    ) -> Self {
        Self {
            id: String::new(),
            direction: Direction::Outbound,
            allo_number: Some(allo_number.into()),
            sender_id: None,
            contact_number: contact_number.into(),
            user_id: None,
            sent_at: Timestamp::UNIX_EPOCH,
            content: content.into(),
            status: "SENT".to_owned(),
            message_type: "SMS".to_owned(),
            team_id: String::new(),
        }
    }

    /// A message from `contact_number`, at the time it is added.
    #[must_use]
    pub fn inbound(
        allo_number: impl Into<String>,
        contact_number: impl Into<String>,
        content: impl Into<String>,
    ) -> Self {
        Self {
            direction: Direction::Inbound,
            status: "DELIVERED".to_owned(),
            ..Self::outbound(allo_number, contact_number, content)
        }
    }

    /// Sets a sender id instead of a number.
    pub(crate) fn under_name(mut self, sender_id: impl Into<String>) -> Self {
        self.sender_id = Some(sender_id.into());
        self.allo_number = None;
        self
    }

    /// Sets the user.
    #[must_use]
    pub fn user(mut self, id: impl Into<String>) -> Self {
        self.user_id = Some(id.into());
        self
    }

    /// Sets the time.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.sent_at = time;
        self
    }

    /// Assigns the message to a team. A message without a time is sent now.
    pub(crate) fn settled(mut self, id: String, team_id: &str, now: Timestamp) -> Self {
        self.id = id;
        team_id.clone_into(&mut self.team_id);
        if self.sent_at == Timestamp::UNIX_EPOCH {
            self.sent_at = now;
        }
        self
    }
}

impl fmt::Debug for MessageRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageRecord")
            .field("id", &self.id)
            .field("direction", &self.direction)
            .field("user_id", &self.user_id)
            .field("sent_at", &self.sent_at)
            .field("status", &self.status)
            .field("message_type", &self.message_type)
            .finish_non_exhaustive()
    }
}
