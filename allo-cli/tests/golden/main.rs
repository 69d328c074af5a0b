//! The program as its users see it: stdout, stderr and exit code of real runs against
//! a sandbox, compared with the files in `expected`. `UPDATE_GOLDEN=1` writes them.
//! How a run is made comparable is in `harness`.

mod api;
mod endings;
mod errors;
mod harness;
mod hostile;
mod pipes;
mod promises;
mod push;
mod queue;
mod reading;
mod rejects;
mod resume;
mod service;
mod widths;
