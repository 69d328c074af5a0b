//! What can go wrong between a client and the API, on purpose and repeatably.
//!
//! `fault` names the kinds, `plan` says when each strikes, `injector` decides for a request,
//! `stage` says where on a request's way a fault strikes, `answers` and `damage` make what is sent,
//! and `act` is what is done to the socket by hand. `journal` remembers what happened. Taking a
//! connection away from the HTTP server is done in `net`.

pub(crate) mod act;
mod answers;
mod damage;
mod fault;
pub(crate) mod injector;
pub(crate) mod journal;
mod plan;
pub(crate) mod stage;

pub use fault::{Fault, RateLimitForm, SmsLimit};
pub use journal::{Execution, FaultEvent};
pub use plan::{FaultPlan, PlanError};
