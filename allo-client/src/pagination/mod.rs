//! Paginated lists, read as one. `Pages` fetches pages, `Items` returns their items, `Ahead` holds
//! requests in flight, `Cursor` is a position. `progress` decides whether a next page exists;
//! `repeats` remembers earlier pages.

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

/// An operation that returns one page of a list, for generic code. Each paginated builder has these methods itself,
/// too, so calling them needs no import.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// use allo_client::{Error, Paginated};
///
/// async fn print_all<P: Paginated<Item: std::fmt::Debug>>(list: P) -> Result<(), Error> {
///     let mut items = list.items();
///     while let Some(item) = items.try_next().await? {
///         println!("{item:?}");
///     }
///     Ok(())
/// }
///
/// print_all(client.get_current_dialing_queue().size(100)).await?;
/// print_all(client.search_people()).await?;
/// # Ok(())
/// # }
/// ```
///
/// Only generated code implements this trait; the hidden items may change.
pub trait Paginated: Clone + Send + Unpin + 'static {
    /// The body of a response.
    type Page: Send + Unpin + 'static;
    /// The items of a page.
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
    /// A fingerprint of each item, malformed or not.
    #[doc(hidden)]
    fn fingerprints(page: &Self::Page) -> Vec<u64>;
    #[doc(hidden)]
    fn info(page: &Self::Page) -> PageInfo;

    /// The total number of items, from one request for a page of one item.
    ///
    /// `None` if the server does not say. Operations of the first version return a number of pages
    /// instead of items, which is the same for pages of one item; for some empty lists they return
    /// neither. The [deadline](crate::CallOptions::with_deadline) of the request applies.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
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
            let response = self.fetch().await?;
            Ok(Self::info(response.body()).count_by_ones())
        })
    }

    /// All items, with as many requests as needed.
    fn items(self) -> Items<Self> {
        Items::new(self.pages(), 0)
    }

    /// All pages, one request for each.
    fn pages(self) -> Pages<Self> {
        Pages::new(self)
    }

    /// The same from the position of an earlier reader of the same request.
    fn start_at(self, cursor: Cursor) -> Resumed<Self> {
        Resumed::new(self, cursor)
    }
}

/// The totals in a page. Each may be missing.
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
    /// The total number of items, according to a page of one item.
    fn count_by_ones(&self) -> Option<u64> {
        let pages = self.total_pages.filter(|_| self.size.unwrap_or(1) == 1);
        self.total_count.or(pages)
    }
}

/// A total of a page, whatever its generated type.
pub(crate) fn count(value: &impl Count) -> Option<u64> {
    value.count()
}

/// A total as the API writes it; a negative one counts as missing.
pub(crate) trait Count {
    /// The total, if it is valid.
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
