//! The leads of a push: their source, and the list after validation. Each lead is validated and encoded once; the
//! list is shared, never copied.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use uuid::Uuid;

use super::validate::{EncodedLead, validate};
use crate::generated::types::NewQueueNumber;
use crate::phone::region::Region;
use crate::phone::rejection::Rejection;

/// The source of the leads of a push. Dropping a future of [`validated`](Self::validated) loses no lead.
pub(super) struct LeadSource {
    /// Leads that are not read yet; they follow those in `given`.
    stream: Option<LeadStream>,
    /// Empty once the leads are validated.
    given: Vec<NewQueueNumber>,
    validated: Option<Arc<ValidatedLeads>>,
}

type LeadStream = Pin<Box<dyn Stream<Item = NewQueueNumber> + Send>>;

impl LeadSource {
    pub(super) const fn of_list(given: Vec<NewQueueNumber>) -> Self {
        Self {
            stream: None,
            given,
            validated: None,
        }
    }

    pub(super) fn of_stream<S>(leads: S) -> Self
    where
        S: Stream + Send + 'static,
        S::Item: Into<NewQueueNumber>,
    {
        Self {
            stream: Some(Box::pin(IntoLeads(Box::pin(leads)))),
            ..Self::of_list(Vec::new())
        }
    }

    /// Reads and validates all leads, unless they were validated for the same region before.
    pub(super) async fn validated(&mut self, region: Option<Region>) -> Arc<ValidatedLeads> {
        match self.validated.take() {
            Some(list) if list.region == region => {
                return Arc::clone(self.validated.insert(list));
            }
            Some(list) => self.given = ValidatedLeads::into_given(list),
            None => self.read_stream().await,
        }
        let (encoded, fingerprint) = validate_all(&mut self.given, region).await;
        Arc::clone(self.validated.insert(Arc::new(ValidatedLeads {
            given: std::mem::take(&mut self.given),
            encoded,
            region,
            fingerprint,
        })))
    }

    async fn read_stream(&mut self) {
        if let Some(stream) = &mut self.stream {
            while let Some(lead) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
                self.given.push(lead);
            }
        }
        self.stream = None;
    }
}

/// A list of leads after validation, in the order in which they were given.
pub(super) struct ValidatedLeads {
    given: Vec<NewQueueNumber>,
    /// One for each lead.
    encoded: Vec<Result<EncodedLead, Rejection>>,
    region: Option<Region>,
    fingerprint: Uuid,
}

impl ValidatedLeads {
    pub(super) const fn len(&self) -> usize {
        self.given.len()
    }

    /// Each lead: its number in E.164, or why it is rejected.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Result<&str, &Rejection>> {
        let leads = self.encoded.iter();
        leads.map(|lead| lead.as_ref().map(|lead| &*lead.number))
    }

    /// The E.164 number of a valid lead.
    pub(super) fn number(&self, input: usize) -> Option<&str> {
        Some(&*self.encoded(input)?.number)
    }

    /// A valid lead as JSON.
    pub(super) fn json(&self, input: usize) -> Option<&[u8]> {
        Some(&*self.encoded(input)?.json)
    }

    fn encoded(&self, input: usize) -> Option<&EncodedLead> {
        self.encoded.get(input)?.as_ref().ok()
    }

    /// Equal for equal lists, and for no others.
    pub(super) const fn fingerprint(&self) -> &Uuid {
        &self.fingerprint
    }

    /// The leads as they were given. They are moved, unless the list is in use elsewhere.
    pub(super) fn into_given(list: Arc<Self>) -> Vec<NewQueueNumber> {
        Arc::try_unwrap(list).map_or_else(|shared| shared.given.clone(), |list| list.given)
    }
}

/// Validates all leads and computes the fingerprint of the list. It yields from time to time; whenever it yields, the
/// leads are unchanged.
async fn validate_all(
    given: &mut [NewQueueNumber],
    region: Option<Region>,
) -> (Vec<Result<EncodedLead, Rejection>>, Uuid) {
    let mut encoded = Vec::with_capacity(given.len());
    let mut fingerprint = Uuid::NAMESPACE_OID;
    for (input, lead) in given.iter_mut().enumerate() {
        let checked = validate(lead, region);
        fingerprint = Uuid::new_v5(&fingerprint, &identity(lead, &checked));
        encoded.push(checked);
        yield_periodically(input).await;
    }
    (encoded, fingerprint)
}

/// The content of a lead for the fingerprint: the number as given, then the lead as JSON.
fn identity(lead: &NewQueueNumber, checked: &Result<EncodedLead, Rejection>) -> Vec<u8> {
    let mut content = lead.number.expose().as_bytes().to_vec();
    content.push(0);
    match checked {
        Ok(encoded) => content.extend_from_slice(&encoded.json),
        Err(_) => content.extend(serde_json::to_vec(lead).unwrap_or_default()),
    }
    content
}

/// Yields to other tasks from time to time in a loop over a long list.
pub(super) async fn yield_periodically(index: usize) {
    if index % 256 == 255 {
        tokio::task::yield_now().await;
    }
}

/// A stream of anything that converts into a lead.
struct IntoLeads<S>(Pin<Box<S>>);

impl<S: Stream> Stream for IntoLeads<S>
where
    S::Item: Into<NewQueueNumber>,
{
    type Item = NewQueueNumber;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.0.as_mut().poll_next(context);
        next.map(|lead| lead.map(Into::into))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    fn validated(leads: Vec<NewQueueNumber>) -> Arc<ValidatedLeads> {
        let mut source = LeadSource::of_list(leads);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(source.validated(None))
    }

    #[tokio::test]
    async fn a_long_list_lets_other_tasks_run_and_a_dropped_future_loses_nothing() {
        let leads = vec![NewQueueNumber::from("+12125550100"); 1_000];
        let mut source = LeadSource::of_list(leads.clone());
        {
            let mut dropped = pin!(source.validated(None));
            let first = poll_fn(|context| Poll::Ready(dropped.as_mut().poll(context))).await;
            assert!(first.is_pending());
        }
        let mut polls = 0;
        let list = {
            let mut validating = pin!(source.validated(None));
            poll_fn(|context| {
                polls += 1;
                validating.as_mut().poll(context)
            })
            .await
        };
        assert_eq!(polls, 1 + 1_000 / 256);
        drop(source);
        assert_eq!(ValidatedLeads::into_given(list), leads);
    }

    #[test]
    fn another_list_has_another_fingerprint() {
        let lists: [&[&str]; 5] = [
            &["+12125550100", "+12125550101"],
            &["+12125550101", "+12125550100"],
            &["+1 212 555 0100", "+12125550101"],
            &["+12125550100"],
            &["nothing", "+12125550101"],
        ];
        let leads = |numbers: &[&str]| {
            let leads = numbers.iter().map(|number| NewQueueNumber::from(*number));
            leads.collect::<Vec<_>>()
        };
        let prints: Vec<_> = lists
            .iter()
            .map(|list| *validated(leads(list)).fingerprint())
            .collect();
        assert_eq!(*validated(leads(lists[0])).fingerprint(), prints[0]);
        for (index, print) in prints.iter().enumerate() {
            assert!(!prints[..index].contains(print), "{index}");
        }
        let mut named = leads(lists[0]);
        named[1] = named[1].clone().name("Ann");
        assert_ne!(*validated(named).fingerprint(), prints[0]);
    }
}
