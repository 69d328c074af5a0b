//! Matches the entries of the response to an append with the numbers that were sent.

use std::collections::HashMap;

use crate::generated::types::AppendedQueueNumbers;
use crate::model::open_enum::OpenEnum;

/// The result for one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    Added(u64),
    Skipped(String),
}

impl Placed {
    pub(super) const fn is_added(&self) -> bool {
        matches!(self, Self::Added(_))
    }

    /// The position, if the number was added.
    pub(super) const fn position(&self) -> Option<u64> {
        match self {
            Self::Added(position) => Some(*position),
            Self::Skipped(_) => None,
        }
    }
}

/// Matches the numbers in the order in which they were sent. `None` if the response does
/// not contain exactly the numbers sent, at ascending positions: entries are never guessed.
pub(super) fn place(sent: &[&str], response: &AppendedQueueNumbers) -> Option<Vec<Placed>> {
    let whole = response.added.malformed().is_empty() && response.skipped.malformed().is_empty();
    if !whole || response.added.len() + response.skipped.len() != sent.len() {
        return None;
    }
    let mut skipped: HashMap<&str, Vec<&str>> = HashMap::new();
    for entry in response.skipped.iter().rev() {
        let reasons = skipped.entry(entry.number.expose()).or_default();
        reasons.push(entry.reason.as_str());
    }
    let mut added = response.added.iter().peekable();
    let mut placed = Vec::with_capacity(sent.len());
    for number in sent {
        // Each entry contains its number, so equal numbers keep their order.
        let entry = added.next_if(|entry| is_same(entry.number_to.expose(), number));
        let mut reason = || skipped.get_mut(number)?.pop();
        placed.push(match entry {
            // A negative position makes the response invalid.
            Some(entry) => Placed::Added(u64::try_from(entry.position).ok()?),
            None => Placed::Skipped(reason()?.to_owned()),
        });
    }
    ascends(&placed).then_some(placed)
}

/// Whether two numbers have the same digits.
fn is_same(one: &str, other: &str) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    one == other || digits(one) == digits(other)
}

/// Whether the positions ascend.
fn ascends(placed: &[Placed]) -> bool {
    let positions = placed.iter().filter_map(Placed::position);
    positions.is_sorted_by(|one, other| one < other)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn placed(sent: &[&str], response: Value) -> Option<Vec<Placed>> {
        let response = serde_json::from_value(response).expect("a response");
        place(sent, &response)
    }

    fn entry(number: &str, position: u64) -> Value {
        json!({"number_to": number, "position": position})
    }

    const A: &str = "+12125550100";
    const B: &str = "+12125550101";

    #[test]
    fn equal_numbers_are_matched_in_order() {
        let response = json!({
            "added": [entry(A, 5), entry(B, 6), entry(A, 9)],
            "skipped": [{"number": B, "reason": "TOO_MANY"}],
        });
        let placed = placed(&[A, B, A, B], response).expect("a consistent response");
        let expected = [
            Placed::Added(5),
            Placed::Added(6),
            Placed::Added(9),
            Placed::Skipped("TOO_MANY".to_owned()),
        ];
        assert_eq!(placed, expected);
    }

    #[test]
    fn the_grouping_of_a_number_does_not_matter() {
        let response = json!({
            "added": [entry("+1 (212) 555-0101", 3)],
            "skipped": [{"number": A, "reason": "INVALID_PHONE_NUMBER"}],
        });
        let placed = placed(&[A, B], response).expect("a consistent response");
        assert_eq!(placed[1], Placed::Added(3));
    }

    #[test]
    fn an_inconsistent_response_is_rejected() {
        let cases = [
            json!({"added": [entry(A, 0)], "skipped": []}),
            json!({"added": [entry(B, 0), entry(A, 1)], "skipped": []}),
            json!({"added": [entry(A, 0), {"position": "x"}], "skipped": []}),
            json!({"added": [entry(A, 0)], "skipped": [{"number": A, "reason": "X"}]}),
            json!({"added": [entry(A, 0), entry(B, 1), entry(B, 2)], "skipped": []}),
            json!({"added": [entry(A, 0), entry(A, 1)], "skipped": []}),
            json!({"added": [entry(A, 0), entry("+12125550102", 1)], "skipped": []}),
            json!({"added": [entry(A, 0), entry(B, 0)], "skipped": []}),
            json!({"added": [entry(A, 1), entry(B, 0)], "skipped": []}),
            json!({"added": [entry(A, 0)], "skipped": [{"number": "+12125550102", "reason": "X"}]}),
            json!({"added": [], "skipped": []}),
        ];
        for response in cases {
            assert_eq!(placed(&[A, B], response.clone()), None, "{response}");
        }
    }
}
