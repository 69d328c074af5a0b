//! Sockets: accepting connections or refusing them (`server`, `doors`), speaking HTTP over them
//! until a fault takes one away (`connection`), and TLS (`tls`). What is asked and answered is not
//! known here.

pub(crate) mod byte_stream;
pub(crate) mod connection;
pub(crate) mod connection_script;
pub(crate) mod listener;
pub(crate) mod server;
pub(crate) mod tls;
