//! What the document does not foresee: additions to a request, requests that are not in the operation table, transports of
//! the caller, and many keys over one pool of connections.

mod additions;
mod configure_http;
mod keys;
mod requests;
mod transports;
