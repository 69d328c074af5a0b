//! The phone numbers and sender ids of a team, and their users.

use std::fmt;

/// The kind of a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneNumberKind {
    /// A phone number.
    Number,
    /// A sender id, which replaces the number in text messages.
    SenderId,
}

impl PhoneNumberKind {
    /// The value in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "NUMBER",
            Self::SenderId => "SENDER_ID",
        }
    }
}

/// A phone number or sender id. `Debug` shows neither number nor name.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PhoneNumber {
    /// The kind.
    pub kind: PhoneNumberKind,
    /// E.164; `None` for a sender id.
    pub number: Option<String>,
    /// The name; for a sender id, the name that recipients see.
    pub name: Option<String>,
    /// Two-letter country code.
    pub country: Option<String>,
    /// `VOICE`, `SMS`, `MMS`.
    pub capabilities: Vec<String>,
    /// The ids of its users.
    pub user_ids: Vec<String>,
    /// Whether text messages were approved: 10DLC of a number, verification of a sender id.
    pub texting_approved: bool,
    /// The id of the default summary template of its calls.
    pub default_summary_template_id: Option<String>,
    pub(crate) team_id: String,
}

impl PhoneNumber {
    /// A phone number for calls and text messages, without users.
    #[must_use]
    pub fn number(number: impl Into<String>, country: impl Into<String>) -> Self {
        Self {
            kind: PhoneNumberKind::Number,
            number: Some(number.into()),
            name: None,
            country: Some(country.into()),
            capabilities: ["VOICE", "SMS", "MMS"].map(str::to_owned).to_vec(),
            user_ids: Vec::new(),
            texting_approved: true,
            default_summary_template_id: None,
            team_id: String::new(),
        }
    }

    /// A verified sender id.
    #[must_use]
    pub fn sender_id(name: impl Into<String>, country: impl Into<String>) -> Self {
        Self {
            kind: PhoneNumberKind::SenderId,
            number: None,
            capabilities: vec!["SMS".to_owned()],
            ..Self::number("", country).named(name)
        }
    }

    /// Sets the name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the capabilities.
    #[must_use]
    pub fn capabilities(
        mut self,
        capabilities: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.capabilities = capabilities.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the users by id.
    #[must_use]
    pub fn users(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.user_ids = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Revokes the approval for text messages.
    #[must_use]
    pub fn texting_refused(mut self) -> Self {
        self.texting_approved = false;
        self
    }

    pub(crate) fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|other| other == capability)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhoneNumber")
            .field("kind", &self.kind)
            .field("country", &self.country)
            .field("capabilities", &self.capabilities)
            .field("user_ids", &self.user_ids)
            .finish_non_exhaustive()
    }
}

/// The phone numbers of all teams, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct PhoneNumbers(Vec<PhoneNumber>);

impl PhoneNumbers {
    pub(crate) fn add(&mut self, team_id: &str, mut phone_number: PhoneNumber) {
        team_id.clone_into(&mut phone_number.team_id);
        self.0.push(phone_number);
    }

    pub(crate) fn all(&self) -> &[PhoneNumber] {
        &self.0
    }

    pub(crate) fn of_team<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a PhoneNumber> {
        self.0
            .iter()
            .filter(move |phone_number| phone_number.team_id == team_id)
    }

    /// The team's phone number with this number.
    pub(crate) fn with_number(&self, team_id: &str, number: &str) -> Option<&PhoneNumber> {
        let wanted = |phone_number: &&PhoneNumber| {
            phone_number.team_id == team_id && phone_number.number.as_deref() == Some(number)
        };
        self.0.iter().find(wanted)
    }

    pub(crate) fn with_number_mut(
        &mut self,
        team_id: &str,
        number: &str,
    ) -> Option<&mut PhoneNumber> {
        self.0.iter_mut().find(|phone_number| {
            phone_number.team_id == team_id && phone_number.number.as_deref() == Some(number)
        })
    }

    /// The team's sender id with this name.
    pub(crate) fn with_sender_id(&self, team_id: &str, name: &str) -> Option<&PhoneNumber> {
        self.0.iter().find(|phone_number| {
            let named = phone_number.name.as_deref() == Some(name);
            phone_number.team_id == team_id
                && phone_number.kind == PhoneNumberKind::SenderId
                && named
        })
    }

    /// The team that owns this number.
    pub(crate) fn team_with(&self, number: &str) -> Option<&str> {
        let owner = self
            .0
            .iter()
            .find(|phone_number| phone_number.number.as_deref() == Some(number));
        owner.map(|phone_number| phone_number.team_id.as_str())
    }

    /// Removes the number.
    pub(crate) fn remove_number(&mut self, number: &str) {
        self.0
            .retain(|phone_number| phone_number.number.as_deref() != Some(number));
    }

    /// The first number that a user can call from.
    pub(crate) fn number_used_by(&self, user_id: &str) -> Option<String> {
        let mut phone_numbers = self.0.iter();
        let phone_number = phone_numbers.find(|phone_number| {
            phone_number.can("VOICE") && phone_number.user_ids.iter().any(|other| other == user_id)
        });
        phone_number?.number.clone()
    }

    /// Clears this default template from all phone numbers.
    pub(crate) fn forget_template(&mut self, template_id: &str) {
        for phone_number in &mut self.0 {
            if phone_number.default_summary_template_id.as_deref() == Some(template_id) {
                phone_number.default_summary_template_id = None;
            }
        }
    }
}
