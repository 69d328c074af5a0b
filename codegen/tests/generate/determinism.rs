//! Same meaning, same bytes: neither the run nor the order of what has no order shows in the output.

use serde_json::{Map, Value};

use crate::inputs::{
    EVERY_CONSTRUCT, EVERY_NAME, EVERY_OVERLAY, every_construct, generate_named, lines,
};

#[test]
fn a_second_run_writes_the_same() {
    let again = generate_named(EVERY_CONSTRUCT, EVERY_OVERLAY, EVERY_NAME).unwrap();
    assert_eq!(&again, every_construct());
    let named = generate_named(EVERY_CONSTRUCT, EVERY_OVERLAY, &again.names).unwrap();
    assert!(
        named == again,
        "the names of a run change nothing in the next"
    );
}

#[test]
fn the_order_of_mappings_does_not_show() {
    let value = serde_saphyr::from_str::<Value>(EVERY_CONSTRUCT).unwrap();
    for order in [reversed, sorted] {
        let mut other = value.clone();
        reorder(&mut other, &|name| name != "properties", order);
        let text = other.to_string();
        assert_ne!(text, value.to_string());
        let generated = generate_named(&text, EVERY_OVERLAY, EVERY_NAME)
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

/// Fields stand as the document has its properties; arguments stay where they are pinned, as two of one type would be
/// swapped unseen.
#[test]
fn the_order_of_properties_is_that_of_fields_and_not_of_arguments() {
    let mut other = serde_saphyr::from_str::<Value>(EVERY_CONSTRUCT).unwrap();
    reorder(&mut other, &|name| name == "properties", reversed);
    let before = every_construct();
    let generated = generate_named(&other.to_string(), EVERY_OVERLAY, &before.names)
        .unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    assert_eq!(generated.names, before.names);
    let files = &before.files;
    for name in ["client.rs", "resources.rs"] {
        assert_eq!(generated.files[name], files[name]);
    }
    assert_ne!(generated.files["types/books.rs"], files["types/books.rs"]);
}

/// Reorders every mapping under a key of which that is wanted; the order of lists has a meaning.
fn reorder(value: &mut Value, wanted: &dyn Fn(&str) -> bool, order: fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            for (name, value) in map.iter_mut() {
                reorder(value, wanted, order);
                if let Value::Object(inner) = value
                    && wanted(name)
                {
                    order(inner);
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|value| reorder(value, wanted, order)),
        _ => {}
    }
}
