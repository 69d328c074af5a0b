//! Encodes paths and query strings.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::Error;

/// Everything except the unreserved characters of RFC 3986; so `+` is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Fills in the `{names}` of a path template.
pub(super) fn path(
    template: &str,
    values: &[(&'static str, Option<String>)],
) -> Result<String, Error> {
    let mut path = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        path.push_str(before);
        // The last value set is used.
        let value = values.iter().rfind(|(known, _)| *known == name);
        let text = value.and_then(|(_, text)| text.as_deref());
        segment(&mut path, name, text)?;
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// One path segment. A segment that would lead to another path is refused.
fn segment(path: &mut String, name: &str, text: Option<&str>) -> Result<(), Error> {
    match text {
        None | Some("") => Err(refused(name, "must not be empty")),
        Some("." | "..") => Err(refused(name, "must not be `.` or `..`")),
        Some(text) => {
            path.extend(utf8_percent_encode(text, RESERVED));
            Ok(())
        }
    }
}

fn refused(name: &str, why: &str) -> Error {
    Error::invalid_request(format!("{name} {why}")).with_param(name)
}

/// Appends a name and a text to a query string.
pub(super) fn pair(query: &mut String, name: &str, text: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.extend(utf8_percent_encode(name, RESERVED));
    query.push('=');
    query.extend(utf8_percent_encode(text, RESERVED));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(value: Option<&str>) -> Result<String, Error> {
        path("/users/{id}/tags", &[("id", value.map(str::to_owned))])
    }

    #[test]
    fn a_segment_stays_one_segment() {
        let table = [
            ("usr-0001", "/users/usr-0001/tags"),
            ("+12125550101", "/users/%2B12125550101/tags"),
            ("a/../b", "/users/a%2F..%2Fb/tags"),
            ("a?b#c%2e", "/users/a%3Fb%23c%252e/tags"),
            ("é {x}", "/users/%C3%A9%20%7Bx%7D/tags"),
            ("...", "/users/.../tags"),
        ];
        for (value, expected) in table {
            assert_eq!(filled(Some(value)).unwrap(), expected);
        }
    }

    #[test]
    fn a_segment_that_leads_elsewhere_is_refused() {
        for value in [Some(""), Some("."), Some(".."), None] {
            let error = filled(value).unwrap_err();
            assert!(
                error.is_invalid_request() && error.param() == Some("id"),
                "{value:?}"
            );
        }
        assert!(path("/users/{id}", &[]).is_err());
    }
}
