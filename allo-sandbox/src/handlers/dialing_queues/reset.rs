//! `resetCurrentDialingQueue`: a new, empty queue that replaces the current one.

use super::{new_queue, target, to_json};
use crate::errors::{ApiError, Code};
use crate::fields::Fields;
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::users::Target;

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let (name, target) = match context.request.optional_body()? {
        Some(fields) => read(fields)?,
        None => (None, Target::Owner),
    };
    let mut state = lock(&context.app.state);
    if state.users.user(&context.key.owner).is_none() {
        let message = "The account of this API key's owner no longer exists.";
        return Err(ApiError::new(Code::UserNotFound, message));
    }
    let assignee = target::resolve(context, &state, &target)?;
    let mut queue = new_queue(context, &assignee);
    queue.name = name;
    Ok(Reply::data(to_json::queue(state.queues.add(queue))))
}

fn read(mut fields: Fields) -> Result<(Option<String>, Target), ApiError> {
    fields.nullable(&["name"]);
    let name = fields.text("name", 0..=255);
    let target = target::from_fields(&mut fields, target::ID_ON_RESET);
    fields.finish()?;
    Ok((name, target?))
}
