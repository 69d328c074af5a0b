//! Decides by the shape of a body whether it is a response of the API. A gateway, a login page or a maintenance page
//! may answer 200, too, and then nothing shows that the request was executed. Only the top level of the body is
//! inspected; whether the rest is valid is found when it is decoded.

use std::fmt;

use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::operation::SuccessBody;

/// Whether the body of a response has what every successful response of its operation has.
///
/// * If the document declares a body, the body is a JSON object with every required member, none of them null. It may
///   be truncated after these members.
/// * If the document declares none, the status is 200, 201 or 204, and the whole body is empty, `{}`, or an object with
///   `data`.
/// * If nothing is known of the body, the status is 2xx, and the body is empty or complete JSON. The page of a gateway
///   that is JSON cannot be told from a response then.
/// * In any case, an object with `"success": false`, or with an `error` that is not null, is not a success.
pub(crate) fn is_success(expected: SuccessBody, status: u16, body: &[u8], is_whole: bool) -> bool {
    let top = Top::of(body);
    match expected {
        SuccessBody::Object(required) => {
            top.is_object && !top.denies && required.iter().all(|name| top.has(name))
        }
        SuccessBody::None => {
            let says_nothing = top.is_complete && top.members.is_empty();
            let says_data = top.is_complete && top.has("data");
            let is_plain = body.trim_ascii().is_empty() || says_nothing || says_data;
            matches!(status, 200 | 201 | 204) && is_whole && is_plain && !top.denies
        }
        SuccessBody::Any => {
            let is_json = top.is_complete || serde_json::from_slice::<IgnoredAny>(body).is_ok();
            let is_plain = body.trim_ascii().is_empty() || is_json;
            (200..=299).contains(&status) && is_whole && is_plain && !top.denies
        }
    }
}

/// The top level of a body.
#[derive(Debug, Default)]
struct Top {
    is_object: bool,
    /// Whether the whole body is valid JSON.
    is_complete: bool,
    /// The members that are not null, as far as the body can be parsed.
    members: Vec<String>,
    /// Whether a member says that the request failed.
    denies: bool,
}

/// No response of the API has more top-level members; a larger foreign object is not parsed
/// further.
const MOST_MEMBERS: usize = 64;

impl Top {
    fn of(body: &[u8]) -> Self {
        let mut top = Self::default();
        let mut json = serde_json::Deserializer::from_slice(body);
        let read = json.deserialize_any(TopVisitor(&mut top));
        top.is_complete = read.and_then(|()| json.end()).is_ok();
        top
    }

    fn has(&self, name: &str) -> bool {
        self.members.iter().any(|member| member == name)
    }
}

/// Records members while it parses, so that they are known even if the body is truncated.
struct TopVisitor<'a>(&'a mut Top);

impl<'de> Visitor<'de> for TopVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let top = self.0;
        top.is_object = true;
        while let Some(name) = map.next_key::<String>()? {
            if top.members.len() == MOST_MEMBERS {
                return Err(A::Error::custom("too many members"));
            }
            // The value may be truncated; then it is none of null, true and false.
            top.members.push(name);
            let value = map.next_value::<Glance>()?;
            let name = top.members.last().map(String::as_str);
            top.denies |= match name {
                Some("error") => value != Glance::Null,
                Some("success") => value == Glance::False,
                _ => false,
            };
            if value == Glance::Null {
                top.members.pop();
            }
        }
        Ok(())
    }
}

/// The properties of a value that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Glance {
    Null,
    False,
    Other,
}

impl<'de> serde::Deserialize<'de> for Glance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GlanceVisitor)
    }
}

struct GlanceVisitor;

impl<'de> Visitor<'de> for GlanceVisitor {
    type Value = Glance;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Glance, E> {
        Ok(Glance::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Glance, E> {
        Ok(if value { Glance::Other } else { Glance::False })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Glance, E> {
        Ok(Glance::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Glance, E> {
        Ok(Glance::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Glance, E> {
        Ok(Glance::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Glance, E> {
        Ok(Glance::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Glance, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Glance::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Glance, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Glance::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: SuccessBody = SuccessBody::Object(&["data"]);

    #[test]
    fn a_declared_body_names_every_required_member() {
        let good = [
            r#"{"data":{"id":"x"}}"#,
            r#" {"pagination":null,"data":[]}"#,
            r#"{"data":"a wrong type is still the API's"}"#,
            r#"{"data":"#,
            r#"{"data":{"added":[{"num"#,
            r#"{"data":{},"error":null}"#,
            r#"{"success":true,"data":{}}"#,
        ];
        for body in good {
            for is_whole in [true, false] {
                assert!(is_success(DATA, 200, body.as_bytes(), is_whole), "{body}");
            }
        }
        let bad = [
            "",
            "  ",
            "OK",
            "<html>\"data\":</html>",
            "null",
            "[]",
            r#"["data"]"#,
            "{}",
            r#"{"da"#,
            r#"{"data""#.split_at(6).0,
            r#"{"data":null}"#,
            r#"{"status":"maintenance"}"#,
            r#"{"error":"busy"}"#,
            r#"{"success":false}"#,
            r#"{"success":false,"data":{}}"#,
            r#"{"data":{},"error":"busy"}"#,
            r#"{"inner":{"data":{}}}"#,
        ];
        for body in bad {
            for is_whole in [true, false] {
                assert!(!is_success(DATA, 200, body.as_bytes(), is_whole), "{body}");
            }
        }
        let two = SuccessBody::Object(&["data", "pagination"]);
        assert!(!is_success(two, 200, br#"{"data":[]}"#, true));
        assert!(is_success(
            two,
            200,
            br#"{"data":[],"pagination":{}}"#,
            true
        ));
    }

    #[test]
    fn where_nothing_is_known_it_is_json_and_does_not_deny() {
        let any = |status, body: &str, is_whole| {
            is_success(SuccessBody::Any, status, body.as_bytes(), is_whole)
        };
        for body in [
            "",
            " ",
            "{}",
            "[1]",
            "7",
            r#"{"items":[]}"#,
            r#"{"data":null}"#,
        ] {
            assert!(any(200, body, true) && any(202, body, true), "{body}");
            assert!(!any(400, body, true) && !any(200, body, false), "{body}");
        }
        for body in [
            "OK",
            "<html>",
            "{",
            "[1",
            r#"{"error":"x"}"#,
            r#"{"success":false}"#,
        ] {
            assert!(!any(200, body, true), "{body}");
        }
    }

    #[test]
    fn without_a_declared_body_little_is_said() {
        let none = |status, body: &str, is_whole| {
            is_success(SuccessBody::None, status, body.as_bytes(), is_whole)
        };
        for body in ["", "\r\n", "{}", r#"{"data":{}}"#] {
            assert!(none(200, body, true), "{body}");
        }
        assert!(none(204, "", true) && none(201, "", true));
        assert!(!none(202, "", true) && !none(206, "", true) && !none(200, "", false));
        let bad = [
            "OK",
            "<html>",
            "{",
            r#"{"status":"maintenance"}"#,
            r#"{"error":"busy"}"#,
            r#"{"success":false}"#,
        ];
        for body in bad {
            assert!(!none(200, body, true), "{body}");
        }
    }

    #[test]
    fn a_flood_of_members_is_not_kept() {
        let members: Vec<_> = (0..100_000).map(|n| format!("\"m{n}\":1")).collect();
        let body = format!("{{{}}}", members.join(","));
        assert_eq!(Top::of(body.as_bytes()).members.len(), MOST_MEMBERS);
    }
}
