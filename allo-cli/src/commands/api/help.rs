//! Builds a clap subcommand for each operation in the operation table, with its fields,
//! limits, scopes and quota as help.

use std::fmt::Write;
use std::path::PathBuf;

use allo_client::operation::{Body, FieldSpec, JsonType, Operation, Place, Rule};
use allo_client::operations;
use clap::{Arg, ArgAction, Command, value_parser};

use super::{quota, writes};

pub(super) const FIELD: &str = "field";
pub(super) const BODY: &str = "body";
pub(super) const ALL: &str = "all";
pub(super) const KEY: &str = "idempotency-key";

/// Adds a subcommand for every operation.
pub(super) fn commands(command: Command) -> Command {
    let all = operations::ALL.iter().map(|operation| one(operation));
    command
        .subcommands(all)
        .subcommand_value_name("OPERATION")
        .subcommand_help_heading("Operations")
        .disable_help_subcommand(true)
        .after_help("Without an operation, lists all operations with their quota and scopes.")
}

fn one(operation: &'static Operation) -> Command {
    let mut command = Command::new(operation.id)
        .about(operation.summary)
        .after_help(details(operation));
    if !operation.fields.is_empty() {
        command = command.arg(field());
    }
    if operation.body != Body::None {
        command = command.arg(body());
    }
    if operation.pagination.is_some() {
        command = command.arg(all());
    }
    if writes(operation) {
        command = command.arg(key());
    }
    command
}

fn field() -> Arg {
    Arg::new(FIELD)
        .long(FIELD)
        .short('f')
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .help("Set a field; repeatable, also with the same name for lists")
}

fn body() -> Arg {
    Arg::new(BODY)
        .long(BODY)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("File with the JSON body; `-` reads stdin. Fields override it")
}

fn all() -> Arg {
    Arg::new(ALL)
        .long(ALL)
        .action(ArgAction::SetTrue)
        .help("Read all pages, starting with the requested one")
}

fn key() -> Arg {
    Arg::new(KEY).long(KEY).value_name("KEY").help(
        "Idempotency key; a request with the same key is executed at most once within an hour",
    )
}

/// The help text below the options.
pub(super) fn details(operation: &Operation) -> String {
    let mut text = String::new();
    if !operation.fields.is_empty() {
        text.push_str("Fields:\n");
    }
    let widest = operation.fields.iter().map(|field| field.name.len()).max();
    for spec in operation.fields {
        let width = widest.unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<width$}  {}", spec.name, described(spec));
    }
    if operation.teammate.is_some() {
        text.push_str("\nUse --teammate to select whose queue is used.\n");
    }
    let scopes = match operation.scopes {
        [] => "none".to_owned(),
        scopes => scopes.join(", "),
    };
    let (method, path) = (operation.method.as_str(), operation.path);
    let _ = write!(
        text,
        "\nRequest: {method} {path}\nScopes:  {scopes}\nQuota:   one {}",
        quota(operation)
    );
    text
}

/// Describes a field: `query, whole number, 1 to 100, required`.
fn described(spec: &FieldSpec) -> String {
    let place = match spec.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Body => "body",
        _ => "elsewhere",
    };
    let mut words = vec![place.to_owned(), kind(spec.json_type).to_owned()];
    words.extend(spec.rules.iter().map(limit));
    if spec.required {
        words.push("required".to_owned());
    }
    words.join(", ")
}

const fn kind(kind: JsonType) -> &'static str {
    match kind {
        JsonType::String => "text",
        JsonType::Integer => "whole number",
        JsonType::Number => "number",
        JsonType::Boolean => "true or false",
        JsonType::Array => "list",
        JsonType::Object => "object",
    }
}

fn limit(rule: &Rule) -> String {
    match *rule {
        Rule::Range { min, max } => bounds(min, max, ""),
        Rule::Length { min, max } => bounds(min, max, " characters"),
        Rule::Items { min, max } => bounds(min, max, " items"),
        Rule::Email => "e-mail address".to_owned(),
        _ => "limited".to_owned(),
    }
}

fn bounds<N: std::fmt::Display>(min: Option<N>, max: Option<N>, unit: &str) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}{unit}"),
        (Some(min), None) => format!("at least {min}{unit}"),
        (None, Some(max)) => format!("at most {max}{unit}"),
        (None, None) => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_described_with_its_limits() {
        let text = details(&operations::GET_CURRENT_DIALING_QUEUE);
        assert!(text.contains("query, whole number, 1 to 100"), "{text}");
        assert!(text.contains("Quota:   one read"), "{text}");
        let text = details(&operations::APPEND_DIALING_QUEUE_NUMBERS);
        assert!(text.contains("numbers[].number"), "{text}");
        assert!(text.contains("required"), "{text}");
    }
}
