//! The lines of a team: phone numbers it is called on and names it texts under, and who uses them.

use std::fmt;

/// What sort of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// A phone number.
    Number,
    /// A name that stands in for a number on texts.
    SenderId,
}

impl LineKind {
    /// The text on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "NUMBER",
            Self::SenderId => "SENDER_ID",
        }
    }
}

/// A line. `Debug` shows neither its number nor its name.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// Number or name.
    pub kind: LineKind,
    /// E.164; `None` for a sender id.
    pub number: Option<String>,
    /// What the team calls it; of a sender id, what recipients see.
    pub name: Option<String>,
    /// Two-letter code of its country.
    pub country: Option<String>,
    /// `VOICE`, `SMS`, `MMS`.
    pub capabilities: Vec<String>,
    /// Ids of the people who use it.
    pub user_ids: Vec<String>,
    /// Whether texting was approved: 10DLC of a number, verification of a sender id.
    pub texting_approved: bool,
    /// Id of the summary template its calls use unless told otherwise.
    pub default_summary_template_id: Option<String>,
    pub(crate) team_id: String,
}

impl Line {
    /// A phone number of the demo team for calls and texts, used by nobody yet.
    #[must_use]
    pub fn number(number: impl Into<String>, country: impl Into<String>) -> Self {
        Self {
            kind: LineKind::Number,
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

    /// A verified sender id of the demo team.
    #[must_use]
    pub fn sender_id(name: impl Into<String>, country: impl Into<String>) -> Self {
        Self {
            kind: LineKind::SenderId,
            number: None,
            capabilities: vec!["SMS".to_owned()],
            ..Self::number("", country).named(name)
        }
    }

    /// With this name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// With exactly these capabilities.
    #[must_use]
    pub fn capabilities(
        mut self,
        capabilities: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.capabilities = capabilities.into_iter().map(Into::into).collect();
        self
    }

    /// Used by the people with these ids.
    #[must_use]
    pub fn users(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.user_ids = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Not approved for texting, or not any more.
    #[must_use]
    pub fn texting_refused(mut self) -> Self {
        self.texting_approved = false;
        self
    }

    pub(crate) fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|other| other == capability)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("kind", &self.kind)
            .field("country", &self.country)
            .field("capabilities", &self.capabilities)
            .field("user_ids", &self.user_ids)
            .finish_non_exhaustive()
    }
}

/// The lines of all teams, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Lines(Vec<Line>);

impl Lines {
    pub(crate) fn add(&mut self, team_id: &str, mut line: Line) {
        team_id.clone_into(&mut line.team_id);
        self.0.push(line);
    }

    pub(crate) fn all(&self) -> &[Line] {
        &self.0
    }

    pub(crate) fn of_team<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a Line> {
        self.0.iter().filter(move |line| line.team_id == team_id)
    }

    /// The team's line with this number.
    pub(crate) fn with_number(&self, team_id: &str, number: &str) -> Option<&Line> {
        let wanted =
            |line: &&Line| line.team_id == team_id && line.number.as_deref() == Some(number);
        self.0.iter().find(wanted)
    }

    pub(crate) fn with_number_mut(&mut self, team_id: &str, number: &str) -> Option<&mut Line> {
        self.0
            .iter_mut()
            .find(|line| line.team_id == team_id && line.number.as_deref() == Some(number))
    }

    /// The team's sender id of this name.
    pub(crate) fn with_sender_id(&self, team_id: &str, name: &str) -> Option<&Line> {
        self.0.iter().find(|line| {
            let named = line.name.as_deref() == Some(name);
            line.team_id == team_id && line.kind == LineKind::SenderId && named
        })
    }

    /// The team that owns this number.
    pub(crate) fn team_with(&self, number: &str) -> Option<&str> {
        let owner = self
            .0
            .iter()
            .find(|line| line.number.as_deref() == Some(number));
        owner.map(|line| line.team_id.as_str())
    }

    /// The number is nobody's any more.
    pub(crate) fn remove_number(&mut self, number: &str) {
        self.0.retain(|line| line.number.as_deref() != Some(number));
    }

    /// The first number somebody can call from.
    pub(crate) fn number_used_by(&self, user_id: &str) -> Option<String> {
        let mut lines = self.0.iter();
        let line = lines
            .find(|line| line.can("VOICE") && line.user_ids.iter().any(|other| other == user_id));
        line?.number.clone()
    }

    /// Everybody's lines that default to this template stop doing so.
    pub(crate) fn forget_template(&mut self, template_id: &str) {
        for line in &mut self.0 {
            if line.default_summary_template_id.as_deref() == Some(template_id) {
                line.default_summary_template_id = None;
            }
        }
    }
}
