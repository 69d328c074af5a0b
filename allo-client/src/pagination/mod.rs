//! Lists that come in pages, read as one. `Pages` fetches, `Items` takes pages
//! apart, `Ahead` holds what is under way, `Cursor` says where one was; how to go
//! on is decided in `progress`, by what came before, which `repeats` remembers.

mod ahead;
mod cursor;
mod items;
mod pages;
mod progress;
mod repeats;
#[cfg(test)]
mod tests;

use crate::call::Call;
use crate::codec::list::List;
use crate::error::Error;
use crate::model::nullable::Nullable;
use crate::support::box_future::BoxFuture;
use crate::transport::response::Response;

pub use cursor::{Cursor, Resumed};
pub use items::Items;
pub use pages::Pages;
pub(crate) use repeats::{fingerprint, fingerprints};

/// Operations that return one page of a list.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// use allo_client::Paginated;
///
/// let mut numbers = client.get_current_dialing_queue().size(100).items();
/// while let Some(number) = numbers.try_next().await? {
///     println!("{:?}", number.position);
/// }
/// # Ok(())
/// # }
/// ```
///
/// This trait is implemented by generated code only; what it needs for that is
/// hidden and may change.
pub trait Paginated: Clone + Send + Unpin + 'static {
    /// The response to one request.
    type Page: Send + Unpin + 'static;
    /// What the pages hold.
    type Item: Send + Unpin + 'static;

    #[doc(hidden)]
    fn call(&self) -> &Call;
    #[doc(hidden)]
    fn call_mut(&mut self) -> &mut Call;
    #[doc(hidden)]
    fn page_number(&self) -> Option<u64>;
    #[doc(hidden)]
    fn set_page(&mut self, page: u64);
    #[doc(hidden)]
    fn set_size(&mut self, size: u64);
    #[doc(hidden)]
    fn fetch(self) -> BoxFuture<Result<Response<Self::Page>, Error>>;
    #[doc(hidden)]
    fn into_items(page: Self::Page) -> List<Self::Item>;
    #[doc(hidden)]
    fn item_count(page: &Self::Page) -> usize;
    /// A fingerprint of each item, readable or not.
    #[doc(hidden)]
    fn fingerprints(page: &Self::Page) -> Vec<u64>;
    #[doc(hidden)]
    fn info(page: &Self::Page) -> PageInfo;

    /// How many items there are in all, by one request for a page of one item.
    ///
    /// Nothing if the server does not say. Operations of the first version tell
    /// no number of items but one of pages, which is the same then; they tell
    /// none for some lists that are empty. It takes no longer than the
    /// [deadline](crate::CallOptions::with_deadline) of the request.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use allo_client::Paginated;
    ///
    /// let unread = client.search_all_conversations().unread(true).count().await?;
    /// println!("{unread:?}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As the `send` of the operation.
    fn count(mut self) -> BoxFuture<Result<Option<u64>, Error>> {
        let first = self.call().operation().pagination.map(|pages| pages.first);
        self.set_page(first.unwrap_or_default());
        self.set_size(1);
        Box::pin(async move {
            let answer = self.fetch().await?;
            Ok(Self::info(answer.body()).count_by_ones())
        })
    }

    /// Every item from here to the end, over as many requests as it takes.
    fn items(self) -> Items<Self> {
        Items::new(self.pages(), 0)
    }

    /// Every page from here to the end, a request each.
    fn pages(self) -> Pages<Self> {
        Pages::new(self)
    }

    /// The same, from where an earlier reader of the same request was.
    fn start_at(self, cursor: Cursor) -> Resumed<Self> {
        Resumed::new(self, cursor)
    }
}

/// What a page says of the whole list. Every part may be missing.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageInfo {
    pub page: Option<u64>,
    pub size: Option<u64>,
    pub total_count: Option<u64>,
    pub total_pages: Option<u64>,
    pub has_more: Option<bool>,
}

impl PageInfo {
    /// The number of items, as told by a page of one item.
    fn count_by_ones(&self) -> Option<u64> {
        let pages = self.total_pages.filter(|_| self.size.unwrap_or(1) == 1);
        self.total_count.or(pages)
    }
}

/// A count in a page's totals, whatever its generated type.
pub(crate) fn count(value: &impl Count) -> Option<u64> {
    value.count()
}

/// A count as the API writes it; a negative one counts as missing.
pub(crate) trait Count {
    /// The count, if it is one.
    fn count(&self) -> Option<u64>;
}

impl Count for u64 {
    fn count(&self) -> Option<u64> {
        Some(*self)
    }
}

impl Count for i64 {
    fn count(&self) -> Option<u64> {
        u64::try_from(*self).ok()
    }
}

impl Count for i32 {
    fn count(&self) -> Option<u64> {
        u64::try_from(*self).ok()
    }
}

impl<T: Count> Count for Option<T> {
    fn count(&self) -> Option<u64> {
        self.as_ref().and_then(Count::count)
    }
}

impl<T: Count> Count for Nullable<T> {
    fn count(&self) -> Option<u64> {
        self.as_option().and_then(Count::count)
    }
}
