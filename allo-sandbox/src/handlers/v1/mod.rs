//! The first version of the API: calls, contacts, a contact's history and texts. It shows the
//! same calls, messages and lines as the second. Its refusals have an envelope of their own, which
//! is chosen outside the handlers.

pub(crate) mod calls;
pub(crate) mod contacts;
pub(crate) mod context;
pub(crate) mod history;
pub(crate) mod sms;
mod to_json;

use crate::errors::{ApiError, Code};

fn no_contact() -> ApiError {
    ApiError::new(
        Code::ContactNotFound,
        "The team has no contact with this id.",
    )
}
