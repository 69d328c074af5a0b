//! Calls of a team: who, when, how long, the result, and the transcript.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::direction::Direction;

/// The default template of a summary.
const USUAL_TEMPLATE: &str = "MARKDOWN_CLASSIC";

/// The speaker of an utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// A user of the team.
    User,
    /// The voice agent of the team.
    Agent,
    /// The contact.
    External,
}

impl Speaker {
    /// The value in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Agent => "AGENT",
            Self::External => "EXTERNAL",
        }
    }
}

/// An utterance in a call. `Debug` does not show its text.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Utterance {
    /// The speaker.
    pub speaker: Speaker,
    /// The text.
    pub text: String,
    /// The start, since the start of the call.
    pub begins: Duration,
    /// The end, since the start of the call.
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
    /// The version, from 1, increased with every update.
    pub version: u64,
    /// When it was last updated, or created.
    pub updated_at: Timestamp,
    /// The id of the user who last updated it; `None` if it was never updated.
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

/// A call. `Debug` shows neither numbers nor texts.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CallRecord {
    /// `cll-…`; empty until the call is added.
    pub id: String,
    /// The direction.
    pub direction: Direction,
    /// The team's number.
    pub allo_number: String,
    /// The contact's number, or `anonymous`.
    pub contact_number: String,
    /// The id of the user on the call, if any.
    pub user_id: Option<String>,
    /// When it started to ring.
    pub started_at: Timestamp,
    /// How long it rang.
    pub rang: Duration,
    /// The duration of the conversation or of the voicemail.
    pub talked: Duration,
    /// `ANSWERED`, `VOICEMAIL`, `TRANSFERRED_AI`, `TRANSFERRED_EXTERNAL`, `BLOCKED`, `FAILED`,
    /// `FAILED_EXTERNAL`, `RECEIVED`, `CLOSED`, or an unknown value.
    pub result: String,
    /// The URL of the recording.
    pub recording_url: Option<String>,
    /// One summary per template; lists show the first.
    pub summaries: Vec<Summary>,
    /// The names of tags, in the order they were added.
    pub tags: Vec<String>,
    /// The transcript, in order.
    pub transcript: Vec<Utterance>,
    pub(crate) team_id: String,
}

impl CallRecord {
    /// An unanswered call to `contact_number`, at the time it is added.
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

    /// An unanswered call from `contact_number`, at the time it is added.
    #[must_use]
    pub fn inbound(allo_number: impl Into<String>, contact_number: impl Into<String>) -> Self {
        Self {
            direction: Direction::Inbound,
            result: "RECEIVED".to_owned(),
            ..Self::outbound(allo_number, contact_number)
        }
    }

    /// Sets the user.
    #[must_use]
    pub fn user(mut self, id: impl Into<String>) -> Self {
        self.user_id = Some(id.into());
        self
    }

    /// Sets the start time.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.started_at = time;
        self
    }

    /// Sets how long it rang.
    #[must_use]
    pub fn rang(mut self, rang: Duration) -> Self {
        self.rang = rang;
        self
    }

    /// Marks the call as answered, with this duration.
    #[must_use]
    pub fn answered(self, talked: Duration) -> Self {
        self.ended("ANSWERED", talked)
    }

    /// Sets the result and the duration.
    #[must_use]
    pub fn ended(mut self, result: impl Into<String>, talked: Duration) -> Self {
        self.result = result.into();
        self.talked = talked;
        self
    }

    /// Sets the URL of the recording.
    #[must_use]
    pub fn recording(mut self, url: impl Into<String>) -> Self {
        self.recording_url = Some(url.into());
        self
    }

    /// Adds a summary with the default template.
    #[must_use]
    pub fn summary(self, content: impl Into<String>) -> Self {
        self.summary_by(USUAL_TEMPLATE, content)
    }

    /// Adds a summary with this template.
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

    /// Sets the tags, by name.
    #[must_use]
    pub fn tags(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tags = names.into_iter().map(Into::into).collect();
        self
    }

    /// Appends an utterance of four seconds.
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

    /// Assigns the call to a team. A call without a start time starts now.
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

    /// The time this long after the start of the call.
    pub(crate) fn time_of(&self, since_start: Duration) -> Timestamp {
        let time = self.started_at.checked_add(since_start);
        time.unwrap_or(Timestamp::MAX)
    }

    /// Whether a user or the voice agent spoke with the contact.
    pub(crate) fn is_answered(&self) -> bool {
        self.result == "ANSWERED" || self.result.starts_with("TRANSFERRED")
    }

    /// Whether the conversation was longer than a minute.
    pub(crate) fn is_conversation(&self) -> bool {
        self.is_answered() && self.talked > Duration::from_secs(60)
    }

    pub(crate) fn has_any_tag(&self, names: &[String]) -> bool {
        self.tags.iter().any(|tag| names.contains(tag))
    }

    /// The summary with this template.
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
