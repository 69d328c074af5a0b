//! Validates a single lead: its phone number and the limits of its other fields. Without I/O. `number` parses phone
//! numbers, `duplicates` finds duplicates; the validated list of a push is in `leads`.

use std::fmt;

use serde::Serialize;

use super::duplicates::{DuplicateFilter, Duplicates};
use crate::call::request::encode_checked;
use crate::generated::operations::APPEND_DIALING_QUEUE_NUMBERS;
use crate::generated::types::{NewQueueNumber, QueueNumber};
use crate::model::phone_number::PhoneNumber;
use crate::phone::number;
use crate::phone::region::Region;
use crate::phone::rejection::Rejection;

/// The bytes before and after the leads in the body of an append.
const BEFORE_LEADS: &[u8] = b"{\"numbers\":[";
const AFTER_LEADS: &[u8] = b"]}";

/// Options of a [`LeadValidator`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct LeadValidatorOptions {
    region: Option<Region>,
    duplicates: Duplicates,
}

impl LeadValidatorOptions {
    /// Without a default region; duplicates are kept.
    pub fn new() -> Self {
        Self::default()
    }

    /// The region of numbers without a country code.
    pub const fn default_region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// What to do with duplicates.
    pub const fn duplicates(mut self, duplicates: Duplicates) -> Self {
        self.duplicates = duplicates;
        self
    }
}

/// Validates a list of leads, in order, as [`push`](super::TeammateDialer::push) does before it sends anything.
///
/// The validator stores only the numbers of the leads, packed, and only if it has to find duplicates.
///
/// ```
/// use allo_client::power_dialer::{
///     Duplicates, LeadValidator, LeadValidatorOptions, Region, Rejection,
/// };
///
/// let options = LeadValidatorOptions::new()
///     .default_region(Region::new("FR")?)
///     .duplicates(Duplicates::DropInList);
/// let mut validator = LeadValidator::new(options);
/// let valid = validator.check(&"01 99 00 12 34".into()).expect("a number");
/// assert_eq!(valid.number, "+33199001234");
/// let again = validator.check(&"+33 1 99 00 12 34".into());
/// assert_eq!(again, Err(Rejection::DuplicateInList { first: 0 }));
/// # Ok::<(), allo_client::Error>(())
/// ```
pub struct LeadValidator {
    options: LeadValidatorOptions,
    /// The number of leads validated so far.
    checked: usize,
    duplicates: DuplicateFilter,
}

/// A valid lead.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValidLead {
    /// The number in E.164.
    pub number: PhoneNumber,
}

impl LeadValidator {
    /// A validator for a new list.
    #[must_use]
    pub const fn new(options: LeadValidatorOptions) -> Self {
        Self {
            options,
            checked: 0,
            duplicates: DuplicateFilter::new(options.duplicates),
        }
    }

    /// Adds an entry of the queue, against which duplicates are dropped.
    pub fn queued(&mut self, entry: &QueueNumber) {
        self.duplicates
            .queued(entry.number_to.expose(), entry.position);
    }

    /// Validates the next lead of the list.
    ///
    /// # Errors
    ///
    /// With the reason if the lead is not valid.
    pub fn check(&mut self, lead: &NewQueueNumber) -> Result<ValidLead, Rejection> {
        let input = self.checked;
        self.checked += 1;
        let number = number::read(lead.number.expose(), self.options.region)?;
        encode(lead)?;
        self.duplicates.check(&number, input)?;
        Ok(ValidLead {
            number: number.into(),
        })
    }
}

/// A valid lead, encoded as it is sent.
pub(super) struct EncodedLead {
    /// The number in E.164.
    pub(super) number: Box<str>,
    /// The lead with that number, as JSON.
    pub(super) json: Box<[u8]>,
}

/// Validates and encodes a lead. The lead is unchanged when this returns.
pub(super) fn validate(
    lead: &mut NewQueueNumber,
    region: Option<Region>,
) -> Result<EncodedLead, Rejection> {
    let number = number::read(lead.number.expose(), region)?;
    let given = std::mem::replace(&mut lead.number, number.into());
    let json = encode(lead);
    let number = std::mem::replace(&mut lead.number, given);
    Ok(EncodedLead {
        number: number.into_string().into(),
        json: json?,
    })
}

/// Encodes a lead and checks the limits of the operation.
fn encode(lead: &NewQueueNumber) -> Result<Box<[u8]>, Rejection> {
    /// A request with one lead.
    #[derive(Serialize)]
    struct Alone<'a> {
        numbers: &'a [&'a NewQueueNumber],
    }
    let numbers = &[lead];
    let body = encode_checked(&APPEND_DIALING_QUEUE_NUMBERS, &Alone { numbers });
    let body = body.map_err(|problems| {
        let problem = problems.first();
        let field = problem.and_then(|one| one.field()).unwrap_or_default();
        let field = field.strip_prefix("numbers[0].").unwrap_or(field);
        let why = problem.and_then(|one| one.message()).unwrap_or_default();
        Rejection::InvalidField {
            field: field.to_owned(),
            why: why.to_owned(),
        }
    })?;
    let lead = body.strip_prefix(BEFORE_LEADS);
    let lead = lead.and_then(|rest| rest.strip_suffix(AFTER_LEADS));
    Ok(lead.unwrap_or_default().into())
}

/// The body of an append with these leads.
pub(super) fn body<'a>(leads: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut body = BEFORE_LEADS.to_vec();
    for (index, lead) in leads.enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(lead);
    }
    body.extend_from_slice(AFTER_LEADS);
    body
}

impl fmt::Debug for LeadValidator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeadValidator")
            .field("options", &self.options)
            .field("checked", &self.checked)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ValidLead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidLead").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_encoded_leads_is_what_the_builder_would_send() {
        let given = [
            NewQueueNumber::new("+1 212 555 0100").name("Ann \"Ace\" \u{1} é"),
            NewQueueNumber::new("+1 212 555 0101").emails(vec!["ann@example.com".to_owned()]),
        ];
        let mut encoded = Vec::new();
        for lead in &given {
            let mut lead = lead.clone();
            encoded.extend(validate(&mut lead, None));
            assert!(given.contains(&lead), "the lead is unchanged");
        }
        assert_eq!(encoded.len(), given.len());
        let body = body(encoded.iter().map(|lead| &*lead.json));
        let read: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        let mut sent = given;
        for (lead, encoded) in sent.iter_mut().zip(&encoded) {
            lead.number = (*encoded.number).into();
        }
        assert_eq!(read, serde_json::json!({ "numbers": sent }));
    }
}
