//! Parses error bodies: the envelope of v2 `{"error": {…}}`, that of v1 `{"code", "details"}`, or
//! neither. Parsing never fails, and its result contains no personal data.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::codec::structure;
use crate::error::code::ErrorCode;
use crate::model::open_enum::OpenEnum;
use crate::redact::Redactor;

/// The parsed error.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) code: Option<ErrorCode>,
    pub(crate) message: String,
    pub(crate) retryable: Option<bool>,
    pub(crate) request_id: Option<String>,
    pub(crate) param: Option<String>,
    pub(crate) suggestion: Option<String>,
    pub(crate) errors: Vec<FieldError>,
    pub(crate) retry_after: Option<Duration>,
}

/// One invalid field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldError {
    field: Option<String>,
    code: Option<String>,
    message: Option<String>,
}

impl FieldError {
    pub(crate) const fn new(
        field: Option<String>,
        code: Option<String>,
        message: Option<String>,
    ) -> Self {
        Self {
            field,
            code,
            message,
        }
    }

    /// The path of the field, dotted inside a body: `numbers[0].number`.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The code of the problem, for programs.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The description of the problem, for people. Phone numbers and e-mail addresses are masked.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

impl Envelope {
    /// An error with a message of the client itself.
    pub(crate) fn of_message(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// Parses an error out of a 2xx response: `{"error": {"code": …}}` without data.
    pub(crate) fn of_success(body: &[u8], redactor: &Redactor<'_>) -> Option<Self> {
        if body.len() > LONGEST_ERROR {
            return None;
        }
        // A body that is not UTF-8 is not JSON either.
        let text = std::str::from_utf8(body).ok()?;
        if !text.contains("\"error\"") {
            return None;
        }
        let object = serde_json::from_str::<Map<String, Value>>(text).ok()?;
        let error = object.get("error")?.as_object()?;
        let is_error = error.get("code").is_some_and(Value::is_string);
        (is_error && !object.contains_key("data")).then(|| Reader { redactor }.v2(error))
    }

    /// Parses the body of a response that is not a success.
    pub(crate) fn of_body(
        status: u16,
        body: &[u8],
        content_type: &str,
        redactor: &Redactor<'_>,
    ) -> Self {
        let parsed = structure::parse::<Value>(body);
        let mut envelope = match &parsed {
            Ok(Value::Object(object)) => Reader { redactor }.object(object),
            _ => Self::default(),
        };
        if envelope.message.is_empty() && envelope.code.is_none() {
            // Used without a status line, too, since such a response contains nothing else.
            let line = super::display::status_line(status, None);
            let body = describe(status, body, content_type, parsed.is_ok());
            envelope.message = format!("{line}: {body}");
        }
        envelope
    }

    /// Adds advice if the response is an HTML page with a status that the API itself could have
    /// sent.
    pub(crate) fn advise_on_page(&mut self, status: u16, body: &[u8], content_type: &str) {
        let is_page = is_page(body, content_type) && self.code.is_none();
        if status < 500 && is_page && self.suggestion.is_none() {
            self.suggestion = Some(PAGE_ADVICE.to_owned());
        }
    }
}

/// Who probably sent an HTML page instead of the API, and what to do. For a 5xx the status is
/// enough.
const PAGE_ADVICE: &str = "an HTML page answered, not the API: check the base URL; if it is correct, \
                           a proxy, a captive portal or a maintenance page intercepts the requests";

/// An error inside a success is short, so longer bodies are not searched for one.
const LONGEST_ERROR: usize = 16 * 1024;

/// Describes a body without a known error, without quoting it.
fn describe(status: u16, body: &[u8], content_type: &str, is_json: bool) -> String {
    let size = body.len();
    let text = body.trim_ascii_start();
    if text.is_empty() {
        "the response has no body".to_owned()
    } else if is_json && (200..=299).contains(&status) {
        format!("the response is JSON, but not a response of the API ({size} bytes)")
    } else if is_json {
        format!("the response is JSON without a known error ({size} bytes)")
    } else if is_page(body, content_type) {
        format!("the response is an HTML page, probably of a gateway ({size} bytes)")
    } else if content_type.contains("json") || text.starts_with(b"{") {
        format!("the response is malformed JSON ({size} bytes)")
    } else {
        format!("the response is not JSON ({size} bytes)")
    }
}

fn is_page(body: &[u8], content_type: &str) -> bool {
    let is_json = body.trim_ascii_start().starts_with(b"{");
    body.trim_ascii_start().starts_with(b"<") || (content_type.contains("html") && !is_json)
}

/// Reads fields one by one, so that a malformed field does not affect the others.
struct Reader<'a> {
    redactor: &'a Redactor<'a>,
}

impl Reader<'_> {
    fn object(&self, object: &Map<String, Value>) -> Envelope {
        match object.get("error") {
            Some(Value::Object(error)) => self.v2(error),
            // Frameworks and gateways send `{"error": "Not Found", "message": …}`.
            Some(Value::String(title)) => {
                let mut envelope = self.v2(object);
                if envelope.message.is_empty() {
                    envelope.message = self.redactor.clean(title);
                }
                envelope
            }
            _ if object.contains_key("details") => self.v1(object),
            _ => self.v2(object),
        }
    }

    fn v2(&self, error: &Map<String, Value>) -> Envelope {
        let seconds = error.get("retry_after_seconds").and_then(Value::as_f64);
        Envelope {
            code: self.code(error),
            message: self.text(error, "message").unwrap_or_default(),
            retryable: error.get("retryable").and_then(Value::as_bool),
            request_id: self.id(error, "request_id"),
            param: self.name(error, "param"),
            suggestion: self.text(error, "suggestion"),
            errors: self.field_errors(error.get("errors")),
            retry_after: seconds.and_then(seconds_to_duration),
        }
    }

    fn v1(&self, body: &Map<String, Value>) -> Envelope {
        let details = self.field_errors(body.get("details"));
        let texts: Vec<_> = details.iter().filter_map(FieldError::message).collect();
        Envelope {
            code: self.code(body),
            message: super::display::list(&texts),
            param: details.first().and_then(|first| first.field.clone()),
            retry_after: texts.iter().find_map(|text| packed_reset(text)),
            request_id: self.id(body, "request_id"),
            errors: details,
            ..Envelope::default()
        }
    }

    fn field_errors(&self, list: Option<&Value>) -> Vec<FieldError> {
        let items = list.and_then(Value::as_array).into_iter().flatten();
        let objects = items.filter_map(Value::as_object).take(MOST_FIELD_ERRORS);
        objects.map(|item| self.field_error(item)).collect()
    }

    fn field_error(&self, item: &Map<String, Value>) -> FieldError {
        let name = |name| self.name(item, name);
        FieldError::new(name("field"), name("code"), self.text(item, "message"))
    }

    fn code(&self, object: &Map<String, Value>) -> Option<ErrorCode> {
        let text = object.get("code")?.as_str()?;
        // An unknown code may echo data of the request.
        let known = ErrorCode::from(text);
        Some(if known.is_known() {
            known
        } else {
            self.redactor.clean_name(text).into()
        })
    }

    fn text(&self, object: &Map<String, Value>, name: &str) -> Option<String> {
        let text = object.get(name)?.as_str()?;
        let text = self.redactor.clean(text);
        (!text.is_empty()).then_some(text)
    }

    fn name(&self, object: &Map<String, Value>, name: &str) -> Option<String> {
        let text = object.get(name)?.as_str()?;
        let text = self.redactor.clean_name(text);
        (!text.is_empty()).then_some(text)
    }

    fn id(&self, object: &Map<String, Value>, name: &str) -> Option<String> {
        let text = object.get(name)?.as_str()?;
        self.redactor.clean_id(text)
    }
}

/// The maximum number of field errors that are kept.
const MOST_FIELD_ERRORS: usize = 100;

/// The wait in a detail of v1 that packs several values: `…;reset_in=<seconds>`.
fn packed_reset(text: &str) -> Option<Duration> {
    let mut parts = text.split(';').filter_map(|part| part.split_once('='));
    let (_, seconds) = parts.find(|(name, _)| name.trim() == "reset_in")?;
    seconds.trim().parse().ok().and_then(seconds_to_duration)
}

/// A wait in seconds; `None` if it is negative or implausible.
pub(crate) fn seconds_to_duration(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests;
