//! `allo queue`: a teammate's dialing queue.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(clap::Subcommand)]
pub(crate) enum Queue {
    Show,
}

pub(super) async fn run(_session: &mut Session, _queue: Queue) -> Result<Exit, Failure> {
    Ok(Exit::Ok)
}
