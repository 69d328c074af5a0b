//! What a reader of calls and text messages returns, and the mark by which it notices a change.

use uuid::Uuid;

use crate::generated::types::ConversationItem;

/// The number of hexadecimal digits of a mark.
const MARK_DIGITS: usize = 16;

/// A call or text message that is new, or that has changed since it was returned.
///
/// To keep a copy, insert or update the row with the item's id, whichever it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ItemChange {
    /// The cursor has not seen the item before.
    New(ConversationItem),
    /// The item was returned before with another content: its summary or transcript has arrived, its tags were
    /// changed, its recording is ready, and so on.
    Updated(ConversationItem),
}

impl ItemChange {
    /// The item as it is now.
    #[must_use]
    pub const fn item(&self) -> &ConversationItem {
        match self {
            Self::New(item) | Self::Updated(item) => item,
        }
    }

    /// The item as it is now, by value.
    #[must_use]
    pub fn into_item(self) -> ConversationItem {
        match self {
            Self::New(item) | Self::Updated(item) => item,
        }
    }

    /// Whether the cursor has not seen the item before.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        matches!(self, Self::New(_))
    }
}

/// The id of an item.
pub(super) fn id(item: &ConversationItem) -> &str {
    item.id.as_ref()
}

/// A fingerprint of the parts of an item that may change after the item appears. It is the same in every process and
/// in every build, as cursors are stored. The text of a message never changes and is not part of it. The address of a
/// recording may have an expiry date, so only whether there is one counts.
pub(super) fn mark(item: &ConversationItem) -> String {
    let tags = item.tags.as_option().into_iter().flatten();
    let mut tags: Vec<&str> = tags.map(AsRef::as_ref).collect();
    // Their order may differ from one response to the next.
    tags.sort_unstable();
    let content = (
        item.summary.as_option(),
        tags,
        item.transcript.as_option(),
        item.result.as_option(),
        item.duration.as_option(),
        item.recording_url.as_option().is_some(),
        item.status.as_option(),
        item.user.as_option().map(|user| &user.id),
    );
    // Without its content, an item would only look unchanged.
    let content = serde_json::to_vec(&content).unwrap_or_default();
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, id(item).as_bytes());
    let mut mark = Uuid::new_v5(&namespace, &content).simple().to_string();
    mark.truncate(MARK_DIGITS);
    mark
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn item(change: Value) -> ConversationItem {
        let mut item = json!({
            "id": "cll-1", "type": "CALL", "date": "2026-05-01T10:00:00Z",
            "summary": null, "tags": ["a", "b"], "duration": 12,
            "recording_url": "https://example.com/r?expires=1",
        });
        for (name, value) in change.as_object().expect("an object") {
            item[name] = value.clone();
        }
        serde_json::from_value(item).expect("an item")
    }

    #[test]
    fn what_arrives_later_changes_the_mark_and_nothing_else_does() {
        let before = mark(&item(json!({})));
        let same = [
            json!({"tags": ["b", "a"]}),
            json!({"recording_url": "https://example.com/r?expires=2"}),
            json!({"contacts": []}),
            json!({"later": true}),
        ];
        for change in same {
            assert_eq!(mark(&item(change.clone())), before, "{change}");
        }
        let said =
            json!([{"source": "USER", "text": "Hello", "start_seconds": 0, "end_seconds": 1}]);
        let others = [
            json!({"id": "cll-2"}),
            json!({"summary": "Wants a quote"}),
            json!({"tags": ["a"]}),
            json!({"transcript": said}),
            json!({"result": "ANSWERED"}),
            json!({"recording_url": null}),
        ];
        for change in others {
            assert_ne!(mark(&item(change.clone())), before, "{change}");
        }
        // A stored cursor contains it, so it must never change.
        assert_eq!(before.len(), MARK_DIGITS);
        assert_eq!(before, "7f8d33353ed255c7");
    }
}
