//! `--sandbox`: runs a command against a demo team in this process. Each command starts with
//! a new sandbox.

use allo_sandbox::Sandbox;

use crate::error::CliError;
use crate::exit::Exit;

/// Starts a sandbox; it stops when it is dropped.
pub(crate) async fn start() -> Result<Sandbox, CliError> {
    let started = Sandbox::builder().demo_team().start().await;
    started
        .map_err(|error| CliError::new(Exit::Other, format!("cannot start the sandbox: {error}")))
}
