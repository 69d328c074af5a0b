//! Names of types and what else is pinned of them: the schemas they stand for, which fields are always there, and
//! whether a struct was made for requests. `hoist` has given the names; here they are compared with the pinned ones.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::GONE;
use super::{Direction, Pinned, Settling, TypeNames};
use crate::meta::Operation;
use crate::problem::Problem;
use crate::surface::{Presence, Struct, Surface};

pub(super) fn settle(
    settling: &Settling<'_>,
    operations: &[Operation],
    surface: &mut Surface,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, TypeNames> {
    let pinned = settling.pinned;
    let sent = surface.sent(operations);
    let with_floats = surface.with_floats();
    let mut found = BTreeMap::new();
    for name in surface.enums.keys() {
        let item = TypeNames {
            from: schemas(settling, name),
            made_for: None,
            required: Vec::new(),
            floats: false,
        };
        found.insert(name.clone(), item);
    }
    for (name, item) in &mut surface.structs {
        let is_sent = sent.contains(name);
        let entry = pinned.names.types.get(name);
        settle_struct(pinned, entry, item, is_sent, problems);
        let floats = with_floats.contains(name);
        problems.extend(first_float(pinned, entry, name, floats));
        // Without `Eq` and `Hash` a struct stays without them: what is pinned never changes by itself.
        item.floats = floats || entry.is_some_and(|entry| entry.floats);
        let item = TypeNames {
            from: schemas(settling, name),
            made_for: Some(item.made_for),
            required: item.required.clone(),
            floats: item.floats,
        };
        found.insert(name.clone(), item);
    }
    if settling.is_whole {
        problems.extend(vanished(settling));
    }
    found
}

/// The schemas of a type, the pinned ones first and in their order.
fn schemas(settling: &Settling<'_>, name: &str) -> Vec<String> {
    let mut found = settling
        .pinned
        .names
        .types
        .get(name)
        .map_or_else(Vec::new, |item| item.from.clone());
    for schema in settling.schemas.get(name).into_iter().flatten() {
        if !found.contains(schema) {
            found.push(schema.clone());
        }
    }
    found
}

/// Which fields are always there, in the order of the arguments of `new`.
fn settle_struct(
    pinned: &Pinned,
    entry: Option<&TypeNames>,
    item: &mut Struct,
    is_sent: bool,
    problems: &mut Vec<Problem>,
) {
    let by_rule = if is_sent {
        Direction::Request
    } else {
        Direction::Answer
    };
    item.made_for = entry.and_then(|entry| entry.made_for).unwrap_or(by_rule);
    // An entry without a direction was begun by a person, to be completed.
    let Some(entry) = entry.filter(|entry| entry.made_for.is_some()) else {
        item.required = required(item);
        return;
    };
    let is: BTreeSet<String> = required(item).into_iter().collect();
    let was: BTreeSet<String> = entry.required.iter().cloned().collect();
    let name = item.name.clone();
    let mut say = |message: String| {
        problems.push(pinned.problem(&["types", &name, "required"], message));
    };
    for gone in was.difference(&is) {
        say(format!(
            "`{gone}` of `{name}` may be absent now, or has gone; if it has another name now, write that in its place, or require it by an overlay action, else remove it; a breaking change of the crate, to be told in CHANGELOG.md"
        ));
    }
    for new in is.difference(&was) {
        if item.made_for == Direction::Answer {
            // Whoever has the struct has it as one that may lack the field.
            relax(item, new);
        } else {
            say(format!(
                "`{new}` of `{name}` is required now, which is one argument more for `{name}::new`; write it where it is to stand, or make it optional by an overlay action; a breaking change of the crate, to be told in CHANGELOG.md"
            ));
        }
    }
    let mut now = required(item);
    now.sort_by_key(|wire| entry.required.iter().position(|known| known == wire));
    item.required = now;
}

/// A float in a struct that had none takes `Eq` and `Hash` from callers.
fn first_float(
    pinned: &Pinned,
    entry: Option<&TypeNames>,
    name: &str,
    floats: bool,
) -> Option<Problem> {
    let entry = entry.filter(|entry| entry.made_for.is_some())?;
    (floats && !entry.floats).then(|| {
        let message = format!(
            "`{name}` would hold a float now, itself or in a type of a field, and lose `Eq` and `Hash`; give the number `format: decimal` by an overlay action, which makes an `Amount` of it, or write `floats: true` here, which is a breaking change of the crate, to be told in CHANGELOG.md"
        );
        pinned.problem(&["types", name], message)
    })
}

fn required(item: &Struct) -> Vec<String> {
    let always = [Presence::Required, Presence::RequiredNullable];
    let fields = item
        .fields
        .iter()
        .filter(|field| always.contains(&field.presence));
    fields.map(|field| field.wire.clone()).collect()
}

fn relax(item: &mut Struct, wire: &str) {
    for field in item.fields.iter_mut().filter(|field| field.wire == wire) {
        field.presence = match field.presence {
            Presence::Required => Presence::Optional,
            Presence::RequiredNullable => Presence::TriState,
            other => other,
        };
    }
}

fn vanished(settling: &Settling<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, item) in &settling.pinned.names.types {
        let present = settling.schemas.get(name).map_or(&[][..], Vec::as_slice);
        for (index, schema) in item.from.iter().enumerate() {
            if !present.contains(schema) {
                let at = index.to_string();
                let message = format!(
                    "no operation reaches a schema `{schema}` that could be `{name}`; {GONE}"
                );
                problems.push(
                    settling
                        .pinned
                        .problem(&["types", name, "from", &at], message),
                );
            }
        }
    }
    problems
}
