//! Everything the sandbox remembers about the workspace: people and queues. Pure data and rules;
//! no HTTP, no JSON, no time but the one passed in.

pub(crate) mod change;
pub(crate) mod lines;
pub(crate) mod phone;
pub(crate) mod queues;
pub(crate) mod users;

/// The whole workspace.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) users: users::Directory,
    pub(crate) queues: queues::Queues,
    pub(crate) lines: lines::Lines,
}
