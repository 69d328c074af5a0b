//! The queue of a teammate above single operations: its status, clearing it, and pushing lists of leads into it.

mod crash;
mod damage;
mod doubts;
mod events;
mod evidence;
mod files;
mod finished;
mod full;
mod journal;
mod journal_in;
mod numbers;
mod planning;
mod queue;
mod quota;
mod refusals;
mod report;
mod resumes;
mod scene;
mod secrets;
mod statuses;
mod turns;
mod unknowns;
