//! `--sandbox`: the same commands against an invented team in this process. It
//! begins anew with every command.

use allo_sandbox::Sandbox;

use crate::error::CliError;
use crate::exit::Exit;

/// Starts it; it ends when it is dropped.
pub(crate) async fn start() -> Result<Sandbox, CliError> {
    let started = Sandbox::builder().demo_team().start().await;
    started.map_err(|error| {
        CliError::new(
            Exit::Other,
            format!("the sandbox cannot be started: {error}"),
        )
    })
}
