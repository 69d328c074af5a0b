//! A stateful sandbox of the Allo API on loopback, to build and test clients without an account.
//!
//! A function that calls the API, and a test of it:
//!
//! ```
//! use allo_sandbox::{Sandbox, ScriptedResponse};
//! use serde_json::json;
//!
//! /// Marks a deal as won; returns false if there is no such deal.
//! async fn win_deal(base_url: &str, api_key: &str, id: &str) -> reqwest::Result<bool> {
//!     let url = format!("{base_url}/v2/api/crm/deals/{id}");
//!     let request = reqwest::Client::new().patch(url).json(&json!({ "status": "WON" }));
//!     let authorization = format!("Api-Key {api_key}");
//!     let response = request.header("authorization", authorization).send().await?;
//!     match response.status().as_u16() {
//!         404 => Ok(false),
//!         _ => response.error_for_status().map(|_| true),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
//! let sandbox = Sandbox::builder().example_data().start().await?;
//! let (control, url) = (sandbox.control(), sandbox.base_url());
//!
//! // The sandbox keeps state as the API does …
//! assert!(win_deal(&url, sandbox.api_key(), "dea-example").await?);
//! let executed = control.executed();
//! assert_eq!(executed.len(), 1);
//! assert_eq!(executed[0].operation, "updateDeal");
//! assert!(!win_deal(&url, sandbox.api_key(), "dea-gone").await?);
//!
//! // … and it fails as the API does, or as you want.
//! assert!(win_deal(&url, "a wrong key", "dea-example").await.is_err());
//! control.respond("updateDeal", ScriptedResponse::new(502).body("<html>"))?;
//! assert!(win_deal(&url, sandbox.api_key(), "dea-example").await.is_err());
//! control.respond_error("updateDeal", 404, "DEAL_NOT_FOUND")?;
//! assert!(!win_deal(&url, sandbox.api_key(), "dea-example").await?);
//! # Ok(())
//! # }
//! ```
//!
//! It behaves like the published API: authentication, scopes, quotas, idempotency, error envelopes,
//! request ids. It binds 127.0.0.1 only and keeps its state in memory. [`SandboxBuilder`] configures
//! it, and a [`Control`] handle inspects and changes it while it runs.
//!
//! # With `allo-client`
//!
//! A client of `allo-client` needs [`Sandbox::base_url`] and [`Sandbox::api_key`]. Its operation table
//! and its types script responses without JSON: `control.respond_with(&operations::GET_DEAL, &deal)`
//! answers with a `Deal`, in the documented envelope and with the documented status; see
//! [`Control::respond_with`] and [`ScriptedResponse::answer`]. The sandbox does not depend on the
//! client: any `AsRef<str>` names an operation, and any `Serialize` is an answer.
//!
//! # Faults
//!
//! Faults are injected at the socket and in the API: see [`FaultPlan`].
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
//! # Time and resets
//!
//! The clock of the sandbox follows tokio's time, so a test that pauses it also stops this clock;
//! [`Control::advance`] moves it alone. [`Control::reset`] starts again without a new port.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use allo_sandbox::{Dataset, Quotas, Sandbox, SeedRequest};
//!
//! let sandbox = Sandbox::builder().demo_team().quotas(Quotas::off()).start().await?;
//! let control = sandbox.control();
//! let deal = SeedRequest::new("createDeal").body(serde_json::json!({ "name": "Oven lease" }));
//! control.seed(deal)?;
//! control.advance(Duration::from_secs(3_600));
//! control.reset_to(Dataset::Empty);
//! assert_eq!(control.users().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # In other languages
//!
//! The program `allo-sandbox` runs the same server, with an admin API that does over HTTP what
//! [`Control`] does; [`SandboxBuilder::admin_api`] adds it to a sandbox in process.
//! `docs/sandbox.md` in the repository describes it.

#![deny(missing_docs)]
#![forbid(unsafe_code)]
// Input from outside must not panic; tests may.
#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)
)]

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

/// The README of the package; its example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
