//! The handlers of the operations. A handler gets an authenticated, permitted request and the state;
//! quotas, idempotency and logging are handled in `pipeline`.

pub(crate) mod analytics;
pub(crate) mod conversations;
pub(crate) mod crm;
mod dates;
pub(crate) mod dialing_queues;
pub(crate) mod me;
pub(crate) mod partner;
pub(crate) mod phone_numbers;
pub(crate) mod summary_templates;
pub(crate) mod tags;
pub(crate) mod users;
pub(crate) mod v1;
pub(crate) mod webhooks;

use serde_json::{Map, Value};

use crate::app::App;
use crate::auth::ApiKey;
use crate::errors::{ApiError, Code};
use crate::request::Received;
use crate::state::{State, phone};

/// The context of a handler.
pub(crate) struct Context<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a Received,
    pub(crate) key: &'a ApiKey,
}

impl Context<'_> {
    /// The id of the team of the key's owner.
    pub(crate) fn team_id(&self, state: &State) -> Result<String, ApiError> {
        let team = state.users.team_of(&self.key.owner);
        team.map(|team| team.id.clone()).ok_or_else(no_team)
    }
}

/// The fields of a JSON object.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Validates a number in E.164 form.
fn e164(name: &str, number: &str) -> Result<String, ApiError> {
    phone::e164(number).ok_or_else(|| {
        let message = format!("{name} is not a phone number in E.164 form.");
        ApiError::new(Code::InvalidPhoneFormat, message)
            .param(name)
            .suggestion("Write it as + and 8 to 15 digits; in a URL, + is %2B.")
    })
}

fn no_team() -> ApiError {
    let message = "The owner of this API key belongs to no team.";
    ApiError::new(Code::TeamNotFound, message)
}
