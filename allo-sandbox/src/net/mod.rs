//! Sockets: accepting or refusing connections (`server`, `listener`), serving HTTP over them until a
//! script takes one over (`connection`, `connection_script`), and TLS (`tls`). Nothing here knows
//! the API.

pub(crate) mod byte_stream;
pub(crate) mod connection;
pub(crate) mod connection_script;
pub(crate) mod listener;
pub(crate) mod server;
pub(crate) mod tls;
