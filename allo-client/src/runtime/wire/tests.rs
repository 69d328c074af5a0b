//! A record in JSON and in `Debug`.

use serde_json::json;

use super::*;
use crate::{Field, List};

#[derive(Clone, PartialEq)]
struct Lead {
    number: String,
    names: Option<Vec<String>>,
    kind: Field<String>,
    count: Option<u64>,
}

impl Record for Lead {
    fn shape(&self) -> &'static Shape {
        &Shape {
            name: "Lead",
            fields: &[
                Name("number", "number", Treat::Hidden),
                Name("names", "names", Treat::Hidden),
                Name("kind", "type", Treat::Hidden),
                Name("count", "count", Treat::ShownOrNull),
            ],
        }
    }

    fn value(&self, index: usize) -> Option<&dyn Wire> {
        Some(match index {
            0 => &self.number,
            1 => &self.names,
            2 => &self.kind,
            3 => &self.count,
            _ => return None,
        })
    }

    fn read(object: &Object<'_>) -> Result<Self, Problem> {
        Ok(Self {
            number: object.get("number")?,
            names: object.get("names")?,
            kind: object.get("type")?,
            count: object.get("count")?,
        })
    }
}
record!(Lead);

fn problem<T: Wire>(json: Value) -> String {
    T::read(Some(&json)).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_record_comes_back_as_it_was_in_the_order_of_its_fields() {
    for text in [
        r#"{"number":"a","names":["b"],"type":"c","count":1}"#,
        r#"{"number":"a","type":null,"count":null}"#,
    ] {
        let lead: Lead = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&lead).unwrap(), text);
        assert_eq!(
            lead.write().into_value(),
            serde_json::from_str::<Value>(text).unwrap()
        );
    }
}

#[test]
fn a_problem_says_where_it_is() {
    assert_eq!(problem::<Lead>(json!({})), "field `number`: it is missing");
    assert_eq!(
        problem::<Vec<Lead>>(json!([{"number": "a", "names": ["b", 7]}])),
        "field `[0].names[1]`: invalid type: integer `7`, expected a string"
    );
    assert_eq!(
        problem::<Lead>(json!(["a"])),
        "invalid type: sequence, expected an object"
    );
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

/// By the features of this package alone: elsewhere in the workspace `serde_json` reads floats exactly for the sake of
/// other packages too. `cargo test -p allo-client` shows it.
#[test]
fn a_float_comes_back_bit_by_bit() {
    let mut dice = fastrand::Rng::with_seed(7);
    let any = std::iter::repeat_with(|| f64::from_bits(dice.u64(..)));
    for sent in any.filter(|float| float.is_finite()).take(5_000) {
        let json: Value = serde_json::from_str(&format!("{sent:?}")).unwrap();
        let came = f64::read(Some(&json)).unwrap();
        assert_eq!(came.to_bits(), sent.to_bits(), "{sent:?}");
    }
}
