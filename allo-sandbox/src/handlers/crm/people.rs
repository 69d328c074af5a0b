//! `createPerson`, `getPerson`, `updatePerson`, `searchPeople`.

use email_address::EmailAddress;
use serde_json::{Value, json};

use super::{Paged, activity, id, read, read_search, reference, require_company, text};
use super::{unprocessable, wanted};
use crate::clock::without_offset;
use crate::errors::{ApiError, Code};
use crate::fields::Fields;
use crate::handlers::Context;
use crate::handlers::e164;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::state::change::Change;
use crate::state::crm::people::{Person, PersonChange, PersonFilter};
use crate::state::crm::search::SortKey;

/// Returns 200, unlike other create operations.
pub(crate) fn create(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let said = read_change(&mut fields);
    let numbers = said.numbers.set().cloned();
    let numbers = fields.require("numbers", numbers);
    if numbers.as_ref().is_some_and(Vec::is_empty) {
        fields.reject("numbers", "must have at least one number");
    }
    let duplicates = fields.flag("allow_duplicate_number").unwrap_or(false);
    let numbers = read(fields, numbers)?;
    check_numbers(&said.numbers)?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    require_company(&state, &team, &said.company_id)?;
    if !duplicates && state.crm.taken(&team, &numbers).is_some() {
        return Err(number_taken());
    }
    let id = lock(&context.app.ids).person();
    let person = Person::new(id, team, said, context.app.clock.now());
    let reply = Reply::data(json_of(&state, &person));
    state.crm.people.add(person);
    Ok(reply)
}

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let person = state.crm.people.find(&team, id(context));
    let person = person.ok_or_else(not_found)?;
    Ok(Reply::data(json_of(&state, person)))
}

/// Updates the given fields, although the method is PUT; `null` clears them.
pub(crate) fn update(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let said = read_change(&mut fields);
    let said = read(fields, Some(said))?;
    check_numbers(&said.numbers)?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let now = context.app.clock.now();
    let known = state.crm.people.find(&team, id(context)).is_some();
    if known {
        require_company(&state, &team, &said.company_id)?;
    }
    let person = state.crm.people.find_mut(&team, id(context));
    let person = person.ok_or_else(not_found)?;
    person.change(said, now);
    let person = person.clone();
    Ok(Reply::data(json_of(&state, &person)))
}

pub(crate) fn search(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    fields.nullable(&["filters"]);
    let filter = fields.object("filters", read_filter);
    let mut filter = filter.unwrap_or_default();
    let (search, checked) = read_search(&mut fields);
    filter.search = search;
    let paged = Paged::read(fields)?;
    checked?;
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let people = state.crm.people.of(&team);
    let mut found: Vec<_> = people.filter(|p| matches(&state, &filter, p)).collect();
    paged.sort.apply(&mut found, |person| {
        let last = activity(&state, person).last_at;
        SortKey::new(last, &person.full_name(), person.created_at)
    });
    Ok(paged.respond(&found, |person| json_of(&state, person)))
}

fn matches(state: &State, filter: &PersonFilter, person: &Person) -> bool {
    let company = state
        .crm
        .company(&person.team_id, person.company_id.as_deref());
    let deals = state.crm.deals_of(person);
    let statuses: Vec<_> = deals.filter_map(|deal| deal.status.as_deref()).collect();
    filter.matches(
        person,
        company.map(|company| company.name.as_str()),
        &statuses,
    )
}

fn read_change(fields: &mut Fields) -> PersonChange {
    let address = |text: &str| EmailAddress::is_valid(text).then(|| text.to_owned());
    PersonChange {
        name: fields.change("name", text),
        last_name: fields.change("last_name", text),
        job_title: fields.change("job_title", text),
        website: fields.change("website", text),
        address: fields.change("address", text),
        numbers: fields.change("numbers", |fields, name| {
            fields.strings(name).map(once_each)
        }),
        emails: fields.change("emails", |fields, name| {
            fields.list(name, address, "must be an e-mail address")
        }),
        company_id: fields.change("company_id", text),
    }
}

fn read_filter(fields: &mut Fields) -> PersonFilter {
    PersonFilter {
        name: wanted(fields, "name"),
        last_name: wanted(fields, "last_name"),
        job_title: wanted(fields, "job_title"),
        website: wanted(fields, "website"),
        company: wanted(fields, "company"),
        email: wanted(fields, "email"),
        phone_number: wanted(fields, "phone_number"),
        deal_status: wanted(fields, "deal_status"),
        search: None,
    }
}

fn once_each(numbers: Vec<String>) -> Vec<String> {
    let mut kept = Vec::with_capacity(numbers.len());
    for number in numbers {
        if !kept.contains(&number) {
            kept.push(number);
        }
    }
    kept
}

fn check_numbers(numbers: &Change<Vec<String>>) -> Result<(), ApiError> {
    for (index, number) in numbers.set().into_iter().flatten().enumerate() {
        e164(&format!("numbers[{index}]"), number).map_err(unprocessable)?;
    }
    Ok(())
}

fn json_of(state: &State, person: &Person) -> Value {
    let company = state
        .crm
        .company(&person.team_id, person.company_id.as_deref());
    let activity = activity(state, person);
    let details = &person.details;
    json!({
        "id": person.id,
        "name": details.name,
        "last_name": details.last_name,
        "job_title": details.job_title,
        "website": details.website,
        "address": details.address,
        "numbers": person.numbers,
        "emails": person.emails,
        "company": reference(company),
        "interactions": activity.interactions,
        "last_activity_at": activity.last_at.map(without_offset),
        "created_at": without_offset(person.created_at),
        "updated_at": without_offset(person.updated_at),
    })
}

fn number_taken() -> ApiError {
    let message = "One of the numbers already belongs to another person.";
    ApiError::new(Code::NumberAlreadyAssigned, message)
        .suggestion("Change that person, or set allow_duplicate_number.")
}

fn not_found() -> ApiError {
    ApiError::new(Code::PersonNotFound, "The team has no person with this id.")
        .suggestion("Search people with POST /v2/api/crm/people/search.")
}
