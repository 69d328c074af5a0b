//! Errors of the command: what failed, why, under which request id and what to do next, as
//! text or as one line of JSON. Never contains an API key.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use allo_client::{Error, ErrorCode, OpenEnum, Outcome};
use serde_json::{Map, Value, json};

use crate::escape;
use crate::exit::Exit;
use crate::stderr;

/// The next step if there is no API key.
pub(crate) const KEY_ADVICE: &str =
    "set ALLO_API_KEY, store a key with `allo login`, or try the command with --sandbox";

/// An error that ends the program.
pub(crate) struct CliError {
    exit: Exit,
    message: String,
    next: Option<String>,
    /// Further details, in order.
    details: Vec<(&'static str, Value)>,
}

impl CliError {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            next: None,
            details: Vec::new(),
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Sets the next step.
    pub(crate) fn next(mut self, advice: impl Into<String>) -> Self {
        self.next = Some(advice.into());
        self
    }

    /// Appends a step after the next one.
    pub(crate) fn then(mut self, advice: &str) -> Self {
        self.next = Some(match self.next {
            Some(next) => format!("{}, then {advice}", next.trim_end_matches('.')),
            None => advice.to_owned(),
        });
        self
    }

    /// Prefixes the message with its context.
    pub(crate) fn context(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    /// Changes the exit status.
    pub(crate) const fn with_exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// A file that cannot be used.
    pub(crate) fn file(exit: Exit, what: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(exit, format!("cannot {what} {}: {error}", path.display()))
    }

    pub(crate) fn detail(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// Adds the message of another error as a detail.
    pub(crate) fn also(self, name: &'static str, other: &Self) -> Self {
        self.detail(name, other.message.as_str())
    }

    /// Removes the idempotency key, for commands that do not accept one.
    pub(crate) fn without_key(mut self) -> Self {
        let key = ["idempotency_key", "retry_until"];
        self.details.retain(|(name, _)| !key.contains(name));
        self
    }

    fn json(&self) -> Value {
        let mut error = Map::new();
        error.insert("kind".to_owned(), self.exit.word().into());
        error.insert("exit_code".to_owned(), self.exit.code().into());
        error.insert("message".to_owned(), self.message.as_str().into());
        error.insert("next".to_owned(), json!(self.next));
        for (name, value) in &self.details {
            error.insert((*name).to_owned(), value.clone());
        }
        json!({ "error": error })
    }
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for CliError {
    fn from(error: &Error) -> Self {
        let mut failure = Self::new(Exit::of(error), message(error));
        failure.next = next(error);
        if let Some(operation) = error.operation() {
            failure = failure.detail("operation", operation);
        }
        if let Some(status) = error.status() {
            failure = failure.detail("status", status);
        }
        if let Some(code) = error.code() {
            failure = failure.detail("code", code.as_str());
        }
        if let Some(param) = error.param() {
            failure = failure.detail("param", param);
        }
        if let Some(id) = error.request_id() {
            failure = failure.detail("request_id", id);
        }
        if let Some(wait) = error.retry_after() {
            failure = failure.detail("retry_after_seconds", wait.as_secs_f64().ceil());
        }
        match error.outcome() {
            Outcome::Unknown {
                key, retry_until, ..
            } if failure.exit == Exit::Unknown && !error.is_replay_unproven() => failure
                .detail("idempotency_key", key.as_str())
                .detail("retry_until", retry_until.to_string()),
            _ => failure,
        }
    }
}

/// The message of an error, without advice for programmers. For a response without an error
/// code the status is added.
pub(crate) fn message(error: &Error) -> String {
    let text = error.message().trim_end_matches('.');
    match (text, error.status(), error.code()) {
        // The response of a gateway has no message.
        ("", ..) => error.to_string(),
        (text, Some(status), None) => format!("the service answered {status}: {text}"),
        (text, ..) => text.to_owned(),
    }
}

/// The next step for a user of the command.
fn next(error: &Error) -> Option<String> {
    if error.is_replay_unproven() {
        let advice = "check whether the request was executed before you run the command again; another run \
                      may execute it twice";
        return Some(advice.to_owned());
    }
    if matches!(error.outcome(), Outcome::Unknown { .. }) && Exit::of(error) == Exit::Unknown {
        return Some(
            "retry the command with --idempotency-key and the key above, before the time above; \
             it cannot be executed twice"
                .to_owned(),
        );
    }
    if error.is_assignee_not_found() {
        let advice = "pass --teammate an id or e-mail address from `allo users`";
        return Some(advice.to_owned());
    }
    if error.is_configuration() && error.param() == Some("api_key") {
        let advice = error.suggestion().unwrap_or(KEY_ADVICE);
        return Some(advice.to_owned());
    }
    if error.code() == Some(&ErrorCode::DialingQueueLimitReached) {
        let advice = match error.status() {
            Some(_) => "make room with `allo queue clear`",
            // The check of --capacity failed before any request.
            None => "make room with `allo queue clear`, or add --what-fits to push the first ones",
        };
        return Some(advice.to_owned());
    }
    if error.is_connect() {
        return Some("check the network and --base-url, then retry".to_owned());
    }
    error.suggestion().map(str::to_owned)
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // File names, headers of lists and responses are untrusted.
        f.write_str(&escape::line(&self.message))?;
        for (name, value) in &self.details {
            let shown = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let shown = escape::line(&shown);
            write!(f, "\n  {:<10} {shown}", name.replace('_', " "))?;
        }
        match &self.next {
            Some(next) => write!(f, "\n  {:<10} {}", "next", escape::line(next)),
            None => Ok(()),
        }
    }
}

/// The format of errors.
#[derive(Clone, Copy)]
pub(crate) enum ErrorFormat {
    Text,
    Json,
}

impl ErrorFormat {
    /// Determines the format from the arguments, even if they are otherwise invalid.
    pub(crate) fn from_arguments(arguments: &[OsString]) -> Self {
        let own = arguments.iter().take_while(|argument| *argument != "--");
        match own.into_iter().any(|argument| argument == "--json-errors") {
            true => Self::Json,
            false => Self::Text,
        }
    }

    pub(crate) const fn is_json(self) -> bool {
        matches!(self, Self::Json)
    }

    /// Prints an error to stderr.
    pub(crate) fn show(self, failure: &CliError) {
        let text = match self {
            Self::Json => escape::json(&failure.json().to_string()),
            Self::Text => {
                let error = console::style("error:").red().bold().for_stderr();
                format!("{error} {failure}")
            }
        };
        stderr::print_stderr(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_details_and_a_next_step() {
        let failure = CliError::usage("no such file")
            .next("check the path")
            .detail("request_id", "req-1")
            .detail("status", 404);
        assert_eq!(
            failure.to_string(),
            "no such file\n  request id req-1\n  status     404\n  next       check the path"
        );
        let json = failure.json();
        assert_eq!(json["error"]["exit_code"], 2);
        assert_eq!(json["error"]["kind"], "usage");
        assert_eq!(json["error"]["next"], "check the path");
    }

    #[test]
    fn an_error_cannot_control_the_terminal() {
        let failure = CliError::usage("a\u{1b}[2J")
            .next("b\u{1b}[1A\u{9b}")
            .detail("param", "c\rd\n");
        let text = failure.to_string();
        assert!(text.lines().all(|line| !line.contains(char::is_control)));
        assert_eq!(text.lines().count(), 3, "{text:?}");
    }

    #[test]
    fn json_errors_are_found_before_the_arguments_are_read() {
        let wanted = |arguments: &[&str]| {
            let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
            ErrorFormat::from_arguments(&arguments).is_json()
        };
        assert!(wanted(&["allo", "users", "--json-errors", "--bad"]));
        assert!(!wanted(&["allo", "users", "--", "--json-errors"]));
    }
}
