//! The calls and messages of all teams, and the status of their conversations: unread and archived.
//! A conversation is everything exchanged between two numbers.

use std::collections::HashMap;

use jiff::Timestamp;

use super::calls::CallRecord;
use super::direction::Direction;
use super::messages::MessageRecord;

/// A call or a text message.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Call(CallRecord),
    Message(MessageRecord),
}

impl Item {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Call(call) => &call.id,
            Self::Message(message) => &message.id,
        }
    }

    pub(crate) fn team_id(&self) -> &str {
        match self {
            Self::Call(call) => &call.team_id,
            Self::Message(message) => &message.team_id,
        }
    }

    pub(crate) fn at(&self) -> Timestamp {
        match self {
            Self::Call(call) => call.started_at,
            Self::Message(message) => message.sent_at,
        }
    }

    pub(crate) fn direction(&self) -> Direction {
        match self {
            Self::Call(call) => call.direction,
            Self::Message(message) => message.direction,
        }
    }

    /// The team's number; `None` for a message sent under a sender id.
    pub(crate) fn allo_number(&self) -> Option<&str> {
        match self {
            Self::Call(call) => Some(&call.allo_number),
            Self::Message(message) => message.allo_number.as_deref(),
        }
    }

    pub(crate) fn contact_number(&self) -> &str {
        match self {
            Self::Call(call) => &call.contact_number,
            Self::Message(message) => &message.contact_number,
        }
    }

    pub(crate) fn user_id(&self) -> Option<&str> {
        match self {
            Self::Call(call) => call.user_id.as_deref(),
            Self::Message(message) => message.user_id.as_deref(),
        }
    }

    pub(crate) fn call(&self) -> Option<&CallRecord> {
        match self {
            Self::Call(call) => Some(call),
            Self::Message(_) => None,
        }
    }

    /// Whether the team should respond: a missed call, or a message.
    fn wants_response(&self) -> bool {
        let attended = self.call().is_some_and(CallRecord::is_answered);
        self.direction() == Direction::Inbound && !attended
    }

    /// The key of the conversation; a sender id takes the place of the team's number.
    fn conversation(&self) -> ConversationKey {
        let sender = match self {
            Self::Call(_) => None,
            Self::Message(message) => message.sender_id.as_deref(),
        };
        let own = self.allo_number().or(sender).unwrap_or_default();
        sides(self.team_id(), own, self.contact_number())
    }
}

/// Team id, team number or sender id, contact number.
type ConversationKey = (String, String, String);

fn sides(team_id: &str, own: &str, contact: &str) -> ConversationKey {
    (team_id.to_owned(), own.to_owned(), contact.to_owned())
}

/// The status of a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ConversationStatus {
    pub(crate) unread: bool,
    pub(crate) archived: bool,
}

/// An action on a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Read,
    Unread,
    Archive,
    Unarchive,
}

impl ConversationStatus {
    fn after(self, action: Action) -> Self {
        let Self { unread, archived } = self;
        match action {
            Action::Read => Self {
                unread: false,
                archived,
            },
            Action::Unread => Self {
                unread: true,
                archived,
            },
            Action::Archive => Self {
                unread: false,
                archived: true,
            },
            Action::Unarchive => Self {
                unread,
                archived: false,
            },
        }
    }
}

/// The items and conversations of all teams.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    items: Vec<Item>,
    statuses: HashMap<ConversationKey, ConversationStatus>,
}

impl Inbox {
    /// Adds an item. Its conversation is unarchived, and is unread if the team should respond.
    pub(crate) fn add(&mut self, item: Item) {
        let unread = item.wants_response();
        let archived = false;
        self.statuses
            .insert(item.conversation(), ConversationStatus { unread, archived });
        let place = self.items.partition_point(|other| other.at() <= item.at());
        self.items.insert(place, item);
    }

    /// A team's items, newest first.
    pub(crate) fn of_team<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a Item> {
        let items = self.items.iter().rev();
        items.filter(move |item| item.team_id() == team_id)
    }

    /// A team's calls, newest first.
    pub(crate) fn calls<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a CallRecord> {
        self.of_team(team_id).filter_map(Item::call)
    }

    pub(crate) fn find(&self, team_id: &str, id: &str) -> Option<&Item> {
        let mut items = self.items.iter();
        items.find(|item| item.id() == id && item.team_id() == team_id)
    }

    pub(crate) fn call_mut(&mut self, team_id: &str, id: &str) -> Option<&mut CallRecord> {
        self.items.iter_mut().find_map(|item| match item {
            Item::Call(call) if call.id == id && call.team_id == team_id => Some(call),
            Item::Call(_) | Item::Message(_) => None,
        })
    }

    /// Removes an item; returns false if there is none with this id.
    pub(crate) fn remove(&mut self, team_id: &str, id: &str) -> bool {
        let before = self.items.len();
        self.items
            .retain(|item| item.id() != id || item.team_id() != team_id);
        self.items.len() < before
    }

    /// The status of the conversation of an item.
    pub(crate) fn status(&self, item: &Item) -> ConversationStatus {
        let status = self.statuses.get(&item.conversation());
        status.copied().unwrap_or_default()
    }

    /// Whether the team has not responded to the item yet.
    pub(crate) fn is_unresponded(&self, item: &Item) -> bool {
        let conversation = item.conversation();
        let reacted = |other: &&Item| {
            other.at() >= item.at() && !other.wants_response() && other.id() != item.id()
        };
        let mut later = self.items.iter().filter(reacted);
        item.wants_response() && !later.any(|other| other.conversation() == conversation)
    }

    /// Applies an action to all conversations with a contact, or those of one phone number; returns
    /// false if there are none.
    pub(crate) fn act(
        &mut self,
        team_id: &str,
        contact_number: &str,
        allo_number: Option<&str>,
        action: Action,
    ) -> bool {
        let mut found = false;
        for ((team, own, contact), status) in &mut self.statuses {
            let is_phone_number = allo_number.is_none_or(|number| number == own);
            if team == team_id && contact == contact_number && is_phone_number {
                *status = status.after(action);
                found = true;
            }
        }
        found
    }
}
