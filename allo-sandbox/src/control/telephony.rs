//! Adds phone numbers, tags, contacts, calls and text messages.

use axum::body::Bytes;

use super::{Control, ControlError};
use crate::lock::lock;
use crate::state::State;
use crate::state::calls::CallRecord;
use crate::state::contacts::{Contact, Details};
use crate::state::inbox::Item;
use crate::state::messages::MessageRecord;
use crate::state::phone_numbers::PhoneNumber;
use crate::state::tags::{AbsentTag, Tag};

/// Telephony. Objects belong to the team of their phone number, or to the demo team.
impl Control {
    /// Adds a phone number.
    pub fn add_phone_number(&self, phone_number: PhoneNumber) {
        let mut state = lock(&self.app.state);
        let team_id = first_team(&state);
        state.phone_numbers.add(&team_id, phone_number);
    }

    /// Adds a tag for calls.
    pub fn add_tag(&self, name: &str) {
        let mut state = lock(&self.app.state);
        let tag = Tag {
            id: lock(&self.app.ids).tag(),
            team_id: first_team(&state),
            name: name.to_owned(),
            color: "#607D8B".to_owned(),
        };
        state.tags.add(tag);
    }

    /// Adds a contact with these numbers and returns its id.
    pub fn add_contact(
        &self,
        name: &str,
        numbers: impl IntoIterator<Item = impl Into<String>>,
    ) -> String {
        let mut state = lock(&self.app.state);
        let details = Details {
            name: Some(name.to_owned()),
            numbers: numbers.into_iter().map(Into::into).collect(),
            ..Details::default()
        };
        let id = lock(&self.app.ids).contact();
        let now = self.app.clock.now();
        let contact = Contact::new(id.clone(), &first_team(&state), details, now);
        state.contacts.add(contact);
        id
    }

    /// Adds a call and returns its id.
    pub fn add_call(&self, call: CallRecord) -> String {
        let mut state = lock(&self.app.state);
        let id = match call.id.as_str() {
            "" => lock(&self.app.ids).call(),
            given => given.to_owned(),
        };
        let team_id = team_of_phone_number(&state, Some(&call.allo_number));
        let call = call.settled(id.clone(), &team_id, self.app.clock.now());
        state.inbox.add(Item::Call(call));
        id
    }

    /// Changes a call of the demo team, as the service does when a summary is ready; its start time must stay.
    ///
    /// # Errors
    ///
    /// If the team has no call with this id.
    pub fn update_call(
        &self,
        id: &str,
        change: impl FnOnce(&mut CallRecord),
    ) -> Result<(), ControlError> {
        let mut state = lock(&self.app.state);
        let team_id = first_team(&state);
        let call = state.inbox.call_mut(&team_id, id);
        change(call.ok_or_else(|| ControlError::UnknownItem(id.to_owned()))?);
        Ok(())
    }

    /// Removes a call or text message of the demo team, so that those after it move up in every list.
    ///
    /// # Errors
    ///
    /// If the team has no item with this id.
    pub fn remove_item(&self, id: &str) -> Result<(), ControlError> {
        let mut state = lock(&self.app.state);
        let team_id = first_team(&state);
        match state.inbox.remove(&team_id, id) {
            true => Ok(()),
            false => Err(ControlError::UnknownItem(id.to_owned())),
        }
    }

    /// Stores a recording and returns its path, which serves it to a `GET` with any API key of the
    /// sandbox. Base URL and path form the URL for [`CallRecord::recording`].
    pub fn add_recording(&self, bytes: impl Into<Vec<u8>>) -> String {
        let bytes = Bytes::from(bytes.into());
        lock(&self.app.state).recordings.add(bytes)
    }

    /// Adds a text message and returns its id.
    pub fn add_message(&self, message: MessageRecord) -> String {
        let mut state = lock(&self.app.state);
        let id = match message.id.as_str() {
            "" => lock(&self.app.ids).message(),
            given => given.to_owned(),
        };
        let team_id = team_of_phone_number(&state, message.allo_number.as_deref());
        let message = message.settled(id.clone(), &team_id, self.app.clock.now());
        state.inbox.add(Item::Message(message));
        id
    }

    /// The demo team's calls, newest first.
    #[must_use]
    pub fn calls(&self) -> Vec<CallRecord> {
        let state = lock(&self.app.state);
        state.inbox.calls(&first_team(&state)).cloned().collect()
    }

    /// The demo team's text messages, newest first.
    #[must_use]
    pub fn messages(&self) -> Vec<MessageRecord> {
        let state = lock(&self.app.state);
        let team_id = first_team(&state);
        let messages = state.inbox.of_team(&team_id).filter_map(|item| match item {
            Item::Message(message) => Some(message.clone()),
            Item::Call(_) => None,
        });
        messages.collect()
    }

    /// Sets what happens when a tag that is not there is removed.
    pub fn absent_tags(&self, then: AbsentTag) {
        lock(&self.app.state).tags.absent = then;
    }
}

fn first_team(state: &State) -> String {
    let team = state.users.teams.first();
    team.map(|team| team.id.clone()).unwrap_or_default()
}

fn team_of_phone_number(state: &State, number: Option<&str>) -> String {
    let team = number.and_then(|number| state.phone_numbers.team_with(number));
    team.map_or_else(|| first_team(state), str::to_owned)
}
