//! Pages of a list: the requested page, and the `pagination` object of a response.

use serde_json::{Value, json};

use crate::errors::{ApiError, Code};
use crate::fields::Fields;
use crate::query::Query;

const DEFAULT_SIZE: usize = 20;
const DEFAULT_SIZE_V1: usize = 10;
const SIZES: std::ops::RangeInclusive<usize> = 1..=100;

/// A page, counted from 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    pub(crate) fn from_query(query: &Query) -> Result<Self, ApiError> {
        let number = query.integer("page", 1)?.unwrap_or(1);
        let size = size_in(query)?.unwrap_or(DEFAULT_SIZE);
        Ok(Self::new(number, size))
    }

    /// Reads a v1 query, where pages count from 0 and are smaller.
    pub(crate) fn from_v1_query(query: &Query) -> Result<Self, ApiError> {
        let number = query.integer("page", 0)?.unwrap_or(0);
        let size = size_in(query)?.unwrap_or(DEFAULT_SIZE_V1);
        Ok(Self::new(number.saturating_add(1), size))
    }

    fn new(number: u64, size: usize) -> Self {
        Self {
            number: usize::try_from(number).unwrap_or(usize::MAX),
            size,
        }
    }

    /// Reads `page` and `size` from a body; errors in `page` are added to `fields`.
    pub(crate) fn from_fields(fields: &mut Fields) -> Result<Self, ApiError> {
        let number = fields.integer("page", 1..=u64::MAX).unwrap_or(1);
        let size = match fields.number("size") {
            None => DEFAULT_SIZE,
            Some(size) => size
                .as_u64()
                .and_then(|size| usize::try_from(size).ok())
                .filter(|size| SIZES.contains(size))
                .ok_or_else(bad_size)?,
        };
        Ok(Self::new(number, size))
    }

    /// The items of the page; empty beyond the end.
    pub(crate) fn slice<'a, T>(&self, items: &'a [T]) -> &'a [T] {
        let start = (self.number - 1).saturating_mul(self.size).min(items.len());
        let end = start.saturating_add(self.size).min(items.len());
        items.get(start..end).unwrap_or_default()
    }

    /// The `pagination` object of a response.
    pub(crate) fn pagination(&self, total: usize) -> Value {
        let pages = total.div_ceil(self.size);
        pagination(self.number, self.size, total, pages, self.number < pages)
    }

    /// The metadata of a page in v1 of the API.
    pub(crate) fn v1_metadata(&self, total: usize) -> Value {
        json!({
            "total_pages": total.div_ceil(self.size),
            "current_page": self.number - 1,
        })
    }

    /// The `pagination` object if there is no list.
    pub(crate) fn nothing() -> Value {
        pagination(0, 0, 0, 0, false)
    }
}

fn size_in(query: &Query) -> Result<Option<usize>, ApiError> {
    let size = query.text("size").map(|text| {
        let size = text.parse().ok();
        size.filter(|size| SIZES.contains(size))
            .ok_or_else(bad_size)
    });
    size.transpose()
}

fn pagination(page: usize, size: usize, total: usize, pages: usize, more: bool) -> Value {
    json!({
        "page": page,
        "size": size,
        "total_count": total,
        "total_pages": pages,
        "has_more": more,
    })
}

fn bad_size() -> ApiError {
    let (least, most) = (SIZES.start(), SIZES.end());
    let message = format!("size must be a whole number from {least} to {most}.");
    ApiError::new(Code::InvalidPageSize, message).param("size")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Result<Page, ApiError> {
        Page::from_query(&Query::parse(query))
    }

    #[test]
    fn slices_cover_a_list_exactly_once() {
        let items: Vec<u32> = (0..45).collect();
        let pages = (1..=4).map(|n| page(&format!("page={n}&size=20")).unwrap());
        let seen: Vec<_> = pages.flat_map(|page| page.slice(&items).to_vec()).collect();
        assert_eq!(seen, items);
    }

    #[test]
    fn only_a_page_before_the_last_has_more() {
        for (number, more) in [(1, true), (2, true), (3, false), (4, false)] {
            let page = page(&format!("page={number}&size=20")).unwrap();
            assert_eq!(page.pagination(45)["has_more"], more, "page {number}");
            assert_eq!(page.pagination(45)["total_pages"], 3);
        }
    }

    #[test]
    fn bounds_are_checked() {
        for bad in [
            "size=0", "size=101", "size=-1", "size=x", "size=", "page=0", "page=x",
        ] {
            assert!(page(bad).is_err(), "{bad}");
        }
        assert!(
            page("size=100&page=18446744073709551615")
                .unwrap()
                .slice(&[1])
                .is_empty()
        );
    }
}
