//! Calls as the team remembers them: who, when, how long, how it ended, and what was said.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::direction::Direction;

/// The template of a summary unless another one was chosen.
const USUAL_TEMPLATE: &str = "MARKDOWN_CLASSIC";

/// Who says something in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// A person of the team.
    User,
    /// The voice agent that answers for the team.
    Agent,
    /// The other side.
    External,
}

impl Speaker {
    /// The text on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Agent => "AGENT",
            Self::External => "EXTERNAL",
        }
    }
}

/// Something said in a call. `Debug` does not show it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Utterance {
    /// Who says it.
    pub speaker: Speaker,
    /// What is said.
    pub text: String,
    /// When it begins, counted from the start of the call.
    pub begins: Duration,
    /// When it ends, counted from the start of the call.
    pub ends: Duration,
}

impl fmt::Debug for Utterance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Utterance")
            .field("speaker", &self.speaker)
            .field("begins", &self.begins)
            .field("ends", &self.ends)
            .finish_non_exhaustive()
    }
}

/// A summary of a call. `Debug` does not show its text.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// `MARKDOWN_CLASSIC` or `MARKDOWN_SHORT_CALL`.
    pub template_key: String,
    /// Markdown.
    pub content: String,
    /// One for the first, and one more with every change.
    pub version: u64,
    /// When it was last changed, or made.
    pub updated_at: Timestamp,
    /// Id of whoever last changed it; `None` as long as it is as it was made.
    pub updated_by: Option<String>,
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Summary")
            .field("template_key", &self.template_key)
            .field("version", &self.version)
            .field("updated_at", &self.updated_at)
            .finish_non_exhaustive()
    }
}

/// A call. `Debug` shows neither numbers nor anything that was said or written.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CallRecord {
    /// `cll-…`; empty until the call is added.
    pub id: String,
    /// From the team's side.
    pub direction: Direction,
    /// The team's number.
    pub allo_number: String,
    /// The other side's number, or `anonymous`.
    pub contact_number: String,
    /// Id of the person of the team, if one was on it.
    pub user_id: Option<String>,
    /// When it began to ring.
    pub started_at: Timestamp,
    /// How long it rang.
    pub rang: Duration,
    /// How long people spoke, or a voicemail was recorded.
    pub talked: Duration,
    /// `ANSWERED`, `VOICEMAIL`, `TRANSFERRED_AI`, `TRANSFERRED_EXTERNAL`, `BLOCKED`, `FAILED`,
    /// `FAILED_EXTERNAL`, `RECEIVED`, `CLOSED`, or a value of the future.
    pub result: String,
    /// Where its recording is.
    pub recording_url: Option<String>,
    /// One for each template used; the first is the one lists show.
    pub summaries: Vec<Summary>,
    /// Names of tags, in the order they were added.
    pub tags: Vec<String>,
    /// What was said, in order.
    pub transcript: Vec<Utterance>,
    pub(crate) team_id: String,
}

impl CallRecord {
    /// A call to `contact_number` that nobody answered, at the moment it is added.
    #[must_use]
    pub fn outbound(allo_number: impl Into<String>, contact_number: impl Into<String>) -> Self {
        Self {
            id: String::new(),
            direction: Direction::Outbound,
            allo_number: allo_number.into(),
            contact_number: contact_number.into(),
            user_id: None,
            started_at: Timestamp::UNIX_EPOCH,
            rang: Duration::from_secs(8),
            talked: Duration::ZERO,
            result: "FAILED".to_owned(),
            recording_url: None,
            summaries: Vec::new(),
            tags: Vec::new(),
            transcript: Vec::new(),
            team_id: String::new(),
        }
    }

    /// A call from `contact_number` that nobody answered, at the moment it is added.
    #[must_use]
    pub fn inbound(allo_number: impl Into<String>, contact_number: impl Into<String>) -> Self {
        Self {
            direction: Direction::Inbound,
            result: "RECEIVED".to_owned(),
            ..Self::outbound(allo_number, contact_number)
        }
    }

    /// With this person of the team.
    #[must_use]
    pub fn user(mut self, id: impl Into<String>) -> Self {
        self.user_id = Some(id.into());
        self
    }

    /// Began at this time.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.started_at = time;
        self
    }

    /// Rang this long.
    #[must_use]
    pub fn rang(mut self, rang: Duration) -> Self {
        self.rang = rang;
        self
    }

    /// Was answered and lasted this long from then on.
    #[must_use]
    pub fn answered(self, talked: Duration) -> Self {
        self.ended("ANSWERED", talked)
    }

    /// Ended like this after so much talking.
    #[must_use]
    pub fn ended(mut self, result: impl Into<String>, talked: Duration) -> Self {
        self.result = result.into();
        self.talked = talked;
        self
    }

    /// With a recording at this URL.
    #[must_use]
    pub fn recording(mut self, url: impl Into<String>) -> Self {
        self.recording_url = Some(url.into());
        self
    }

    /// With a summary made by the usual template.
    #[must_use]
    pub fn summary(self, content: impl Into<String>) -> Self {
        self.summary_by(USUAL_TEMPLATE, content)
    }

    /// With a summary made by this template.
    #[must_use]
    pub fn summary_by(mut self, key: impl Into<String>, content: impl Into<String>) -> Self {
        self.summaries.push(Summary {
            template_key: key.into(),
            content: content.into(),
            version: 1,
            updated_at: Timestamp::UNIX_EPOCH,
            updated_by: None,
        });
        self
    }

    /// With these tags, by name.
    #[must_use]
    pub fn tags(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tags = names.into_iter().map(Into::into).collect();
        self
    }

    /// With something said next, four seconds long.
    #[must_use]
    pub fn says(mut self, speaker: Speaker, text: impl Into<String>) -> Self {
        let begins = self.transcript.last().map_or(self.rang, |last| last.ends);
        self.transcript.push(Utterance {
            speaker,
            text: text.into(),
            begins,
            ends: begins + Duration::from_secs(4),
        });
        self
    }

    /// Gives the call its place in a team. A call without a time begins now.
    pub(crate) fn settled(mut self, id: String, team_id: &str, now: Timestamp) -> Self {
        self.id = id;
        team_id.clone_into(&mut self.team_id);
        if self.started_at == Timestamp::UNIX_EPOCH {
            self.started_at = now;
        }
        let ended_at = self.time_of(self.rang + self.talked);
        for summary in &mut self.summaries {
            summary.updated_at = ended_at;
        }
        self
    }

    /// The moment that long after the call began.
    pub(crate) fn time_of(&self, since_start: Duration) -> Timestamp {
        let time = self.started_at.checked_add(since_start);
        time.unwrap_or(Timestamp::MAX)
    }

    /// Whether somebody of the team, or who answers for them, spoke with the other side.
    pub(crate) fn is_answered(&self) -> bool {
        self.result == "ANSWERED" || self.result.starts_with("TRANSFERRED")
    }

    /// Whether more than a minute was spoken.
    pub(crate) fn is_conversation(&self) -> bool {
        self.is_answered() && self.talked > Duration::from_secs(60)
    }

    pub(crate) fn has_any_tag(&self, names: &[String]) -> bool {
        self.tags.iter().any(|tag| names.contains(tag))
    }

    /// The summary made by this template.
    pub(crate) fn summary_mut(&mut self, key: &str) -> Option<&mut Summary> {
        let mut summaries = self.summaries.iter_mut();
        summaries.find(|summary| summary.template_key == key)
    }
}

impl fmt::Debug for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRecord")
            .field("id", &self.id)
            .field("direction", &self.direction)
            .field("user_id", &self.user_id)
            .field("started_at", &self.started_at)
            .field("talked", &self.talked)
            .field("result", &self.result)
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}
