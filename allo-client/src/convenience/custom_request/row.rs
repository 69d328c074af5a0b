//! The rows of requests that are not in the operation table. They are made once for each method, path and retry safety,
//! and kept: there are no more than a program names paths.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::path::Segment;
use crate::model::operation::{
    Body, FieldSpec, JsonType, Method, Operation, Place, RetrySafety, SuccessBody,
};

type Key = (Method, &'static str, RetrySafety);

static ROWS: RwLock<Option<HashMap<Key, &'static Operation>>> = RwLock::new(None);

/// The row of a request, of which only its path is known.
pub(super) fn of(
    method: Method,
    path: &'static str,
    segments: &[Segment],
    safety: RetrySafety,
) -> &'static Operation {
    let key = (method, path, safety);
    let known = ROWS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(row) = known.as_ref().and_then(|rows| rows.get(&key)) {
        return row;
    }
    drop(known);
    let mut rows = ROWS.write().unwrap_or_else(PoisonError::into_inner);
    rows.get_or_insert_default()
        .entry(key)
        .or_insert_with(|| Box::leak(Box::new(row(key, segments))))
}

fn row((method, path, retry_safety): Key, segments: &[Segment]) -> Operation {
    let fields = segments.iter().filter_map(|segment| match segment {
        Segment::Parameter(name) => Some(parameter(name)),
        Segment::Literal(_) => None,
    });
    Operation {
        id: format!("{} {path}", method.as_str()).leak(),
        method,
        path,
        tag: "",
        summary: "",
        body: match method {
            Method::Get | Method::Head => Body::None,
            Method::Post | Method::Put | Method::Patch | Method::Delete => Body::Any,
        },
        fields: fields.collect::<Vec<_>>().leak(),
        pagination: None,
        teammate: None,
        scopes: &[],
        retry_safety,
        settling_codes: &[],
        success: SuccessBody::Any,
    }
}

const fn parameter(name: &'static str) -> FieldSpec {
    FieldSpec {
        name,
        place: Place::Path,
        json_type: JsonType::String,
        required: true,
        rules: &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_made_once() {
        let row = |safety| of(Method::Post, "/v2/api/once", &[], safety);
        let first = row(RetrySafety::Unproven);
        assert!(std::ptr::eq(first, row(RetrySafety::Unproven)));
        assert!(!std::ptr::eq(first, row(RetrySafety::Keyed)));
        assert_eq!(first.id, "POST /v2/api/once");
    }
}
