//! The subcommands, one module each. Dispatch is in `cli`.

pub(crate) mod api;
pub(crate) mod calls;
pub(crate) mod completions;
pub(crate) mod conversations;
pub(crate) mod explain;
mod items;
pub(crate) mod login;
pub(crate) mod man;
pub(crate) mod me;
pub(crate) mod numbers;
pub(crate) mod queue;
pub(crate) mod tags;
pub(crate) mod users;
