//! Damage to a response, derived from a seed: one kind at a time, so that the rest of the response still shows whether
//! the request was executed.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::http::HttpResponse;

/// The kinds of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// The response is truncated.
    Truncated,
    /// Up to four bytes of the body are changed.
    BytesFlipped,
    /// A byte of the whole response, head included, is changed.
    ByteOfHeadFlipped,
    /// Two values are swapped.
    Swapped,
    /// A value has another type.
    Retyped,
    /// The status is changed.
    WrongStatus,
}

impl Damage {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Truncated,
        Self::BytesFlipped,
        Self::ByteOfHeadFlipped,
        Self::Swapped,
        Self::Retyped,
        Self::WrongStatus,
    ];

    /// The kind for a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self::ALL[Rng::with_seed(seed).usize(..Self::ALL.len())]
    }
}

/// The bytes of a damaged response, and whether the connection may be reused.
#[must_use]
pub fn damage(answer: &HttpResponse, seed: u64) -> (Vec<u8>, bool) {
    let mut rng = Rng::with_seed(seed);
    // The same random number as in `Damage::of`.
    let _ = rng.usize(..Damage::ALL.len());
    let mut answer = answer.clone();
    match Damage::of(seed) {
        Damage::Truncated => {
            let mut bytes = answer.bytes();
            bytes.truncate(rng.usize(..bytes.len()));
            return (bytes, false);
        }
        Damage::ByteOfHeadFlipped => {
            let mut bytes = answer.bytes();
            // A wrong status without a body cannot be recognised as wrong.
            let first = if answer.body.is_empty() { 12 } else { 0 };
            let length = bytes.len();
            flip(&mut bytes, &mut rng, first..length);
            return (bytes, false);
        }
        Damage::BytesFlipped => {
            let length = answer.body.len();
            for _ in 0..rng.usize(1..=4) {
                if length > 0 {
                    flip(&mut answer.body, &mut rng, 0..length);
                }
            }
        }
        Damage::Swapped => change_json(&mut answer, &mut rng, swap),
        Damage::Retyped => change_json(&mut answer, &mut rng, retype),
        // As above.
        Damage::WrongStatus if answer.body.is_empty() => {}
        Damage::WrongStatus => {
            let others = [
                201, 202, 206, 301, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503,
            ];
            answer.status = others[rng.usize(..others.len())];
        }
    }
    (answer.bytes(), true)
}

fn flip(bytes: &mut [u8], rng: &mut Rng, range: std::ops::Range<usize>) {
    let at = rng.usize(range);
    bytes[at] ^= rng.u8(1..);
}

fn change_json(answer: &mut HttpResponse, rng: &mut Rng, change: fn(&mut Value, &mut Rng)) {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) {
        change(&mut body, rng);
        answer.body = body.to_string().into_bytes();
    }
}

/// Selects a random value by walking down from the root.
fn somewhere<'a>(value: &'a mut Value, rng: &mut Rng) -> &'a mut Value {
    let count = match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    if count == 0 || rng.u8(..3) == 0 {
        return value;
    }
    let chosen = rng.usize(..count);
    let next = match value {
        Value::Array(items) => items.get_mut(chosen),
        Value::Object(members) => members.values_mut().nth(chosen),
        _ => None,
    };
    somewhere(next.expect("one of them"), rng)
}

/// Swaps the values of two members of one object.
fn swap(body: &mut Value, rng: &mut Rng) {
    let Value::Object(members) = somewhere(body, rng) else {
        return;
    };
    let names: Vec<_> = members.keys().cloned().collect();
    if names.len() < 2 {
        return;
    }
    let (a, b) = (
        &names[rng.usize(..names.len())],
        &names[rng.usize(..names.len())],
    );
    let (first, second) = (members[a].clone(), members[b].clone());
    members[a] = second;
    members[b] = first;
}

fn retype(body: &mut Value, rng: &mut Rng) {
    let others = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5e300),
        json!(""),
        json!("text"),
        json!([[]]),
        Value::Object(Map::new()),
    ];
    *somewhere(body, rng) = others[rng.usize(..others.len())].clone();
}
