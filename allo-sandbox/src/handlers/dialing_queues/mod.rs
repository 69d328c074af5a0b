//! The five operations on a person's current dialing queue, one file each, and what they share:
//! whose queue is meant (`target`) and how a queue looks on the wire (`wire`).

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

/// A new queue that the key's owner makes for `assignee`.
fn new_queue(context: &Context<'_>, assignee: &str) -> Queue {
    let id = lock(&context.app.ids).dialing_queue();
    Queue::new(id, &context.key.owner, assignee, context.app.clock.now())
}
