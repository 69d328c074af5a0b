//! `upsertCurrentDialingQueue`: updates the settings of the current queue, or creates a queue.

use super::{new_queue, target, to_json};
use crate::errors::ApiError;
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::queues::Settings;

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    fields.nullable(&["name", "voicemail_handling", "do_not_disturb"]);
    let settings = Settings {
        name: fields.text("name", 1..=255),
        voicemail_handling: fields.one_of("voicemail_handling", &["SKIP", "NO_SKIP"]),
        do_not_disturb: fields.one_of("do_not_disturb", &["ENABLED", "DISABLED"]),
    };
    let target = target::from_fields(&mut fields, target::ID);
    fields.finish()?;
    let target = target?;
    let mut state = lock(&context.app.state);
    let assignee = target::resolve(context, &state, &target)?;
    let create = || new_queue(context, &assignee);
    let queue = state.queues.current_or_add(&assignee, create);
    queue.configure(settings, context.app.clock.now());
    Ok(Reply::data(to_json::queue(queue)))
}
