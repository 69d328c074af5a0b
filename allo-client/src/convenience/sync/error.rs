//! The error of a reader of calls and text messages: what failed, and the cursor to resume from.

use std::fmt;

use super::SyncCursor;
use crate::error::Error;

/// Why the next call or text message could not be read, with the cursor to resume from.
///
/// Store the cursor: a new reader that starts from it returns nothing again that was returned before the error, and
/// everything after it. `?` turns it into an [`Error`], which drops the cursor.
///
/// ```no_run
/// # async fn example(client: allo_client::Client, start: allo_client::SyncCursor) -> Result<(), Box<dyn std::error::Error>> {
/// let mut changes = client.conversations().sync(start);
/// loop {
///     match changes.try_next().await {
///         Ok(Some(change)) => println!("{}", change.item().id),
///         Ok(None) => break,
///         Err(error) => {
///             println!("store {}", serde_json::to_string(error.cursor())?);
///             return Err(error.into());
///         }
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct SyncError {
    error: Error,
    cursor: Box<SyncCursor>,
}

impl SyncError {
    pub(super) fn new(error: Error, cursor: SyncCursor) -> Self {
        Self {
            error,
            cursor: Box::new(cursor),
        }
    }

    /// What failed.
    #[must_use]
    pub const fn error(&self) -> &Error {
        &self.error
    }

    /// The cursor to resume from.
    #[must_use]
    pub const fn cursor(&self) -> &SyncCursor {
        &self.cursor
    }

    /// What failed, and the cursor to resume from.
    #[must_use]
    pub fn into_parts(self) -> (Error, SyncCursor) {
        (self.error, *self.cursor)
    }
}

impl From<SyncError> for Error {
    fn from(failed: SyncError) -> Self {
        failed.error
    }
}

impl fmt::Display for SyncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Debug for SyncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncError")
            .field("error", &self.error)
            .field("until", self.cursor.until())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for SyncError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
