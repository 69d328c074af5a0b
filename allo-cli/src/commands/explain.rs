//! `allo explain`: explains an error code and how to resolve it, from the client's
//! catalogue.

use allo_client::{ErrorCategory, ErrorCode, OpenEnum};
use clap::Args;
use serde_json::{Value, json};

use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{Column, Page, column, optional};
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Explain {
    /// Error code, such as ASSIGNEE_NOT_FOUND; all codes by default
    code: Option<String>,
}

const COLUMNS: &[Column] = &[
    column("code", "code"),
    column("category", "category"),
    column("what to do", "advice"),
    optional("retry helps", "retry_helps"),
    optional("exit code", "exit_code"),
];

pub(crate) fn run(session: &mut Session, arguments: &Explain) -> Result<(), CliError> {
    let Some(text) = &arguments.code else {
        let all = ErrorCode::KNOWN
            .iter()
            .map(|text| described(&ErrorCode::from(*text)));
        let page = Page::list(COLUMNS, all.collect(), "No error codes.");
        return session.printer.page(&page);
    };
    let code = ErrorCode::from(normal(text).as_str());
    if !code.is_known() {
        return Err(unknown(text));
    }
    session.printer.record(COLUMNS, described(&code))
}

/// Normalises a code to the spelling of the catalogue.
fn normal(text: &str) -> String {
    text.trim().to_uppercase().replace(['-', ' '], "_")
}

fn described(code: &ErrorCode) -> Value {
    let category = code.category();
    json!({
        "code": code.as_str(),
        "category": category.map(name),
        "advice": code.advice(),
        "retry_helps": code.retry_helps(),
        "exit_code": Exit::of_code(code).map(Exit::code),
    })
}

const fn name(category: ErrorCategory) -> &'static str {
    match category {
        ErrorCategory::Authentication => "authentication",
        ErrorCategory::Permission => "permission",
        ErrorCategory::Validation => "validation",
        ErrorCategory::Billing => "billing",
        ErrorCategory::NotFound => "not found",
        ErrorCategory::Conflict => "conflict",
        ErrorCategory::RateLimit => "rate limit",
        _ => "server",
    }
}

/// Suggests codes that share a word with the given one.
fn unknown(text: &str) -> CliError {
    let wanted = normal(text);
    let words: Vec<_> = wanted.split('_').filter(|word| word.len() > 3).collect();
    let shares = |code: &&&str| words.iter().any(|word| code.contains(word));
    let near: Vec<_> = ErrorCode::KNOWN
        .iter()
        .filter(shares)
        .take(5)
        .copied()
        .collect();
    let failure = CliError::new(Exit::NotFound, "unknown error code");
    match near.as_slice() {
        [] => failure.next("`allo explain` lists all error codes"),
        near => failure.next(format!("did you mean {}?", near.join(", "))),
    }
}
