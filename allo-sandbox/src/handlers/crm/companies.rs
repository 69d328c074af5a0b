//! `createCompany`, `getCompany`, `updateCompany`, `searchCompanies`.

use serde_json::{Value, json};

use super::{Paged, SOME, company_activity, id, read, text, wanted};
use crate::clock::without_offset;
use crate::errors::{ApiError, Code};
use crate::fields::Fields;
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::state::crm::companies::{Company, CompanyChange, CompanyFilter};
use crate::state::crm::search::SortKey;

pub(crate) fn create(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let said = read_change(&mut fields);
    let name = fields.require("name", said.name.clone());
    let name = read(fields, name)?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let now = context.app.clock.now();
    let id = lock(&context.app.ids).company();
    let mut company = Company::new(id, team, name, now);
    company.change(said, now);
    let reply = Reply::created(json_of(&state, &company));
    state.crm.companies.add(company);
    Ok(reply)
}

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let company = state.crm.companies.find(&team, id(context));
    let company = company.ok_or_else(not_found)?;
    Ok(Reply::data(json_of(&state, company)))
}

/// Updates the given fields, although the method is PUT; `null` clears all but the name.
pub(crate) fn update(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let said = read_change(&mut fields);
    let said = read(fields, Some(said))?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let now = context.app.clock.now();
    let company = state.crm.companies.find_mut(&team, id(context));
    let company = company.ok_or_else(not_found)?;
    company.change(said, now);
    let company = company.clone();
    Ok(Reply::data(json_of(&state, &company)))
}

pub(crate) fn search(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    fields.nullable(&["filters"]);
    let filter = fields.object("filters", |fields| CompanyFilter {
        name: wanted(fields, "name"),
        website: wanted(fields, "website"),
        industry: wanted(fields, "industry"),
    });
    let filter = filter.unwrap_or_default();
    let paged = Paged::read(fields)?;
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let companies = state.crm.companies.of(&team);
    let mut found: Vec<_> = companies
        .filter(|company| filter.matches(company))
        .collect();
    paged.sort.apply(&mut found, |company| {
        let last = company_activity(&state, company).last_at;
        SortKey::new(last, &company.name, company.created_at)
    });
    Ok(paged.respond(&found, |company| json_of(&state, company)))
}

/// A company always has a name, so `null` does not change it.
fn read_change(fields: &mut Fields) -> CompanyChange {
    fields.nullable(&["name"]);
    CompanyChange {
        name: fields.text("name", SOME),
        website: fields.change("website", text),
        industry: fields.change("industry", text),
    }
}

fn json_of(state: &State, company: &Company) -> Value {
    let activity = company_activity(state, company);
    json!({
        "id": company.id,
        "name": company.name,
        "website": company.website,
        "industry": company.industry,
        "person_count": state.crm.staff(company).count(),
        "interactions": activity.interactions,
        "last_activity_at": activity.last_at.map(without_offset),
        "created_at": without_offset(company.created_at),
        "updated_at": without_offset(company.updated_at),
    })
}

fn not_found() -> ApiError {
    ApiError::new(
        Code::CompanyNotFound,
        "The team has no company with this id.",
    )
    .suggestion("Search companies with POST /v2/api/crm/companies/search.")
}
