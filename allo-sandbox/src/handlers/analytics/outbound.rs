//! `getAnalyticsOutbound`: the funnel of outbound calls, over time and by user.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::{Periods, Scope, count, count_if, is_conversion, number, ratio, series, talk_seconds};
use crate::clock::with_offset;
use crate::errors::{ApiError, Code};
use crate::fields::{ANY, Fields};
use crate::handlers::Context;
use crate::handlers::conversations::to_json::user_ref;
use crate::lock::lock;
use crate::paging::Page;
use crate::reply::Reply;
use crate::state::State;
use crate::state::calls::CallRecord;
use crate::state::direction::Direction;

/// The stages of the funnel, in order.
const STAGES: &[&str] = &["DIAL", "CONNECTED", "CONVERSATION", "CONVERSION"];

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let scope = Scope::read(&mut fields);
    let tags = fields.strings("tags").unwrap_or_default();
    let granularity = fields.text("granularity", ANY);
    let drilldown = Drilldown::read(&mut fields);
    let scope = fields.finish_with(scope)?.checked()?;
    let granularity = granularity
        .as_deref()
        .map_or(Ok(series::Granularity::Day), series::parse)?;
    let drilldown = drilldown?;
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let calls = state.inbox.calls(&team_id);
    let calls = calls.filter(|call| call.direction == Direction::Outbound);
    let periods = scope.periods(calls);
    let mut answer = scope.json();
    answer.insert("funnel".into(), funnel(&periods, &tags));
    let time_series = series::time_series(&periods.now, scope.date, granularity, &tags);
    answer.insert("time_series".into(), time_series);
    answer.insert("heatmap".into(), series::heatmap(&periods.now));
    answer.insert(
        "leaderboard".into(),
        leaderboard(&periods, &state, &team_id),
    );
    answer.insert("time_spent".into(), time_spent(&periods));
    let now = with_offset(context.app.clock.now());
    answer.insert("last_updated".into(), now.into());
    if let Some(drilldown) = drilldown {
        answer.insert("items".into(), drilldown.items(&periods, &tags, &state));
    }
    Ok(Reply::data(answer))
}

/// Whether a call reached a stage. An answered call with a tag counts as a conversion, however short
/// it was.
fn reached(call: &CallRecord, stage: &str, tags: &[String]) -> bool {
    match stage {
        "CONNECTED" => call.is_answered(),
        "CONVERSATION" => call.is_conversation(),
        "CONVERSION" => is_conversion(call, tags),
        _ => true,
    }
}

fn funnel(periods: &Periods<'_>, tags: &[String]) -> Value {
    let dials = count(&periods.now);
    let names = ["dials", "connected", "conversations", "conversions"];
    let stage = |(name, stage): (&str, &&str)| {
        let figure = |calls: &[&CallRecord]| count_if(calls, |call| reached(call, stage, tags));
        let rate = (dials > 0.0).then(|| number(figure(&periods.now) / dials));
        (
            name.to_owned(),
            json!({ "count": periods.metric(figure), "rate": rate }),
        )
    };
    names
        .into_iter()
        .zip(STAGES)
        .map(stage)
        .collect::<Map<_, _>>()
        .into()
}

/// Users by their connection rate, best first.
fn leaderboard(periods: &Periods<'_>, state: &State, team_id: &str) -> Value {
    let connected = periods.now.iter().filter(|call| call.is_answered());
    let ids: Vec<_> = connected.filter_map(|call| call.user_id.as_ref()).collect();
    let members = state.users.members(team_id);
    let mut rows: Vec<_> = members
        .map(|user| (user, ids.iter().filter(|id| ***id == user.id).count()))
        .filter(|(_, connected)| *connected > 0)
        .collect();
    rows.sort_by_key(|(_, connected)| Reverse(*connected));
    let rows = rows.into_iter();
    rows.map(
        |(user, connected)| json!({ "user": user_ref(state, &user.id), "connected": connected }),
    )
    .collect()
}

fn time_spent(periods: &Periods<'_>) -> Value {
    let ringing = |calls: &[&CallRecord]| {
        let rang = calls.iter().map(|call| call.rang.as_secs_f64());
        ratio(rang.sum(), count(calls))
    };
    let talking = |calls: &[&CallRecord]| {
        ratio(
            talk_seconds(calls),
            count_if(calls, CallRecord::is_answered),
        )
    };
    json!({
        "avg_ringing_time_seconds": periods.metric(ringing),
        "avg_conversation_time_seconds": periods.metric(talking),
        "total_conversation_time_seconds": periods.metric(talk_seconds),
    })
}

/// Whether the request asks for the calls of a stage.
struct Drilldown {
    stage: String,
    page: Page,
}

impl Drilldown {
    fn read(fields: &mut Fields) -> Result<Option<Self>, ApiError> {
        let extend = fields.text("extend", ANY);
        let stage = fields.one_of("stage", STAGES);
        let page = Page::from_fields(fields)?;
        match (extend.as_deref(), stage) {
            (None, _) => Ok(None),
            (Some("items"), Some(stage)) => Ok(Some(Self { stage, page })),
            (Some("items"), None) => Err(no_stage()),
            (Some(_), _) => Err(unsupported()),
        }
    }

    fn items(&self, periods: &Periods<'_>, tags: &[String], state: &State) -> Value {
        let calls = periods.now.iter().copied();
        let calls = calls.filter(|call| reached(call, &self.stage, tags));
        let calls: Vec<_> = calls.collect();
        let shown = self.page.slice(&calls).iter();
        let shown = shown.map(|call| item(call, tags, state));
        json!({
            "data": shown.collect::<Vec<_>>(),
            "pagination": self.page.pagination(calls.len()),
        })
    }
}

fn item(call: &CallRecord, tags: &[String], state: &State) -> Value {
    let furthest = STAGES.iter().rev().find(|stage| reached(call, stage, tags));
    let mut fields = json!({
        "id": call.id,
        "allo_number": call.allo_number,
        "contact_number": call.contact_number,
        "stage": furthest,
        "voicemail": call.result == "VOICEMAIL",
        "duration": call.talked.as_secs(),
        "date": with_offset(call.started_at),
    });
    if let Some(fields) = fields.as_object_mut() {
        let phone_number = state
            .phone_numbers
            .with_number(&call.team_id, &call.allo_number);
        if let Some(name) = phone_number.and_then(|phone_number| phone_number.name.as_ref()) {
            fields.insert("allo_number_label".into(), name.as_str().into());
        }
        if let Some(user) = call.user_id.as_ref().and_then(|id| user_ref(state, id)) {
            fields.insert("user".into(), user);
        }
    }
    fields
}

fn no_stage() -> ApiError {
    let message = "Items require the parameter stage.";
    ApiError::new(Code::MissingParameter, message).param("stage")
}

fn unsupported() -> ApiError {
    ApiError::new(Code::UnsupportedExtendValue, "extend supports only items.").param("extend")
}
