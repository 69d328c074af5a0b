//! The position of a reader in a paginated list. It can be stored, and reading can resume from it.

use serde::{Deserialize, Serialize};

use super::{Items, Pages, Paginated};
use crate::error::Error;

/// A position in a paginated list.
///
/// It can be stored (it is small, contains no personal data and serialises) and passed to
/// [`Paginated::start_at`] of the same request: same operation, same teammate, same filters, same
/// page size.
///
/// ```
/// let stored = r#"{"operation":"getCurrentDialingQueue","page":3,"offset":12,"size":100}"#;
/// let cursor: allo_client::Cursor = serde_json::from_str(stored).unwrap();
/// assert_eq!(cursor.operation(), "getCurrentDialingQueue");
/// assert_eq!(serde_json::to_string(&cursor).unwrap(), stored);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    pub(super) operation: String,
    pub(super) page: u64,
    #[serde(default)]
    pub(super) offset: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<u64>,
}

impl Cursor {
    /// The operation that the cursor belongs to.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The number of the page that is read next.
    #[must_use]
    pub const fn page(&self) -> u64 {
        self.page
    }

    /// The number of items of that page that have been read already.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Refuses a cursor of another operation.
    pub(super) fn check(&self, operation: &str) -> Result<(), Error> {
        if self.operation == operation {
            return Ok(());
        }
        // A stored cursor may contain anything, so its text is not shown.
        let message = format!("the cursor belongs to another operation than {operation}");
        Err(Error::invalid_request(message).with_param("cursor"))
    }

    /// Refuses another page size, which would skip or repeat items.
    pub(super) fn check_size(&self, size: Option<u64>) -> Result<(), Error> {
        match (self.size, size) {
            (Some(then), Some(now)) if then != now && then > 0 && now > 0 => {
                let message = format!(
                    "the cursor is for pages of {then} items, the request has pages of {now}"
                );
                Err(Error::invalid_request(message)
                    .with_param("size")
                    .with_suggestion(format!("set the size to {then}")))
            }
            _ => Ok(()),
        }
    }
}

/// A paginated request that starts at a [`Cursor`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until its items or pages are read"]
pub struct Resumed<P> {
    request: P,
    cursor: Cursor,
}

impl<P: Paginated> Resumed<P> {
    pub(super) const fn new(request: P, cursor: Cursor) -> Self {
        Self { request, cursor }
    }

    /// All items from the cursor to the end.
    pub fn items(self) -> Items<P> {
        let offset = self.cursor.offset;
        Items::new(self.pages(), offset)
    }

    /// All pages from the cursor's page to the end. The first page is returned whole, even if some
    /// of its items have been read.
    pub fn pages(self) -> Pages<P> {
        Pages::resume(self.request, self.cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_cursor_is_read_back() {
        let cursor = Cursor {
            operation: "getThings".to_owned(),
            page: 3,
            offset: 12,
            size: Some(100),
            total: None,
        };
        let text = serde_json::to_string(&cursor).unwrap();
        assert_eq!(serde_json::from_str::<Cursor>(&text).unwrap(), cursor);
        let short: Cursor =
            serde_json::from_str(r#"{"operation":"getThings","page":1,"later":true}"#).unwrap();
        assert_eq!((short.page(), short.offset()), (1, 0));
        for bad in [
            "{}",
            r#"{"operation":"a","page":-1}"#,
            r#"{"operation":"a","page":"1"}"#,
        ] {
            assert!(serde_json::from_str::<Cursor>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn it_goes_on_only_where_it_came_from() {
        let cursor: Cursor =
            serde_json::from_str(r#"{"operation":"getThings","page":2,"size":20}"#).unwrap();
        assert!(cursor.check("getThings").is_ok());
        let error = cursor.check("getOthers").unwrap_err();
        assert!(error.is_invalid_request() && error.param() == Some("cursor"));
        assert!(cursor.check_size(Some(20)).is_ok() && cursor.check_size(None).is_ok());
        assert_eq!(
            cursor.check_size(Some(50)).unwrap_err().param(),
            Some("size")
        );
    }
}
