//! The Power Dialer queue of a teammate, beyond single operations: its status, clearing it, and pushing a list of
//! leads to it.
//!
//! A push validates all leads first ([`LeadValidator`]), then sends batch after batch in order, until all leads are
//! sent or the server reports that the queue is full. The idempotency key of a batch is derived from the [`PushId`],
//! the place of the batch in the list, and its content. If a batch may have been executed, the push retries it with
//! the same key. The [`PushReport`] has the status of every lead.
//!
//! ```no_run
//! # async fn example(client: allo_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use allo_client::Teammate;
//! use allo_client::power_dialer::{Duplicates, Region};
//!
//! let marie = Teammate::email("marie@example.com");
//! let dialer = client.power_dialer().for_teammate(&marie);
//! let report = dialer
//!     .push(["+1 212 555 0100", "01 99 00 12 34"])
//!     .default_region(Region::new("FR")?)
//!     .duplicates(Duplicates::DropInListAndQueue)
//!     // After a crash, the same push resumes from its journal.
//!     .journal("monday.journal")
//!     .on_progress(|event| println!("{event:?}"))
//!     .await?;
//! println!("{:?}", report.counts());
//! if let Some(why) = report.stopped() {
//!     println!("{} leads were not sent: {why}", report.remaining().len());
//! }
//! # Ok(())
//! # }
//! ```

mod append_response;
mod batch;
mod clear;
mod dialer;
mod doubt;
mod duplicates;
mod eta;
mod event;
mod evidence;
mod failure_policy;
mod inspect;
mod journal;
mod journal_path;
mod leads;
mod plan;
mod prepare;
mod push;
mod push_id;
mod queue;
mod queue_lock;
mod recovery;
mod report;
mod resume;
mod runner;
mod send_batch;
mod spec;
mod status;
mod subject;
mod totals;
mod validate;
mod watch;

pub use crate::phone::region::Region;
pub use crate::phone::rejection::{NumberProblem, Rejection};
pub use clear::{Clear, ClearNumbers};
pub use dialer::TeammateDialer;
pub use duplicates::Duplicates;
pub use event::{PushEvent, PushEvents};
pub use plan::{FinishedJournal, PushPlan, ReplacedQueue, ResumedPush, WhenFull};
pub use push::Push;
pub use push_id::PushId;
pub use report::{LeadReport, LeadStatus, PushCounts, PushReport};
pub use status::{QueueStatus, ReadStatus};
pub use validate::{LeadValidator, LeadValidatorOptions, ValidLead};
pub use watch::{QueueChange, QueueWatch};
