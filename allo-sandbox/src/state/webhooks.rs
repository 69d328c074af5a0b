//! Webhook endpoints of the teams and their topics. No events are delivered.

use std::fmt;

use jiff::Timestamp;
use url::Url;

use super::change::Change;

/// All topics with their descriptions.
pub(crate) const TOPICS: &[(&str, &str)] = &[
    ("call.received", "A call comes in and rings"),
    ("call.triggered", "A call goes out"),
    ("call.answered", "Somebody picked up"),
    ("call.completed", "A call ended and was written up"),
    ("tag.added", "A tag was put on a call"),
    ("tag.removed", "A tag was taken off a call"),
    ("sms.received", "A text message came in"),
    ("sms.sent", "A text message went out"),
    ("contact.created", "A contact is new"),
    ("contact.updated", "A contact has changed"),
    ("summary.updated", "The summary of a call was rewritten"),
];

/// A webhook endpoint. `Debug` shows neither its URL nor its secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// `ep_…`.
    pub id: String,
    /// The id of its team.
    pub team_id: String,
    /// The URL; always HTTPS.
    pub url: String,
    /// The topics, without duplicates.
    pub topics: Vec<String>,
    /// The description.
    pub description: Option<String>,
    /// Whether events are sent.
    pub enabled: bool,
    /// `whsec_` and the key in base64.
    pub signing_secret: String,
    /// When it was created.
    pub created_at: Timestamp,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("team_id", &self.team_id)
            .field("topics", &self.topics)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

/// An update of a webhook.
#[derive(Default)]
pub(crate) struct WebhookChange {
    pub(crate) url: Option<String>,
    pub(crate) topics: Option<Vec<String>>,
    pub(crate) description: Change<String>,
    pub(crate) enabled: Option<bool>,
}

impl Webhook {
    pub(crate) fn change(&mut self, change: WebhookChange) {
        if let Some(url) = change.url {
            self.url = url;
        }
        if let Some(topics) = change.topics {
            self.topics = topics;
        }
        change.description.apply(&mut self.description);
        if let Some(enabled) = change.enabled {
            self.enabled = enabled;
        }
    }
}

/// The URL, if it is a valid destination.
pub(crate) fn destination(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    (parsed.scheme() == "https").then(|| url.to_owned())
}

/// The topic with this name.
pub(crate) fn topic(name: &str) -> Option<String> {
    let found = TOPICS.iter().find(|(topic, _)| *topic == name);
    found.map(|(topic, _)| (*topic).to_owned())
}

/// The webhooks of all teams, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Webhooks(Vec<Webhook>);

impl Webhooks {
    pub(crate) fn all(&self) -> &[Webhook] {
        &self.0
    }

    pub(crate) fn of<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a Webhook> {
        self.0
            .iter()
            .filter(move |webhook| webhook.team_id == team_id)
    }

    pub(crate) fn find(&self, team_id: &str, id: &str) -> Option<&Webhook> {
        self.0.iter().find(|webhook| webhook.is(team_id, id))
    }

    pub(crate) fn find_mut(&mut self, team_id: &str, id: &str) -> Option<&mut Webhook> {
        self.0.iter_mut().find(|webhook| webhook.is(team_id, id))
    }

    pub(crate) fn add(&mut self, webhook: Webhook) {
        self.0.push(webhook);
    }

    /// Returns whether there was one.
    pub(crate) fn remove(&mut self, team_id: &str, id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|webhook| !webhook.is(team_id, id));
        self.0.len() < before
    }
}

impl Webhook {
    fn is(&self, team_id: &str, id: &str) -> bool {
        self.team_id == team_id && self.id == id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(team: &str, id: &str) -> Webhook {
        Webhook {
            id: id.to_owned(),
            team_id: team.to_owned(),
            url: "https://hooks.example.com/in".to_owned(),
            topics: vec!["sms.sent".to_owned()],
            description: Some("Staging".to_owned()),
            enabled: true,
            signing_secret: "whsec_Zm9v".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn events_go_to_https_only() {
        for good in ["https://hooks.example.com/in?a=b", "HTTPS://example.com"] {
            assert_eq!(destination(good).as_deref(), Some(good));
        }
        for bad in [
            "http://hooks.example.com",
            "hooks.example.com",
            "https://",
            "ftp://example.com",
            "",
        ] {
            assert_eq!(destination(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_update_touches_only_what_it_names() {
        let mut changed = webhook("t1", "ep_1");
        changed.change(WebhookChange::default());
        assert!(changed == webhook("t1", "ep_1"));
        changed.change(WebhookChange {
            description: Change::Clear,
            enabled: Some(false),
            ..WebhookChange::default()
        });
        let expected = Webhook {
            description: None,
            enabled: false,
            ..webhook("t1", "ep_1")
        };
        assert!(changed == expected);
    }

    #[test]
    fn teams_do_not_see_each_others() {
        let mut webhooks = Webhooks::default();
        webhooks.add(webhook("t1", "ep_1"));
        webhooks.add(webhook("t2", "ep_2"));
        assert_eq!(webhooks.of("t1").count(), 1);
        assert!(webhooks.find("t1", "ep_2").is_none());
        assert!(!webhooks.remove("t1", "ep_2"));
        assert!(webhooks.remove("t2", "ep_2"));
        assert_eq!(webhooks.all().len(), 1);
    }
}
