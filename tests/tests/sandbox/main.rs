//! The sandbox as its users see it: `docs/sandbox.md`, and scripting with the types and the operation table of the client.

mod manual;
mod scripting;
