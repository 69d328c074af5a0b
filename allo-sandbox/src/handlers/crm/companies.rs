//! `createCompany`, `getCompany`, `updateCompany`, `searchCompanies`.

use serde_json::{Value, json};

use super::{Paged, SOME, company_activity, id, read, text, wanted};
use crate::clock::without_offset;
use crate::errors::{ApiError, Code};
use crate::fields::Fields;
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::World;
use crate::state::crm::companies::{Company, CompanyChange, CompanyFilter};
use crate::state::crm::search::SortKey;

pub(crate) fn create(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let said = read_change(&mut fields);
    let name = fields.require("name", said.name.clone());
    let name = read(fields, name)?;
    let mut world = lock(&context.app.world);
    let team = context.team_id(&world)?;
    let now = context.app.clock.now();
    let id = lock(&context.app.ids).company();
    let mut company = Company::new(id, team, name, now);
    company.change(said, now);
    let reply = Reply::created(json_of(&world, &company));
    world.crm.companies.add(company);
    Ok(reply)
}

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let world = lock(&context.app.world);
    let team = context.team_id(&world)?;
    let company = world.crm.companies.find(&team, id(context));
    let company = company.ok_or_else(not_found)?;
    Ok(Reply::data(json_of(&world, company)))
}

/// Changes what the body names, although the method is PUT; `null` clears all but the name.
pub(crate) fn update(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let said = read_change(&mut fields);
    let said = read(fields, Some(said))?;
    let mut world = lock(&context.app.world);
    let team = context.team_id(&world)?;
    let now = context.app.clock.now();
    let company = world.crm.companies.find_mut(&team, id(context));
    let company = company.ok_or_else(not_found)?;
    company.change(said, now);
    let company = company.clone();
    Ok(Reply::data(json_of(&world, &company)))
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
    let world = lock(&context.app.world);
    let team = context.team_id(&world)?;
    let companies = world.crm.companies.of(&team);
    let mut found: Vec<_> = companies
        .filter(|company| filter.matches(company))
        .collect();
    paged.sort.apply(&mut found, |company| {
        let last = company_activity(&world, company).last_at;
        SortKey::new(last, &company.name, company.created_at)
    });
    Ok(paged.answer(&found, |company| json_of(&world, company)))
}

/// A company always has a name, so `null` there changes nothing.
fn read_change(fields: &mut Fields) -> CompanyChange {
    fields.nullable(&["name"]);
    CompanyChange {
        name: fields.text("name", SOME),
        website: fields.change("website", text),
        industry: fields.change("industry", text),
    }
}

fn json_of(world: &World, company: &Company) -> Value {
    let activity = company_activity(world, company);
    json!({
        "id": company.id,
        "name": company.name,
        "website": company.website,
        "industry": company.industry,
        "person_count": world.crm.staff(company).count(),
        "interactions": activity.interactions,
        "last_activity_at": activity.last_at.map(without_offset),
        "created_at": without_offset(company.created_at),
        "updated_at": without_offset(company.updated_at),
    })
}

fn not_found() -> ApiError {
    ApiError::new(Code::CompanyNotFound, "The team has no company of this id.")
        .suggestion("Look for companies with POST /v2/api/crm/companies/search.")
}
