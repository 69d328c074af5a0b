//! Who has a number: searches the people, and compares the numbers of each. A search that ignores its filter returns
//! everybody, so what it returns is never believed.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use crate::codec::list::Malformed;
use crate::error::{Error, ErrorKind, Outcome};
use crate::generated::builder::crm::SearchPeople;
use crate::generated::operations::{CREATE_PERSON, SEARCH_PEOPLE};
use crate::generated::types::{PeopleFilters, Person};
use crate::pagination::Paginated;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Client;

/// The people who have one of the numbers.
pub(super) enum Owners {
    Nobody,
    One(Box<Person>),
    /// Their ids, in order.
    Several(Vec<String>),
}

/// Looks for the people who have a number of this candidate. Adds the number of requests to `requests`.
///
/// # Errors
///
/// As the search, or if nobody was found and a person cannot be decoded, who may be the one.
pub(super) async fn owners(
    client: &Client,
    candidate: &Candidate,
    options: &CallOptions,
    requests: &mut u32,
) -> Result<Owners, Error> {
    let mut found = BTreeMap::new();
    let mut unreadable = None;
    for number in &candidate.numbers {
        let filters = PeopleFilters::new().phone_number(number.as_str());
        let search = client.search_people().filters(filters).size(100);
        let mut pages = search.options(|_| options.clone()).pages();
        loop {
            let page = match pages.try_next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) => {
                    *requests = requests.saturating_add(error.attempts());
                    return Err(error);
                }
            };
            *requests = requests.saturating_add(page.attempts());
            let (people, malformed) = SearchPeople::into_items(page.into_inner()).into_parts();
            unreadable = unreadable.or_else(|| malformed.first().map(undecoded));
            let owners = people.into_iter().filter(|one| candidate.matches(one));
            found.extend(owners.map(|one| (id_of(&one).to_owned(), one)));
        }
    }
    let ids: Vec<String> = found.keys().cloned().collect();
    match (found.into_values().next(), unreadable) {
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Owners::Nobody),
        (Some(person), _) if ids.len() == 1 => Ok(Owners::One(Box::new(person))),
        (Some(_), _) => Ok(Owners::Several(ids)),
    }
}

/// The id of a person.
pub(super) fn id_of(person: &Person) -> &str {
    person.id.as_ref()
}

/// The error that names the people with the numbers of one candidate.
pub(super) fn ambiguous(ids: &[String]) -> Error {
    let message = format!(
        "{} people have the numbers of the person: {}",
        ids.len(),
        ids.join(", ")
    );
    Error::new(ErrorKind::AmbiguousPerson, message)
        .with_operation(&CREATE_PERSON)
        .with_outcome(Outcome::NotExecuted)
        .with_suggestion("merge these people, or pass only the numbers of one of them")
}

fn undecoded(bad: &Malformed) -> Error {
    let message = format!(
        "a person could not be decoded, who may have the number: {}",
        bad.problem()
    );
    Error::new(ErrorKind::Decode, message)
        .with_operation(&SEARCH_PEOPLE)
        .with_outcome(Outcome::NotExecuted)
}
