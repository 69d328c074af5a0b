//! Plain values that all other modules use. They know nothing of errors or calls.

pub(crate) mod amount;
pub(crate) mod api_key;
pub(crate) mod idempotency_key;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod operation;
pub(crate) mod teammate;
pub(crate) mod timestamp;
