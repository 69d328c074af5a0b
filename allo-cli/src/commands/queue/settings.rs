//! What the commands that change a queue share: the option for the idempotency key, and the columns of a queue
//! without its entries.

use allo_client::CallOptions;
use clap::Args;

use crate::output::{Column, column};

/// Options of every command that changes something.
#[derive(Args)]
pub(super) struct Write {
    /// Idempotency key; a request with the same key is executed at most once within an hour
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

/// The columns of a queue without its entries.
pub(super) const QUEUE: &[Column] = &[
    column("queue", "id"),
    column("name", "name"),
    column("voicemail", "voicemail_handling"),
    column("do not disturb", "do_not_disturb"),
    column("assignee", "assignee_id"),
    column("created", "created_at"),
    column("changed", "updated_at"),
];
