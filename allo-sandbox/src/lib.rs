//! A stateful sandbox of the Allo API on loopback, to build and test clients without an account.
//!
//! It keeps its state in memory and behaves like the published API: authentication, scopes, quotas,
//! idempotency, error envelopes, request ids. A [`Control`] handle inspects and changes it. It binds
//! 127.0.0.1 only.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use allo_sandbox::{Quotas, Sandbox};
//!
//! let sandbox = Sandbox::builder().demo_team().quotas(Quotas::off()).start().await?;
//! println!("{} answers the key {}", sandbox.base_url(), sandbox.api_key());
//!
//! let control = sandbox.control();
//! assert_eq!(control.queues_created(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! It can also inject faults, at the socket and in the API: see [`FaultPlan`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use allo_sandbox::{Fault, FaultPlan, Sandbox};
//!
//! let plan = FaultPlan::new(7).probability(0.1).inject(Fault::ResetAfterExecution);
//! let sandbox = Sandbox::builder().demo_team().faults(plan).start().await?;
//! // … send the requests of the test …
//! for event in sandbox.control().faults() {
//!     println!("{} met {}; executed: {}", event.operation, event.fault, event.executed);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The program `allo-sandbox` runs the same server.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod admin;
mod app;
mod append_locks;
mod auth;
mod blueprint;
mod builder;
mod clock;
mod control;
mod demo;
mod errors;
mod faults;
mod fields;
mod handlers;
mod http_exchange;
mod idempotency;
mod ids;
mod lock;
mod log;
mod net;
mod operations;
mod paging;
mod pipeline;
mod query;
mod quota;
mod reply;
mod request;
mod request_id;
mod routes;
mod scopes;
mod script;
mod server;
mod state;

pub use auth::KeySpec;
pub use blueprint::Dataset;
pub use builder::SandboxBuilder;
pub use control::{Checkpoint, Control, ControlError, ScriptedResponse, SeedRequest, UserSpec};
pub use faults::fault::{Fault, RateLimitForm, SmsLimit};
pub use faults::journal::{Execution, FaultEvent};
pub use faults::plan::{FaultPlan, PlanError};
pub use log::LoggedRequest;
pub use operations::{OPERATIONS, Operation, Success};
pub use quota::Quotas;
pub use script::Hold;
pub use server::Sandbox;
pub use state::calls::{CallRecord, Speaker, Summary, Utterance};
pub use state::direction::Direction;
pub use state::messages::MessageRecord;
pub use state::partner::{PartnerAccount, PartnerBilling};
pub use state::phone_numbers::{PhoneNumber, PhoneNumberKind};
pub use state::queues::{
    Call, DialOutcome, Entry as EntryView, PositionsAfterDelete, Queue as QueueView,
};
pub use state::tags::AbsentTag;
pub use state::users::{Role, Status, User};
pub use state::webhooks::Webhook;
