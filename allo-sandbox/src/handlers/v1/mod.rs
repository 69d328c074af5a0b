//! v1 of the API: calls, contacts, the history of a contact, and text messages. It uses the same
//! data as v2. Its errors have a different envelope, which is chosen in
//! `pipeline`.

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
