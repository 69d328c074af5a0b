//! Random programs of dialer operations, run by the real client against a sandbox with faults, and compared with a
//! simple model in memory. The modules are:
//!
//! - `program`: the data type of a program, and how it is printed;
//! - `generate`: a program from a seed, and shrinking;
//! - `dialer`: the model, a few lists that behave as the API;
//! - `possible_states`: the states of the server that are possible after calls with an unknown outcome;
//! - `call`: one operation with the real client;
//! - `run`: one program, and its rule;
//! - `campaign`: many concurrent programs, and their total counts.

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
