//! Every fault of the sandbox, and the client's reaction: the number of attempts, the waits, the outcome, and the
//! message of the error.

mod bodies;
mod connections;
mod error_responses;
mod foreign;
mod gateways;
mod harness;
mod independent;
mod kinds;
mod limits;
mod redirects;
mod slowness;
mod texts;
mod timeline;
mod tls;
mod unknowns;
