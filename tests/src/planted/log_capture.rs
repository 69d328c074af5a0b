//! Captures the log of this thread, at the finest level.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Level;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// A log that is captured as text while this lives.
pub(super) struct Log {
    kept: Kept,
    _guard: DefaultGuard,
}

impl Log {
    pub(super) fn start() -> Self {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .without_time()
            .with_writer(kept.clone())
            .finish();
        Self {
            kept,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    /// Everything so far.
    pub(super) fn take(&self) -> String {
        let kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(!kept.is_empty(), "nothing is logged");
        String::from_utf8_lossy(&kept).into_owned()
    }
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
