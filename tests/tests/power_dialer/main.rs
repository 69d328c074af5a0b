//! The queue of a teammate above single operations: its status, clearing it, and pushing lists of leads into it.

mod fates;
mod queue;
mod scene;
