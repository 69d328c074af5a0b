//! A client of the Allo API: typed requests for every operation, paginated lists as streams, the
//! Power Dialer queue of a teammate, and errors that say whether a request was executed.
//!
//! ```no_run
//! use allo_client::{Client, Teammate};
//!
//! # async fn example() -> Result<(), allo_client::Error> {
//! let client = Client::from_env()?; // ALLO_API_KEY, ALLO_BASE_URL
//! let marie = Teammate::email("marie@example.com");
//!
//! let mut numbers = client.get_current_dialing_queue().for_teammate(&marie).items();
//! while let Some(number) = numbers.try_next().await? {
//!     println!("{:?} {:?}", number.position, number.sync_status);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The [`guide`] has a chapter for each task, from the first call to many accounts.
//!
//! # How it is laid out
//!
//! * Each operation is a method of [`Client`] that takes the required fields and returns a builder
//!   ([`builder`]); where two of them have one type, the builder has a method for each instead
//!   ([`arguments`]). Each optional field has a setter of the same name, and a `maybe_…` setter that
//!   takes an `Option`, whose `None` sends nothing. `.options(…)` sets options of the call
//!   ([`CallOptions`]), and `send`, or awaiting the builder, sends it.
//! * The methods of [`resources`] are the same operations by resource, and what takes several
//!   operations: `client.crm().deals().get(id)` is `client.get_deal(id)`.
//! * Types of requests and responses are in [`types`]. Enums are open ([`OpenEnum`]), nullable
//!   optional properties are [`Nullable`], a malformed item of a [`List`] does not fail the others,
//!   and a [`Timestamp`] preserves its original text.
//! * Builders of paginated operations have `items`, `pages`, `count` and `start_at`, those of operations
//!   that take a teammate have `for_teammate`. Generic code finds the same in the traits [`Paginated`]
//!   and [`TargetTeammate`]; nothing else needs them.
//! * Convenience methods: [`sync`](resources::Conversations::sync) copies all calls and texts, and
//!   what changes of them, with a cursor that can be stored,
//!   [`batch_get`](resources::Conversations::batch_get) fetches any number of
//!   them, [`count`](Paginated::count) counts a list, [`Client::recording`]
//!   streams a recording, [`Client::permissions`] returns the permissions of the key, and
//!   [`ensure_absent`](builder::tags::RemoveTag::ensure_absent) removes a tag.
//! * [`power_dialer`] pushes a list of leads into the Power Dialer queue of a teammate. It needs
//!   the feature `power-dialer`.
//! * An amount of money is an [`Amount`], an exact decimal number. Each kind of thing has a type of
//!   its own for its [`ids`], and a telephone number is a [`PhoneNumber`], which `Debug` masks.
//! * Every failure is an [`Error`]; [`Error::outcome`] tells whether the server
//!   executed the request.
//! * The table [`operations`] describes every operation; [`Client::call`] calls any
//!   row of it with JSON. [`Client::request`] sends what is not in the table, and
//!   [`CallOptions`] adds headers, query parameters and body fields to any call.
//! * [`Client::with_api_key`] makes a client of another key over the same connections.
//!   [`ClientBuilder::configure_http`] changes settings of connections, and
//!   [`http_transport`] sends requests by something else than the HTTP client of this crate.
//!
//! # How calls are sent
//!
//! A call waits for the rate limit of its API key ([`Pacing`]). If a retry may help, it is retried
//! with the same [`IdempotencyKey`], after the delay that the server asks for or a [`Backoff`],
//! until its deadline ([`ClientBuilder::deadline`]). Its [`Outcome`] says whether the request was
//! executed. If the response to a write was lost, retry it with the key from [`Outcome::Unknown`].
//! Text messages are an exception, see [`Error::is_replay_unproven`]:
//!
//! ```no_run
//! # use allo_client::{Client, Error, Outcome};
//! # async fn example(client: Client) -> Result<(), Error> {
//! let push = client.append_dialing_queue_numbers(["+12125550101"]);
//! if let Err(error) = push.clone().send().await {
//!     let Outcome::Unknown { key, retry_until, .. } = error.outcome() else {
//!         return Err(error);
//!     };
//!     if error.is_replay_unproven() {
//!         return Err(error);
//!     }
//!     println!("to be settled before {retry_until}");
//!     let response = push.options(|o| o.with_idempotency_key(key)).send().await?;
//!     println!("{:?}", response.outcome());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Testing your code
//!
//! Every type of an answer has a constructor and setters, so that a function of your program can be tested without JSON
//! and without a server. Types without floats are `Eq` and `Hash`, and [`List::complete`] gives all items or an error.
//!
//! ```
//! use allo_client::types::Deal;
//!
//! fn headline(deal: &Deal) -> String {
//!     match deal.amount.as_option() {
//!         Some(amount) => format!("{}: {amount}", deal.name),
//!         None => format!("{}: not known", deal.name),
//!     }
//! }
//!
//! let deal = Deal::new("dea-1", "Bakery ovens");
//! assert_eq!(headline(&deal), "Bakery ovens: not known");
//! assert_eq!(headline(&deal.amount(1250)), "Bakery ovens: 1250");
//! ```
//!
//! The crate `allo-sandbox` is a server for tests of what calls the API.
//!
//! # What it never does
//!
//! The client sends nothing that breaks a documented limit, follows no redirect, sends the API key
//! unencrypted only to the local machine, retries no write without its idempotency key, and shows
//! no key, phone number or e-mail address in `Debug`, `Display` or an error.
//!
//! # Features
//!
//! * `rustls-tls` (default): TLS by rustls and ring, with the root certificates of the operating
//!   system. Building it needs a C compiler.
//! * `power-dialer` (default): the module [`power_dialer`], with the numbering plans
//!   of all countries.
//! * `native-tls`: TLS by the library of the operating system; used if `rustls-tls` is off.
//! * `profiles`: `Client::from_profile`, with the keys that `allo login` has stored.
//! * `chrono`, `time`: conversions between [`Timestamp`] and the times of the crate of that name.
//! * `tower`: a service of the crate `tower` as the transport, by `http_transport::TowerTransport`.
//!
//! Without a TLS feature, only a server on this machine can be reached.

#![deny(missing_docs)]
#![forbid(unsafe_code)]
// Input from outside must not panic; tests may.
#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod client;
mod codec;
mod convenience;
mod error;
#[rustfmt::skip]
mod generated;
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(feature = "power-dialer")]
mod journal;
mod model;
mod pagination;
#[cfg(feature = "power-dialer")]
mod phone;
#[cfg(feature = "power-dialer")]
pub mod power_dialer;
mod rate_limit;
mod redact;
mod support;
mod transport;

/// The library of [`Timestamp::instant`] and [`Date`], in the version that their signatures have.
#[doc(no_inline)]
pub use jiff;

pub use generated::{builder, operations, resources, types};

#[doc(hidden)]
pub use call::Call;
pub use call::pending_call::PendingCall;
pub use client::ClientBuilder;
pub use codec::list::{List, Malformed};
pub use convenience::batch::Batch;
pub use convenience::custom_request::CustomRequest;
#[cfg(feature = "power-dialer")]
pub use convenience::ensure::{
    EnsureAll, EnsureCounts, EnsurePerson, EnsureReport, Ensured, PersonReport, PersonStatus,
};
pub use convenience::operation_call::{OperationCall, OperationPage};
pub use convenience::recording::Recording;
pub use convenience::sync::{ConversationSync, ItemChange, SyncCursor, SyncError};
pub use error::code::{ErrorCategory, ErrorCode};
pub use error::{Error, FieldError, Outcome};
pub use model::amount::{Amount, AmountError};
pub use model::api_key::{ApiKey, AuthScheme};
pub use model::idempotency_key::IdempotencyKey;
pub use model::nullable::Nullable;
pub use model::open_enum::{OpenEnum, Unrecognized};
pub use model::phone_number::PhoneNumber;
pub use model::teammate::{TargetTeammate, Teammate};
pub use model::timestamp::{Date, Timestamp, TimestampError};
#[doc(hidden)]
pub use pagination::PageInfo;
pub use pagination::{Cursor, Items, Pages, Paginated, Resumed};
pub use rate_limit::{Limits, Pacing, Priority};
pub use support::box_future::BoxFuture;
pub use transport::call_options::CallOptions;
pub use transport::client_handle::Client;
pub use transport::permissions::Permissions;
pub use transport::response::{Quota, Response};
pub use transport::{AttemptEvent, Backoff, Downloaded, RetryBudget};

/// The types by which a builder knows which of its required arguments are set.
///
/// An operation two of whose required arguments have one type takes none of them by place: its builder has a method for
/// each, in any order. It can be sent, or awaited, when all are set:
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// let message = client.send_sms().from("+12125550100").to("+12125550140").text("Ready.");
/// message.send().await?;
/// # Ok(())
/// # }
/// ```
///
/// Without one of them it does not compile, and the compiler names what is missing:
///
/// ```compile_fail,E0277
/// # fn example(client: allo_client::Client) {
/// client.send_sms().from("+12125550100").text("Ready.").send();
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// client.send_sms().from("+12125550100").to("+12125550140").await?;
/// # Ok(())
/// # }
/// ```
///
/// A builder's name without parameters stands for the one that is complete:
///
/// ```
/// use allo_client::arguments::{Missing, Set};
/// use allo_client::builder::sms::SendSms;
///
/// fn sign(message: SendSms<Set, Set, Missing>) -> SendSms {
///     message.text("See you at noon. Fern Street Books")
/// }
/// ```
pub mod arguments {
    pub use crate::call::arguments::{Given, Missing, Set};
    #[doc(no_inline)]
    pub use crate::generated::argument_names as names;
}

/// The items needed to implement a [`Pacer`](pacing::Pacer), for processes that share the rate
/// limit of a key.
pub mod pacing {
    pub use crate::rate_limit::{
        AcquireTimeout, PaceRequest, Pacer, Permit, PermitOutcome, RateLimitInfo,
    };
}

/// Transports of your own below the retry loop: what [`ClientBuilder::transport`] takes.
pub mod http_transport {
    /// In the versions that the signatures of this crate have.
    #[doc(no_inline)]
    pub use {bytes, http, reqwest};

    #[cfg(feature = "tower")]
    pub use crate::transport::custom::TowerTransport;
    pub use crate::transport::custom::{
        RecordedRequest, RecordingTransport, RequestLog, SharedTransport, Transport, TransportBody,
        TransportFailure, TransportFn, transport_fn,
    };
}

/// The README of the repository; its example is compiled.
#[cfg(all(doctest, feature = "power-dialer"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// Ids, a type for each kind of thing, so that the id of one is not taken for that of another.
///
/// A method takes any text as an id, such as one from a file or a command line, but no id of another kind:
///
/// ```no_run
/// # use allo_client::types::{Deal, Person};
/// # async fn example(client: allo_client::Client, deal: Deal, person: Person) -> Result<(), allo_client::Error> {
/// client.get_deal("dea-example").await?;
/// client.get_deal(&deal.id).await?;
/// client.get_person(&person.id).await?;
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # use allo_client::types::{Deal, Person};
/// # async fn example(client: allo_client::Client, deal: Deal, person: Person) -> Result<(), allo_client::Error> {
/// client.get_deal(&person.id).await?;
/// # Ok(())
/// # }
/// ```
///
/// An id is its text: the API promises no format, so none is checked, and an unknown id is sent as it is. In JSON it is a
/// string. `Debug` shows it, but masks telephone numbers and e-mail addresses that were passed as an id by mistake.
pub mod ids {
    pub use crate::model::ids::{
        AccountId, ApiKeyId, CallId, CompanyId, ContactId, ConversationItemId, DealId, PersonId,
        QueueId, SummaryTemplateId, TagId, TeamId, UserId, WebhookId,
    };
}

/// The row types of the table [`operations`].
pub mod operation {
    pub use crate::model::operation::{
        Body, FieldSpec, JsonType, Method, Operation, Pagination, Place, RateClass, RetrySafety,
        Rule, SuccessBody, TeammateTarget,
    };
}
