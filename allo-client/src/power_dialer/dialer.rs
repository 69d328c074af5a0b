//! The entry point for everything about the queue of one teammate.

use std::fmt;

use futures_core::Stream;

use super::{Clear, ClearNumbers, Push, ReadStatus};
use crate::generated::builder::power_dialer::{
    GetCurrentDialingQueue, ResetCurrentDialingQueue, UpsertCurrentDialingQueue,
};
use crate::generated::resources::PowerDialer;
use crate::generated::types::NewQueueNumber;
use crate::model::teammate::Teammate;

impl PowerDialer {
    /// The queue of this teammate.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use allo_client::Teammate;
    ///
    /// let dialer = client.power_dialer().for_teammate(Teammate::email("marie@example.com"));
    /// let status = dialer.status().await?;
    /// println!("{} of {} entries are waiting", status.waiting, status.total);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn for_teammate(&self, teammate: impl Into<Teammate>) -> TeammateDialer {
        TeammateDialer {
            resource: self.clone(),
            teammate: teammate.into(),
        }
    }
}

/// The Power Dialer queue of one teammate. A clone is cheap.
#[derive(Clone)]
pub struct TeammateDialer {
    pub(super) resource: PowerDialer,
    pub(super) teammate: Teammate,
}

impl TeammateDialer {
    /// The teammate that the queue belongs to.
    #[must_use]
    pub const fn teammate(&self) -> &Teammate {
        &self.teammate
    }

    /// Reads the whole queue and counts its entries. This takes one read request per 100 entries, and at least one.
    ///
    /// # Errors
    ///
    /// As every call; a teammate without a queue is not an error.
    pub fn status(&self) -> ReadStatus {
        ReadStatus::new(self.clone())
    }

    /// Lists the entries of the queue with `items()`, `pages()` or `send()`.
    pub fn numbers(&self) -> GetCurrentDialingQueue {
        let request = self.resource.get_current_dialing_queue();
        request.for_teammate(&self.teammate)
    }

    /// Changes the settings of the queue.
    pub fn configure(&self) -> UpsertCurrentDialingQueue {
        let request = self.resource.upsert_current_dialing_queue();
        request.for_teammate(&self.teammate)
    }

    /// Gives the teammate a new, empty queue. The old queue is no longer accessible.
    pub fn reset(&self) -> ResetCurrentDialingQueue {
        let request = self.resource.reset_current_dialing_queue();
        request.for_teammate(&self.teammate)
    }

    /// Removes entries from the queue.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use allo_client::Teammate;
    /// use allo_client::power_dialer::Clear;
    ///
    /// let dialer = client.power_dialer().for_teammate(Teammate::Me);
    /// let removed = dialer.clear(Clear::unassigned()).await?;
    /// println!("{} removed", removed.body());
    /// # Ok(())
    /// # }
    /// ```
    pub fn clear(&self, clear: Clear) -> ClearNumbers {
        let request = self.resource.clear_dialing_queue_numbers();
        ClearNumbers::new(request.for_teammate(&self.teammate), clear)
    }

    /// Pushes leads to the end of the queue, in order.
    pub fn push<L: Into<NewQueueNumber>>(&self, leads: impl IntoIterator<Item = L>) -> Push {
        let leads = leads.into_iter().map(Into::into).collect();
        Push::of_list(self.clone(), leads)
    }

    /// As [`push`](Self::push), for leads from a stream. All leads are read before the first is sent.
    pub fn push_stream<S>(&self, leads: S) -> Push
    where
        S: Stream + Send + 'static,
        S::Item: Into<NewQueueNumber>,
    {
        Push::of_stream(self.clone(), leads)
    }
}

impl fmt::Debug for TeammateDialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TeammateDialer")
            .field("teammate", &self.teammate)
            .finish_non_exhaustive()
    }
}
