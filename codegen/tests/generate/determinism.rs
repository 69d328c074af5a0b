//! Same meaning, same bytes: neither the run nor the order of what has no order shows in the output.

use serde_json::{Map, Value};

use crate::inputs::{EVERY_CONSTRUCT, EVERY_OVERLAY, every_construct, generate_with, lines};

#[test]
fn a_second_run_writes_the_same() {
    let again = generate_with(EVERY_CONSTRUCT, EVERY_OVERLAY).unwrap();
    assert_eq!(&again, every_construct());
}

#[test]
fn the_order_of_mappings_does_not_show() {
    let value = serde_saphyr::from_str::<Value>(EVERY_CONSTRUCT).unwrap();
    for order in [reversed, sorted] {
        let mut other = value.clone();
        reorder(&mut other, order);
        let text = other.to_string();
        assert_ne!(text, value.to_string());
        let generated = generate_with(&text, EVERY_OVERLAY)
            .unwrap_or_else(|problems| panic!("{}", lines(&problems)));
        for (name, file) in &generated.files {
            assert_eq!(Some(file), every_construct().files.get(name), "{name}");
        }
        assert_eq!(&generated, every_construct());
    }
}

fn reversed(map: &mut Map<String, Value>) {
    *map = std::mem::take(map).into_iter().rev().collect();
}

fn sorted(map: &mut Map<String, Value>) {
    map.sort_keys();
}

/// Reorders every mapping; the order of lists has a meaning.
fn reorder(value: &mut Value, order: fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(|value| reorder(value, order));
            order(map);
        }
        Value::Array(items) => items.iter_mut().for_each(|value| reorder(value, order)),
        _ => {}
    }
}
