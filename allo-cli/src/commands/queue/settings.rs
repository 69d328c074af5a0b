//! What the commands share that change a queue: the idempotency key as an option, and the columns of a queue
//! without its entries.

use allo_client::CallOptions;
use clap::Args;

use crate::output::{Column, column};

/// What every command that changes something takes.
#[derive(Args)]
pub(super) struct Write {
    /// Send it under this key, so that it cannot be done twice within an hour
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Write {
    pub(super) fn apply(&self, options: CallOptions) -> CallOptions {
        match &self.idempotency_key {
            Some(key) => options.with_idempotency_key(key.as_str()),
            None => options,
        }
    }
}

/// A queue without its entries.
pub(super) const QUEUE: &[Column] = &[
    column("queue", "id"),
    column("name", "name"),
    column("voicemail", "voicemail_handling"),
    column("do not disturb", "do_not_disturb"),
    column("assignee", "assignee_id"),
    column("created", "created_at"),
    column("changed", "updated_at"),
];
