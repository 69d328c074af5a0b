//! Validates the teammate of a call.

use crate::call::request::limits::is_email;
use crate::error::Error;
use crate::model::teammate::Teammate;

impl Teammate {
    /// Rejects an empty id or invalid address, which the server might take for the owner of the key.
    pub(crate) fn check(&self, name: &str) -> Result<(), Error> {
        let problem = match self {
            Self::Id(id) if id.as_str().trim().is_empty() => "must not be empty",
            Self::Email(email) if !is_email(email) => "is not a valid e-mail address",
            Self::Me | Self::Id(_) | Self::Email(_) => return Ok(()),
        };
        let message = format!("{name} of the teammate {problem}");
        Err(Error::invalid_request(message).with_param(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_could_be_taken_for_nobody_is_refused() {
        for teammate in [
            Teammate::id(""),
            Teammate::id(" \n"),
            Teammate::email("marie"),
        ] {
            assert!(teammate.check("user_id").unwrap_err().is_invalid_request());
        }
        for teammate in [
            Teammate::Me,
            Teammate::id("usr-1"),
            Teammate::email("m@example.com"),
        ] {
            assert!(teammate.check("user_id").is_ok());
        }
    }
}
