//! `listNumbers` and its forerunner `getNumbers`.

use serde_json::{Value, json};

use super::Context;
use super::conversations::wire::user_ref;
use crate::errors::ApiError;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::World;
use crate::state::lines::Line;

pub(crate) fn list(context: &Context<'_>) -> Result<Reply, ApiError> {
    let world = lock(&context.app.world);
    let team_id = context.team_id(&world)?;
    let lines = world.lines.of_team(&team_id);
    let lines = lines.map(|line| json_of(line, &world));
    Ok(Reply::data(lines.collect::<Vec<_>>()))
}

pub(crate) fn list_v1(context: &Context<'_>) -> Result<Reply, ApiError> {
    let world = lock(&context.app.world);
    let team_id = context.team_id(&world)?;
    let lines = world.lines.of_team(&team_id).map(v1_json_of);
    Ok(Reply::data(lines.collect::<Vec<_>>()))
}

fn json_of(line: &Line, world: &World) -> Value {
    let users = line.user_ids.iter();
    let users = users.filter_map(|id| user_ref(world, id));
    json!({
        "number": line.number,
        "name": line.name,
        "country": line.country,
        "type": line.kind.as_str(),
        "capabilities": line.capabilities,
        "users": users.collect::<Vec<_>>(),
    })
}

fn v1_json_of(line: &Line) -> Value {
    json!({
        "number": line.number,
        "name": line.name,
        "country": line.country,
        "is_shared_number": line.user_ids.len() > 1,
    })
}
