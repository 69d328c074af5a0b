//! `listConversations`: one entry per contact number of a phone number, most recently active first.
//! Archived conversations are omitted until there is a new item. A number that does not belong to
//! the team has no conversations, as it has no calls in `searchCalls`: the document declares no 404
//! here.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::to_json::ItemFormat;
use super::wants_transcript;
use crate::clock::with_offset;
use crate::errors::{ApiError, Code};
use crate::handlers::{Context, e164};
use crate::lock::lock;
use crate::paging::Page;
use crate::query::Query;
use crate::reply::Reply;
use crate::state::inbox::Item;

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let query = &context.request.query;
    let number = allo_number(query)?;
    let since = query.text("last_activity_since").map(moment).transpose()?;
    let unread = query.flag("unread")?;
    let page = Page::from_query(query)?;
    let transcript = wants_transcript(query.text("extend"))?;
    let state = &*lock(&context.app.state);
    let team_id = &context.team_id(state)?;
    let inbox = &state.inbox;
    let mut seen = HashSet::new();
    let last_items = inbox
        .of_team(team_id)
        .filter(|item| item.allo_number() == Some(&number))
        .filter(|item| seen.insert(item.contact_number()))
        .filter(|item| since.is_none_or(|since| item.at() >= since))
        .filter(|item| {
            let status = inbox.status(item);
            !status.archived && unread.is_none_or(|unread| status.unread == unread)
        });
    let last_items: Vec<_> = last_items.collect();
    let item_format = ItemFormat {
        state,
        team_id,
        transcript,
    };
    let shown = page.slice(&last_items).iter();
    let shown: Vec<_> = shown.map(|item| conversation(&item_format, item)).collect();
    Ok(Reply::page(shown, page.pagination(last_items.len())))
}

fn allo_number(query: &Query) -> Result<String, ApiError> {
    let number = query
        .text("allo_number")
        .filter(|number| !number.is_empty());
    let number = number.ok_or_else(|| {
        ApiError::new(Code::MissingAlloNumber, "allo_number is missing.")
            .param("allo_number")
            .suggestion("Specify one of the team's numbers.")
    })?;
    e164("allo_number", number)
}

/// A time with an offset, or without one as UTC.
fn moment(text: &str) -> Result<Timestamp, ApiError> {
    let utc = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    let moment = text.parse().ok().or_else(|| Some(utc()?.timestamp()));
    let expected = "must be a time such as 2026-03-02T08:30:00Z";
    moment.ok_or_else(|| ApiError::invalid_parameter("last_activity_since", expected))
}

fn conversation(item_format: &ItemFormat<'_>, last: &Item) -> Value {
    json!({
        "contact_number": last.contact_number(),
        "contacts": item_format.contacts(last.contact_number()),
        "last_activity": with_offset(last.at()),
        "last_item": item_format.brief(last),
    })
}
