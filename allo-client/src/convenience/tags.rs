//! Removes tags from calls; an absent tag counts as removed.

use crate::error::Error;
use crate::error::code::ErrorCode;
use crate::generated::builder::tags::RemoveTag;

impl RemoveTag {
    /// Sends the call and treats an absent tag as removed.
    ///
    /// The service may answer with success or with `TAG_NOT_FOUND`; either way the call does not
    /// have the tag afterwards. An unknown id of a call is still an error.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// client.remove_tag("cll-0001", "Follow up").ensure_absent().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but never with [`ErrorCode::TagNotFound`].
    pub async fn ensure_absent(self) -> Result<(), Error> {
        match self.send().await {
            Err(error) if error.code() == Some(&ErrorCode::TagNotFound) => Ok(()),
            response => response.map(|_| ()),
        }
    }
}
