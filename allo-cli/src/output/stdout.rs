//! Writes to stdout. After the reader has closed the pipe, output is dropped and the command
//! continues, as its work must not depend on a reader.

use std::io::{ErrorKind, Write};

use crate::error::CliError;
use crate::exit::Exit;

/// Stdout that ignores a closed pipe.
#[derive(Default)]
pub(crate) struct Stdout {
    closed: bool,
}

impl Stdout {
    /// Writes and flushes a text.
    pub(crate) fn write(&mut self, text: &str) -> Result<(), CliError> {
        if self.closed || text.is_empty() {
            return Ok(());
        }
        let mut stdout = std::io::stdout().lock();
        match stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => {
                let message = format!("cannot write to stdout: {error}");
                Err(CliError::new(Exit::Other, message))
            }
            Ok(()) => Ok(()),
        }
    }

    /// Whether the reader is gone.
    pub(crate) const fn is_closed(&self) -> bool {
        self.closed
    }
}
