//! Every fault of the sandbox, and what the client makes of it: how often it tries, how long it waits, what it says
//! became of the call, and how the error reads.

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
