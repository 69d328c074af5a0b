//! Random programs of dialer operations, run by the real client against a sandbox that breaks, and compared with a plain
//! model in memory. Here: the map of the parts.
//!
//! - `program`: what a program is, and what it looks like when printed;
//! - `generate`: a program from a seed, and the smallest one that still fails;
//! - `dialer`: the model, a few lists that do what the API says;
//! - `possible_states`: the states the server can be in, after calls of which the outcome is unknown;
//! - `call`: one operation by the real client;
//! - `run`: one program, and the rule it has to keep;
//! - `fleet`: many programs at once, and the numbers they add up to.

mod call;
mod campaign;
mod dialer;
mod generate;
mod possible_states;
mod program;
mod run;

pub use campaign::{Failure, run_campaign};
pub use generate::program as program_of_seed;
pub use program::Program;
pub(crate) use program::TIMEOUT;
pub use run::{Tally, run};

/// The faults of the program of a seed, for programs of another kind.
pub(crate) fn faults_of_seed(seed: u64) -> allo_sandbox::FaultPlan {
    generate::program(seed).plan()
}
