//! The thirteen CRM operations, one file per kind of record, and what they share: errors have the
//! status 422, a company is referenced by its id, and searches have an order and pages.

pub(crate) mod companies;
pub(crate) mod deals;
pub(crate) mod people;

use serde_json::{Value, json};

use super::Context;
use crate::errors::{ApiError, Code, FieldError};
use crate::fields::{ANY, Fields};
use crate::paging::Page;
use crate::reply::Reply;
use crate::state::State;
use crate::state::change::Change;
use crate::state::crm::companies::Company;
use crate::state::crm::people::Person;
use crate::state::crm::search::{Search, Sort};
use crate::state::crm::{Activity, CrmRecord};

const UNPROCESSABLE: u16 = 422;

/// At least one character.
const SOME: std::ops::RangeInclusive<usize> = 1..=usize::MAX;

/// Sets the status of CRM errors.
fn unprocessable(error: ApiError) -> ApiError {
    error.status(UNPROCESSABLE)
}

/// Returns the value read from the body, or the errors.
fn read<T>(fields: Fields, value: Option<T>) -> Result<T, ApiError> {
    fields.finish_with(value).map_err(unprocessable)
}

fn id<'a>(context: &'a Context<'_>) -> &'a str {
    context.request.path_param("id")
}

fn text(fields: &mut Fields, name: &str) -> Option<String> {
    fields.text(name, ANY)
}

/// A filter text; `None` if it is blank.
fn wanted(fields: &mut Fields, name: &str) -> Option<String> {
    text(fields, name).filter(|text| !text.trim().is_empty())
}

/// Returns an error if the team does not have this company.
fn require_company(state: &State, team_id: &str, said: &Change<String>) -> Result<(), ApiError> {
    match said.set() {
        Some(id) if state.crm.companies.find(team_id, id).is_none() => {
            let field = FieldError {
                field: "company_id".to_owned(),
                message: "is not a company of the team".to_owned(),
            };
            Err(unprocessable(ApiError::invalid_fields(vec![field])))
        }
        _ => Ok(()),
    }
}

/// The order and page of a search.
struct Paged {
    sort: Sort,
    page: Page,
}

impl Paged {
    /// Reads them from the body.
    fn read(mut fields: Fields) -> Result<Self, ApiError> {
        fields.nullable(&["sort"]);
        let sort = fields.one_of("sort", &Sort::NAMES);
        let sort = sort.as_deref().and_then(Sort::named).unwrap_or_default();
        let page = Page::from_fields(&mut fields);
        fields.finish().map_err(unprocessable)?;
        let page = page.map_err(unprocessable)?;
        Ok(Self { sort, page })
    }

    /// The requested page of the results, sorted.
    fn respond<T>(&self, records: &[T], json_of: impl Fn(&T) -> Value) -> Reply {
        let page = self.page.slice(records).iter().map(json_of);
        let pagination = self.page.pagination(records.len());
        Reply::page(page.collect::<Vec<_>>(), pagination)
    }
}

/// The search words; an error if the text has none.
fn read_search(fields: &mut Fields) -> (Option<Search>, Result<(), ApiError>) {
    fields.nullable(&["search"]);
    let Some(text) = wanted(fields, "search") else {
        return (None, Ok(()));
    };
    let search = Search::parse(&text);
    let message = "search has no letter and no digit.";
    let error = || ApiError::new(Code::InvalidSearchQuery, message).param("search");
    let checked = match search {
        Some(_) => Ok(()),
        None => Err(unprocessable(error())),
    };
    (search, checked)
}

/// Id and name of a company, or null.
fn reference(company: Option<&Company>) -> Value {
    company.map_or(
        Value::Null,
        |company| json!({ "id": company.id, "name": company.name }),
    )
}

/// The calls and messages exchanged with a person.
fn activity(state: &State, person: &Person) -> Activity {
    let mut activity = Activity::default();
    for item in state.inbox.of_team(person.team_id()) {
        if person
            .numbers
            .iter()
            .any(|number| number == item.contact_number())
        {
            activity.note(item.at());
        }
    }
    activity
}

/// The calls and messages exchanged with the people of a company.
fn company_activity(state: &State, company: &Company) -> Activity {
    let mut sum = Activity::default();
    for person in state.crm.staff(company) {
        sum.merge(activity(state, person));
    }
    sum
}
