//! Path templates that a caller gives: which ones are valid, and which operation of the table one belongs to.

use crate::error::Error;
use crate::model::operation::{Method, Operation};

/// A segment of a path template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// A text, sent as it is.
    Literal(&'static str),
    /// The name of a parameter.
    Parameter(&'static str),
}

/// Reads a template, such as `/v2/api/letters/{id}`. It cannot lead to another server or out of the base URL.
pub(super) fn read(template: &'static str) -> Result<Vec<Segment>, Error> {
    let Some(path) = template.strip_prefix('/') else {
        return Err(refused(
            "must start with `/`: it is relative to the base URL",
        ));
    };
    path.split('/').map(segment).collect()
}

fn segment(text: &'static str) -> Result<Segment, Error> {
    let parameter = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    match (parameter, text) {
        (_, "") => Err(refused("must not hold an empty segment")),
        (_, "." | "..") => Err(refused("must not hold `.` or `..`")),
        (Some(name), _) if is_name(name) => Ok(Segment::Parameter(name)),
        (None, text) if text.bytes().all(is_unencoded) => Ok(Segment::Literal(text)),
        _ => Err(refused(
            "may hold only letters, digits, `-`, `.`, `_`, `~`, `:`, `@` and `{names}` of parameters",
        )),
    }
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(fits)
}

/// Whether a path holds this byte as it is. `%` is not among them, as `%2e%2e` is `..`.
const fn is_unencoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'@')
}

fn refused(why: &str) -> Error {
    Error::invalid_request(format!("the path {why}"))
        .with_param("path")
        .with_suggestion("set values by `.path(name, value)` and `.query(name, value)`")
}

/// The operations of the table that this method and path call: those that have most of the segments literally. There may
/// be several, which differ in their bodies.
pub(super) fn operations(
    all: &[&'static Operation],
    method: Method,
    path: &[Segment],
) -> Vec<&'static Operation> {
    let rows = all.iter().filter(|row| row.method == method);
    let matching = rows.filter_map(|row| Some((literals(row.path, path)?, *row)));
    let matching: Vec<_> = matching.collect();
    let most = matching.iter().map(|(same, _)| *same).max();
    let best = matching.into_iter().filter(|(same, _)| Some(*same) == most);
    best.map(|(_, row)| row).collect()
}

/// How many segments are the same text, if the path is one of this row. A parameter of the row may be any segment.
fn literals(row: &str, path: &[Segment]) -> Option<usize> {
    let row: Vec<_> = row.strip_prefix('/')?.split('/').collect();
    if row.len() != path.len() {
        return None;
    }
    let mut same = 0;
    for (known, given) in row.iter().zip(path) {
        match given {
            _ if known.starts_with('{') => {}
            Segment::Literal(text) if text == known => same += 1,
            _ => return None,
        }
    }
    Some(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::operations;

    #[test]
    fn a_path_stays_below_the_base_url() {
        let bad = [
            "",
            "v2/api/new",
            "https://example.com/v2",
            "//example.com/v2",
            "/v2//api",
            "/v2/api/",
            "/",
            "/v2/../admin",
            "/./v2",
            "/v2/%2e%2e/admin",
            "/v2/..%2fadmin",
            "/v2\\..\\admin",
            "/v2/api?x=1",
            "/v2/api#x",
            "/v2/a b",
            "/v2/{}",
            "/v2/{a-b}",
            "/v2/x{id}",
            "/v2/\r\nx",
            "/v2/é",
        ];
        for path in bad {
            let error = read(path).unwrap_err();
            assert!(error.is_invalid_request(), "{path:?}");
            assert_eq!(error.param(), Some("path"), "{path:?}");
        }
        let good = read("/v2/api/new-things/{thing_id}/a:b").unwrap();
        assert_eq!(good.len(), 5);
        assert_eq!(good[3], Segment::Parameter("thing_id"));
    }

    #[test]
    fn a_path_of_the_table_is_found_by_template_and_by_value() {
        let id = |method, path: &'static str| {
            let path = read(path).unwrap();
            let found = super::operations(operations::ALL, method, &path);
            found
                .iter()
                .map(|operation| operation.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(id(Method::Get, "/v2/api/users/{id}"), ["getUser"]);
        assert_eq!(id(Method::Get, "/v2/api/users/{user}"), ["getUser"]);
        assert_eq!(id(Method::Get, "/v2/api/users/usr-1"), ["getUser"]);
        assert!(id(Method::Patch, "/v2/api/users/usr-1").is_empty());
        assert!(id(Method::Get, "/v2/api/users/usr-1/x").is_empty());
        for operation in operations::ALL {
            let found = id(operation.method, operation.path);
            assert!(found.contains(&operation.id), "{found:?}");
            assert!(
                found.len() == 1 || operation.path == "/v1/api/sms",
                "{found:?}"
            );
        }
    }
}
