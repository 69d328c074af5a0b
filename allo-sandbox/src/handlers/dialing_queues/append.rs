//! `appendDialingQueueNumbers`: appends all valid numbers or, if the queue would exceed its capacity, none.

use serde_json::{Map, Value, json};

use super::{new_queue, target, to_json};
use crate::errors::{ApiError, Code};
use crate::fields::{ANY, Fields};
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::phone;
use crate::state::queues::NewEntry;

/// Its `operationId`.
pub(crate) const OPERATION: &str = "appendDialingQueueNumbers";

const CONTACT_TEXTS: &[&str] = &["name", "last_name", "company", "website", "job_title"];
const CONTACT_LISTS: &[&str] = &["emails", "addresses"];

/// The assignee of the queue; `None` if the handler will return an error.
pub(crate) fn assignee(context: &Context<'_>) -> Option<String> {
    let mut fields = context.request.required_body().ok()?;
    let target = target::from_fields(&mut fields, target::ID).ok()?;
    target::resolve(context, &lock(&context.app.state), &target).ok()
}

/// A number in the request.
struct Sent {
    number: String,
    contact: Map<String, Value>,
}

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let sent = fields.objects("numbers", read);
    let target = target::from_fields(&mut fields, target::ID);
    fields.finish()?;
    let target = target?;
    let mut state = lock(&context.app.state);
    let assignee = target::resolve(context, &state, &target)?;
    let (valid, skipped) = sort_out(sent);
    let held = state
        .queues
        .current(&assignee)
        .map_or(0, |queue| queue.entries.len());
    let capacity = state.queues.capacity;
    if held + valid.len() > capacity {
        return Err(over_limit(capacity, held, valid.len()));
    }
    let create = || new_queue(context, &assignee);
    let queue = state.queues.current_or_add(&assignee, create);
    let added = queue.append(valid, context.app.clock.now());
    let added: Vec<_> = added.iter().map(to_json::added).collect();
    Ok(Reply::data(json!({ "added": added, "skipped": skipped })))
}

fn read(item: &mut Fields) -> Option<Sent> {
    let number = item.text("number", ANY);
    let number = item.require("number", number);
    item.nullable(CONTACT_TEXTS);
    item.nullable(CONTACT_LISTS);
    let mut contact = Map::new();
    for &name in CONTACT_TEXTS {
        if let Some(text) = item.text(name, ANY) {
            contact.insert(name.to_owned(), text.into());
        }
    }
    for &name in CONTACT_LISTS {
        if let Some(texts) = item.texts(name) {
            contact.insert(name.to_owned(), texts.into());
        }
    }
    Some(Sent {
        number: number?,
        contact,
    })
}

/// The valid numbers, and a `skipped` entry for each invalid one.
fn sort_out(sent: Vec<Sent>) -> (Vec<NewEntry>, Vec<Value>) {
    let mut valid = Vec::with_capacity(sent.len());
    let mut skipped = Vec::new();
    for Sent { number, contact } in sent {
        match phone::normalise(&number) {
            Some(number_to) => valid.push(NewEntry { number_to, contact }),
            None => skipped.push(json!({ "number": number, "reason": "INVALID_PHONE_NUMBER" })),
        }
    }
    (valid, skipped)
}

fn over_limit(capacity: usize, held: usize, new: usize) -> ApiError {
    let message = format!(
        "A dialing queue holds at most {capacity} numbers; this one has {held} and {new} were to be added."
    );
    ApiError::new(Code::DialingQueueLimitReached, message)
}
