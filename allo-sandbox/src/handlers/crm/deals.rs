//! `createDeal`, `getDeal`, `updateDeal`, `deleteDeal`, `searchDeals`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Paged, SOME, id, read, read_search, reference, require_company, text, wanted};
use crate::clock::{self, without_offset};
use crate::errors::{ApiError, Code};
use crate::fields::Fields;
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::state::crm::companies::Company;
use crate::state::crm::deals::{Deal, DealChange, DealFilter};
use crate::state::crm::search::SortKey;

pub(crate) fn create(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let said = read_change(&mut fields);
    let name = fields.require("name", said.name.clone());
    let name = read(fields, name)?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    require_company(&state, &team, &said.company_id)?;
    let now = context.app.clock.now();
    let id = lock(&context.app.ids).deal();
    let mut deal = Deal::new(id, team, name, now);
    deal.change(said, now);
    let reply = Reply::created(json_of(&state, &deal));
    state.crm.deals.add(deal);
    Ok(reply)
}

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let deal = state.crm.deals.find(&team, id(context));
    let deal = deal.ok_or_else(not_found)?;
    Ok(Reply::data(json_of(&state, deal)))
}

/// Updates the given fields; `null` clears all but the name.
pub(crate) fn update(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let said = read_change(&mut fields);
    let said = read(fields, Some(said))?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let now = context.app.clock.now();
    if state.crm.deals.find(&team, id(context)).is_some() {
        require_company(&state, &team, &said.company_id)?;
    }
    let deal = state.crm.deals.find_mut(&team, id(context));
    let deal = deal.ok_or_else(not_found)?;
    deal.change(said, now);
    let deal = deal.clone();
    Ok(Reply::data(json_of(&state, &deal)))
}

pub(crate) fn delete(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    if state.crm.deals.remove(&team, id(context)) {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    Err(not_found())
}

pub(crate) fn search(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    fields.nullable(&["filters"]);
    let stage = fields.object("filters", |fields| wanted(fields, "stage"));
    let (search, checked) = read_search(&mut fields);
    let paged = Paged::read(fields)?;
    checked?;
    let filter = DealFilter {
        stage: stage.flatten(),
        search,
    };
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let name = |deal: &Deal| company(&state, deal).map(|company| company.name.as_str());
    let deals = state.crm.deals.of(&team);
    let mut found: Vec<_> = deals
        .filter(|deal| filter.matches(deal, name(deal)))
        .collect();
    paged.sort.apply(&mut found, |deal| {
        SortKey::new(Some(deal.updated_at), &deal.name, deal.created_at)
    });
    Ok(paged.respond(&found, |deal| json_of(&state, deal)))
}

fn company<'a>(state: &'a State, deal: &Deal) -> Option<&'a Company> {
    state.crm.company(&deal.team_id, deal.company_id.as_deref())
}

/// A deal always has a name, so `null` does not change it.
fn read_change(fields: &mut Fields) -> DealChange {
    fields.nullable(&["name"]);
    let time = "must be a time such as 2026-03-31T17:00:00";
    DealChange {
        name: fields.text("name", SOME),
        status: fields.change("status", text),
        amount: fields.change("amount", Fields::number),
        currency: fields.change("currency", |fields, name| fields.text(name, 3..=3)),
        closed_at: fields.change("closed_at", |fields, name| {
            fields.parsed(name, clock::parse, time)
        }),
        company_id: fields.change("company_id", text),
    }
}

fn json_of(state: &State, deal: &Deal) -> Value {
    json!({
        "id": deal.id,
        "name": deal.name,
        "status": deal.status,
        "amount": deal.amount,
        "currency": deal.currency,
        "closed_at": deal.closed_at.map(without_offset),
        "company": reference(company(state, deal)),
        "created_at": without_offset(deal.created_at),
        "updated_at": without_offset(deal.updated_at),
    })
}

fn not_found() -> ApiError {
    ApiError::new(Code::DealNotFound, "The team has no deal with this id.")
        .suggestion("Search deals with POST /v2/api/crm/deals/search.")
}
