//! `getTeamMetrics`: the metrics of the team and of each user.

use serde_json::{Value, json};

use super::{Periods, Scope, count, count_if, ratio, talk_seconds};
use crate::clock::with_offset;
use crate::errors::ApiError;
use crate::handlers::Context;
use crate::handlers::conversations::to_json::user_ref;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::state::calls::CallRecord;

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let scope = Scope::read(&mut fields);
    let scope = fields.finish_with(scope)?.checked()?;
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let periods = scope.periods(state.inbox.calls(&team_id));
    let mut answer = scope.json();
    answer.insert("summary".into(), summary(&periods));
    answer.insert("breakdown".into(), breakdown(&periods, &state, &team_id));
    let now = with_offset(context.app.clock.now());
    answer.insert("last_updated".into(), now.into());
    Ok(Reply::data(answer))
}

fn summary(periods: &Periods<'_>) -> Value {
    json!({
        "total_calls": periods.metric(count),
        "talk_time_seconds": periods.metric(talk_seconds),
        "calls_over_1_min": periods.metric(conversations),
        "answer_rate": periods.metric(answer_rate),
    })
}

/// Users with calls, most calls first.
fn breakdown(periods: &Periods<'_>, state: &State, team_id: &str) -> Value {
    let members = state.users.members(team_id);
    let mut rows: Vec<_> = members
        .map(|user| {
            (
                user,
                periods.only(|call| call.user_id.as_ref() == Some(&user.id)),
            )
        })
        .filter(|(_, own)| !own.now.is_empty())
        .collect();
    rows.sort_by_key(|(_, own)| std::cmp::Reverse(own.now.len()));
    let row = |(user, own): (&crate::state::users::User, Periods<'_>)| {
        json!({
            "user": user_ref(state, &user.id),
            "calls": without_previous(own.metric(count)),
            "talk_time_seconds": without_previous(own.metric(talk_seconds)),
            "calls_over_1_min": without_previous(own.metric(conversations)),
            "answer_rate": without_previous(own.metric(answer_rate)),
        })
    };
    rows.into_iter().map(row).collect()
}

/// Metrics of a user have the change but not the previous value.
fn without_previous(mut metric: Value) -> Value {
    if let Some(fields) = metric.as_object_mut() {
        fields.remove("previous");
    }
    metric
}

fn conversations(calls: &[&CallRecord]) -> f64 {
    count_if(calls, CallRecord::is_conversation)
}

fn answer_rate(calls: &[&CallRecord]) -> f64 {
    ratio(count_if(calls, CallRecord::is_answered), count(calls))
}
