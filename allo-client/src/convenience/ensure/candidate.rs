//! A person to create or find: the numbers in E.164 and the body of the creation, checked before anything is sent.

use crate::call::request::encode_checked;
use crate::error::Error;
use crate::generated::operations::CREATE_PERSON;
use crate::generated::types::{CreatePersonRequest, Person};
use crate::phone::number;
use crate::phone::region::Region;
use crate::phone::rejection::Rejection;

/// A person whose numbers are valid.
#[derive(Clone)]
pub(super) struct Candidate {
    /// In E.164, each once.
    pub(super) numbers: Vec<String>,
    /// The body of the creation.
    pub(super) body: Vec<u8>,
}

/// Why a person cannot be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: Rejection,
    /// The index of the number that is invalid, if it is a number.
    number: Option<usize>,
}

impl Candidate {
    pub(super) fn new(
        mut person: CreatePersonRequest,
        region: Option<Region>,
    ) -> Result<Self, Refusal> {
        let mut numbers: Vec<String> = Vec::new();
        for (index, given) in person.numbers.iter().enumerate() {
            let number = number::read(given.as_ref(), region);
            let number = number.map_err(|reason| Refusal {
                reason,
                number: Some(index),
            })?;
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        person.numbers = numbers.iter().map(Into::into).collect();
        person.allow_duplicate_number = Some(false);
        let body = encode_checked(&CREATE_PERSON, &person).map_err(|problems| {
            let first = problems.first();
            let field = first.and_then(|one| one.field()).unwrap_or_default();
            let why = first.and_then(|one| one.message()).unwrap_or_default();
            Refusal {
                reason: Rejection::InvalidField {
                    field: field.to_owned(),
                    why: why.to_owned(),
                },
                number: None,
            }
        })?;
        Ok(Self { numbers, body })
    }

    /// Whether this person has one of the numbers. Another notation of a number is the same number; a number that only
    /// looks similar is not.
    pub(super) fn matches(&self, person: &Person) -> bool {
        numbers_of(person).any(|number| self.numbers.contains(&number))
    }
}

/// The numbers of a person in E.164, as far as they are phone numbers.
fn numbers_of(person: &Person) -> impl Iterator<Item = String> + '_ {
    let numbers = person.numbers.iter().flatten();
    numbers.filter_map(|text| number::read(text.as_ref(), None).ok())
}

impl Refusal {
    pub(super) fn into_error(self) -> Error {
        match (self.number, &self.reason) {
            (Some(index), reason) => {
                let place = index.saturating_add(1);
                Error::invalid_request(format!("number {place} of the person: {reason}"))
                    .with_param("numbers")
            }
            (None, Rejection::InvalidField { field, why }) => {
                Error::invalid_request(format!("{field} {why}")).with_param(field)
            }
            (None, reason) => Error::invalid_request(reason.to_string()),
        }
        .with_operation(&CREATE_PERSON)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person(numbers: &[&str]) -> Person {
        serde_json::from_value(json!({"id": "per-1", "numbers": numbers})).expect("a person")
    }

    #[test]
    fn only_the_same_number_matches_in_whatever_notation() {
        let region = Region::new("US").ok();
        let given = CreatePersonRequest::new(["(212) 555-0100", "+33 1 99 00 12 34"]);
        let candidate = Candidate::new(given, region).expect("valid numbers");
        assert_eq!(candidate.numbers, ["+12125550100", "+33199001234"]);
        let same = [
            &["+12125550100"][..],
            &["+1 212-555-0100"],
            &["0012125550100"],
            &["+12125550111", "+33199001234"],
        ];
        for numbers in same {
            assert!(candidate.matches(&person(numbers)), "{numbers:?}");
        }
        let strangers = [
            &[][..],
            &["+12125550101"],
            &["+121255501"],
            &["+442125550100"],
            &["2125550100"],
            &["12125550100"],
            &["+3319900123"],
            &["nobody"],
        ];
        for numbers in strangers {
            assert!(!candidate.matches(&person(numbers)), "{numbers:?}");
        }
    }

    #[test]
    fn the_body_has_each_number_once_and_allows_no_duplicate() {
        let given = CreatePersonRequest::new(["+12125550100", "+1 212 555 0100"]);
        let given = given.name("Ann").allow_duplicate_number(true);
        let candidate = Candidate::new(given, None).expect("valid numbers");
        let body: serde_json::Value = serde_json::from_slice(&candidate.body).expect("JSON");
        let expected = json!({
            "name": "Ann", "numbers": ["+12125550100"], "allow_duplicate_number": false,
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn a_refusal_names_the_field_and_shows_no_number() {
        let cases = [
            (vec!["+12125550100", "2125550101"], "number 2", "numbers"),
            (vec!["+1 212 555"], "number 1", "numbers"),
            (vec![], "numbers", "numbers"),
        ];
        for (numbers, text, param) in cases {
            let refused = Candidate::new(CreatePersonRequest::new(numbers), None);
            let error = refused.err().expect("a refusal").into_error();
            assert!(error.message().contains(text), "{error}");
            assert!(!format!("{error} {error:?}").contains("555"), "{error}");
            assert_eq!(error.param(), Some(param));
        }
    }
}
