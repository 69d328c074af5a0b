//! `clearDialingQueueNumbers`: deletes entries by number, by position, or all that were not called.

use serde_json::json;

use super::target;
use crate::errors::{ApiError, Code};
use crate::handlers::Context;
use crate::lock::lock;
use crate::query::Query;
use crate::reply::Reply;
use crate::state::phone;
use crate::state::queues::Filter;

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let query = &context.request.query;
    let filter = filter(query)?;
    let target = target::from_query(query)?;
    let mut state = lock(&context.app.state);
    let assignee = target::resolve(context, &state, &target)?;
    let then = state.queues.positions_after_delete;
    let queue = state.queues.current_mut(&assignee).ok_or_else(no_queue)?;
    let removed = queue.remove(&filter, then, context.app.clock.now());
    match filter {
        Filter::Position(position, _) if removed == 0 => Err(no_entry(position)),
        _ => Ok(Reply::data(json!({ "removed": removed }))),
    }
}

fn filter(query: &Query) -> Result<Filter, ApiError> {
    let number = query.text("number");
    let position = query.text("position");
    let unassigned = query.flag("unassigned")?.unwrap_or(false);
    if unassigned {
        return match (number, position) {
            (None, None) => Ok(Filter::Unassigned),
            _ => Err(conflict()),
        };
    }
    let number = number.map(normalise).transpose()?;
    match (number, query.integer("position", 0)?) {
        (number, Some(position)) => Ok(Filter::Position(position, number)),
        (Some(number), None) => Ok(Filter::Number(number)),
        (None, None) => Err(required()),
    }
}

fn normalise(number: &str) -> Result<String, ApiError> {
    phone::normalise(number).ok_or_else(|| {
        let message = format!("'{number}' is not an international phone number.");
        ApiError::new(Code::InvalidPhoneNumber, message)
            .param("number")
            .suggestion("Write it as + and 8 to 15 digits.")
    })
}

fn required() -> ApiError {
    ApiError::new(
        Code::DialingQueueDeleteFilterRequired,
        "No filter selects the numbers to delete.",
    )
    .suggestion("Pass number, position or unassigned=true.")
}

fn conflict() -> ApiError {
    let message = "unassigned=true cannot be combined with number or position.";
    ApiError::new(Code::DialingQueueDeleteFilterConflict, message)
        .suggestion("Pass either unassigned=true or the other filters.")
}

fn no_queue() -> ApiError {
    ApiError::new(
        Code::DialingQueueNotFound,
        "This person has no dialing queue yet.",
    )
    .suggestion("Append numbers first; that creates one.")
}

fn no_entry(position: u64) -> ApiError {
    let message = format!("No matching entry at position {position}.");
    ApiError::new(Code::QueueNumberPositionNotFound, message)
        .param("position")
        .suggestion("Read the queue to see which positions there are.")
}
