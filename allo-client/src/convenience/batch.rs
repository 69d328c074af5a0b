//! Fetches any number of calls and text messages by id. The operation `batchGetConversationItems` fetches at most 100.

use std::collections::{HashMap, HashSet};

use crate::codec::list::Malformed;
use crate::error::Error;
use crate::generated::resources::Conversations;
use crate::generated::types::ConversationItem;
use crate::model::ids::ConversationItemId;

/// The maximum number of ids of one request.
const MOST: usize = 100;

/// The result of [`Conversations::batch_get`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Batch {
    /// The items found, in the order of the ids, without duplicates.
    pub items: Vec<ConversationItem>,
    /// The ids without an item, in order, without duplicates.
    pub missing: Vec<ConversationItemId>,
    /// Items that could not be decoded. Their ids are not in `missing`.
    pub unreadable: Vec<Malformed>,
}

impl Conversations {
    /// Fetches the calls and text messages with these ids, 100 per request, one request after
    /// another. A duplicate id is requested once.
    ///
    /// Each request counts as a write, of which a key may send 5 per second. Transcripts are never
    /// included.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// let ids = (0..250).map(|number| format!("cll-{number:04}"));
    /// let batch = client.conversations().batch_get(ids).await?;
    /// println!("{} found, {} missing", batch.items.len(), batch.missing.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As the `send` of [`batch_get_conversation_items`](Self::batch_get_conversation_items). The
    /// items of earlier requests are discarded: an id of another kind, for example, makes the
    /// server refuse the whole request.
    pub async fn batch_get(
        &self,
        ids: impl IntoIterator<Item = impl Into<ConversationItemId>>,
    ) -> Result<Batch, Error> {
        let ids = unique(ids);
        let mut found = Found::default();
        for ids in ids.chunks(MOST) {
            let request = self.batch_get_conversation_items(ids);
            let (items, unreadable) = request.send().await?.into_inner().into_parts();
            found.take(items, unreadable);
        }
        Ok(found.in_order(ids))
    }
}

/// The ids without duplicates, in order of first occurrence.
fn unique(ids: impl IntoIterator<Item = impl Into<ConversationItemId>>) -> Vec<ConversationItemId> {
    let mut seen = HashSet::new();
    let ids = ids.into_iter().map(Into::into);
    ids.filter(|id: &ConversationItemId| seen.insert(id.clone()))
        .collect()
}

/// The items received so far, in no order.
#[derive(Default)]
struct Found {
    items: HashMap<ConversationItemId, ConversationItem>,
    unreadable: Vec<Malformed>,
}

impl Found {
    fn take(&mut self, items: Vec<ConversationItem>, unreadable: Vec<Malformed>) {
        let named = items.into_iter().map(|item| (item.id.clone(), item));
        self.items.extend(named);
        self.unreadable.extend(unreadable);
    }

    fn in_order(mut self, ids: Vec<ConversationItemId>) -> Batch {
        let came: HashSet<&str> = self.unreadable.iter().filter_map(id_of).collect();
        let mut items = Vec::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.items.remove(&id) {
                Some(item) => items.push(item),
                None if came.contains(id.as_str()) => {}
                None => missing.push(id),
            }
        }
        Batch {
            items,
            missing,
            unreadable: self.unreadable,
        }
    }
}

fn id_of(bad: &Malformed) -> Option<&str> {
    bad.raw().get("id")?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::codec::list::List;

    #[test]
    fn order_is_kept_and_every_id_is_accounted_for_once() {
        let ids = unique(["cll-3", "msg-1", "cll-3", "cll-9", "cll-2"]);
        let response = json!([
            {"id": "msg-1", "type": "SMS"},
            {"id": "cll-2", "type": 7},
            {"id": "cll-3", "type": "CALL"},
        ]);
        let response: List<ConversationItem> = serde_json::from_value(response).unwrap();
        let mut found = Found::default();
        let (items, unreadable) = response.into_parts();
        found.take(items, unreadable);
        let batch = found.in_order(ids);
        let items: Vec<_> = batch.items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(items, ["cll-3", "msg-1"]);
        assert_eq!(batch.missing, ["cll-9"]);
        assert_eq!(batch.unreadable.len(), 1);
    }
}
