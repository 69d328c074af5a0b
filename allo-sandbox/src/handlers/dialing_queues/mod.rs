//! The five operations on the current dialing queue, one file each, and what they share: selecting
//! the assignee (`target`) and the JSON of a queue (`to_json`).

pub(crate) mod append;
pub(crate) mod clear;
pub(crate) mod read;
pub(crate) mod reset;
mod target;
mod to_json;
pub(crate) mod upsert;

use super::Context;
use crate::lock::lock;
use crate::state::queues::Queue;

/// A new queue for `assignee`, created by the owner of the key.
fn new_queue(context: &Context<'_>, assignee: &str) -> Queue {
    let id = lock(&context.app.ids).dialing_queue();
    Queue::new(id, &context.key.owner, assignee, context.app.clock.now())
}
