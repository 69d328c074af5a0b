//! What the operations do. A handler sees an authenticated, permitted request and the state;
//! quotas, idempotency and logging happen around it.

pub(crate) mod dialing_queues;
pub(crate) mod me;
pub(crate) mod users;

use crate::app::App;
use crate::auth::ApiKey;
use crate::request::Received;

/// What a handler works with.
pub(crate) struct Context<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a Received,
    pub(crate) key: &'a ApiKey,
}
