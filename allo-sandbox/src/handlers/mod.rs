//! What the operations do. A handler sees an authenticated, permitted request and the state;
//! quotas, idempotency and logging happen around it.

pub(crate) mod dialing_queues;
pub(crate) mod me;
pub(crate) mod users;

use crate::app::App;
use crate::auth::ApiKey;
use crate::errors::{ApiError, Code};
use crate::request::Received;
use crate::state::World;

/// What a handler works with.
pub(crate) struct Context<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a Received,
    pub(crate) key: &'a ApiKey,
}

impl Context<'_> {
    /// The id of the team whose data the key is about.
    pub(crate) fn team_id(&self, world: &World) -> Result<String, ApiError> {
        let team = world.users.team_of(&self.key.owner);
        team.map(|team| team.id.clone()).ok_or_else(no_team)
    }
}

fn no_team() -> ApiError {
    let message = "The owner of this API key belongs to no team.";
    ApiError::new(Code::TeamNotFound, message)
}
