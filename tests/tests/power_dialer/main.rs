//! The queue of a teammate, beyond single operations: its status, clearing it, and pushing lists of leads to it.

mod crash;
mod damaged_journals;
mod deadlines;
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
mod secrets;
mod setup;
mod statuses;
mod unknowns;
mod watch;
