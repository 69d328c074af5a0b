//! Plain values that all other modules use. They know nothing of errors or calls.

pub(crate) mod amount;
pub(crate) mod api_key;
pub(crate) mod idempotency_key;
pub(crate) mod ids;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod operation;
pub(crate) mod phone_number;
pub(crate) mod teammate;
mod text_type;
pub(crate) mod timestamp;
