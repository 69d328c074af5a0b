//! An object in JSON, in another format and in `Debug`.

use serde::de::MapAccess;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Value, json};

use super::decode::{Array, from_bytes};
use super::*;
use crate::codec::list::List;
use crate::model::nullable::Nullable;

#[derive(Clone, PartialEq)]
struct Lead {
    number: String,
    names: Option<Vec<String>>,
    kind: Nullable<String>,
    count: Option<i64>,
}

impl DecodeObject for Lead {
    const NAME: &'static str = "Lead";
    const FIELDS: &'static [&'static str] = &["number", "names", "type", "count"];

    fn read<'de, A: MapAccess<'de>>(entries: &mut Entries<A, A::Error>) -> Result<Self, A::Error> {
        let mut number = None;
        let mut names = None;
        let mut kind = Nullable::Absent;
        let mut count = None;
        while let Some(index) = entries.next() {
            match index {
                0 => entries.need(&mut number),
                1 => entries.take_items(&mut names),
                2 => entries.take(&mut kind),
                3 => entries.take_whole(&mut count),
                _ => {}
            }
        }
        entries.finish(&[(0, number.is_none())])?;
        let Some(number) = number else {
            return Err(entries.incomplete());
        };
        Ok(Self {
            number,
            names,
            kind,
            count,
        })
    }
}
impl_deserialize!(Lead);

impl Serialize for Lead {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let absent = [false, self.names.is_none(), self.kind.is_absent(), false];
        let mut out = serializer.serialize_struct("Lead", present(&absent))?;
        field(&mut out, absent[0], "number", &self.number)?;
        field(&mut out, absent[1], "names", &self.names)?;
        field(&mut out, absent[2], "type", &self.kind)?;
        field(&mut out, absent[3], "count", &self.count)?;
        out.end()
    }
}

impl std::fmt::Debug for Lead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        object(
            f,
            "Lead",
            &[
                ("number", &Hidden(&self.number)),
                ("names", &Hidden(&self.names)),
                ("kind", &Hidden(&self.kind)),
                ("count", &self.count),
            ],
        )
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    from_bytes(json.as_bytes()).unwrap().0
}

fn problem<T: serde::de::DeserializeOwned>(json: Value) -> String {
    from_bytes::<T>(json.to_string().as_bytes())
        .map(|_| ())
        .unwrap_err()
}

#[test]
fn an_object_comes_back_as_it_was_in_the_order_of_its_fields() {
    for text in [
        r#"{"number":"a","names":["b"],"type":"c","count":1}"#,
        r#"{"number":"a","type":null,"count":null}"#,
    ] {
        let lead: Lead = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&lead).unwrap(), text);
        let value = serde_json::to_value(&lead).unwrap();
        assert_eq!(serde_json::from_value::<Lead>(value).unwrap(), lead);
    }
}

#[test]
fn the_order_of_properties_and_what_is_unknown_do_not_matter() {
    let text =
        r#"{"count":1,"x":[{"number":7}],"type":"c","number":"old","names":["b"],"number":"a"}"#;
    let lead: Lead = read(text);
    let plain = r#"{"number":"a","names":["b"],"type":"c","count":1}"#;
    assert_eq!(serde_json::to_string(&lead).unwrap(), plain);
}

#[test]
fn a_number_out_of_range_does_not_cost_what_it_is_in() {
    for (number, expected) in [
        ("3.0", Some(3)),
        ("-7", Some(-7)),
        ("9223372036854775808", None),
        ("1e30", None),
        ("0.5", None),
    ] {
        let text = format!(r#"{{"number":"a","count":{number}}}"#);
        assert_eq!(read::<Lead>(&text).count, expected);
    }
}

#[test]
fn a_problem_says_where_it_is() {
    assert_eq!(problem::<Lead>(json!({})), "field `number`: it is missing");
    assert_eq!(
        problem::<Array<Lead>>(json!([{"number": "a", "names": ["b", 7]}])),
        "field `[0].names[1]`: invalid type: integer `…`, expected a string"
    );
    assert_eq!(
        problem::<Lead>(json!(["a"])),
        "invalid type: sequence, expected an object"
    );
}

#[test]
fn a_list_is_read_item_by_item_only_if_it_has_to_be() {
    let text = r#"[{"number":"a","count":null},{"number":7},null,{"number":"b","count":null}]"#;
    let list: List<Lead> = read(text);
    assert_eq!(list.len(), 2);
    let bad: Vec<_> = list
        .malformed()
        .iter()
        .map(|bad| (bad.index(), bad.problem()))
        .collect();
    assert_eq!(
        bad,
        [
            (
                1,
                "field `number`: invalid type: integer `…`, expected a string"
            ),
            (2, "invalid type: null, expected an object"),
        ]
    );
    assert_eq!(serde_json::to_string(&list).unwrap(), text);
}

#[test]
fn only_the_presence_of_what_is_hidden_is_shown() {
    let read = |json| format!("{:?}", serde_json::from_value::<List<Lead>>(json).unwrap());
    assert_eq!(
        read(json!([{"number": "a", "names": ["b", "c"], "type": null, "count": 1}])),
        "[Lead { number: <redacted>, names: [<2 redacted>], kind: Null, count: Some(1) }]"
    );
    assert_eq!(
        read(json!([{"number": "a"}])),
        "[Lead { number: <redacted>, names: None, kind: Absent, count: None }]"
    );
}

/// Depends on the features of this package alone: in the workspace, other packages make `serde_json` read floats
/// exactly. `cargo test -p allo-client` tests it.
#[test]
fn a_float_comes_back_bit_by_bit() {
    let mut dice = fastrand::Rng::with_seed(7);
    let any = std::iter::repeat_with(|| f64::from_bits(dice.u64(..)));
    for sent in any.filter(|float| float.is_finite()).take(5_000) {
        let came: f64 = read(&format!("{sent:?}"));
        assert_eq!(came.to_bits(), sent.to_bits(), "{sent:?}");
    }
}
