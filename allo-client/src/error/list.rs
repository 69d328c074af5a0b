//! A list without malformed items, or an error that says which one is malformed. The list itself is in `codec::list`.

use super::{Error, ErrorKind, Outcome};
use crate::codec::list::List;

impl<T> List<T> {
    /// All items, if every one of them could be decoded.
    ///
    /// ```
    /// # fn example(numbers: allo_client::List<allo_client::types::Tag>) -> Result<(), allo_client::Error> {
    /// for tag in numbers.complete()? {
    ///     println!("{tag:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If an item is malformed ([`Error::is_decode`]): its index, what is wrong with it, and how many are.
    pub fn complete(self) -> Result<Vec<T>, Error> {
        let count = self.malformed_count();
        let (items, malformed) = self.into_parts();
        let Some(first) = malformed.first() else {
            return Ok(items);
        };
        let message = format!(
            "could not decode {count} of {} items; item {}: {}",
            count.saturating_add(items.len()),
            first.index(),
            first.problem()
        );
        Err(Error::new(ErrorKind::Decode, message).with_outcome(Outcome::Executed))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_is_complete_or_an_error_that_names_the_first_gap() {
        let read = |json| {
            serde_json::from_value::<List<u64>>(json)
                .unwrap()
                .complete()
        };
        assert_eq!(read(json!([1, 2])).unwrap(), [1, 2]);
        let error = read(json!([1, "+12125550101", 2, null])).unwrap_err();
        assert!(error.is_decode());
        let text = error.to_string();
        assert!(text.contains("2 of 4 items; item 1"), "{text}");
        assert!(!text.contains("555"), "{text}");
    }
}
