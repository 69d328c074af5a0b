//! The operation table as text: complete for the snapshot, and in parts for the documentation.

use std::fmt::Write;

use allo_client::operation::{Operation, RateClass, RetrySafety, Rule};

/// All data of the table, for a snapshot.
///
/// # Panics
/// Never: writing to a `String` does not fail.
#[must_use]
pub fn whole(table: &[&Operation]) -> String {
    let mut text = String::new();
    for operation in table {
        describe(operation, &mut text).expect("a String takes all text");
    }
    text
}

/// The table of README.md.
#[must_use]
pub fn of_the_readme(table: &[&Operation]) -> String {
    let rows = table.iter().map(|operation| {
        let scopes = operation.scopes.iter().map(|scope| format!("`{scope}`"));
        let scopes = match scopes.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "any key".to_owned(),
            scopes => scopes,
        };
        let (id, method, path) = (operation.id, operation.method.as_str(), operation.path);
        let (tag, class) = (operation.tag, class(operation));
        format!("| `{id}` | `{method} {path}` | {tag} | {scopes} | {class} |\n")
    });
    let (rows, count) = (rows.collect::<String>(), table.len());
    format!(
        "\n| operation | request | tag | scope | quota |\n| --- | --- | --- | --- | --- |\n{rows}\n{count} operations.\n\n"
    )
}

/// The table of docs/reliability.md.
#[must_use]
pub fn of_reliability(table: &[&Operation]) -> String {
    let rows = table.iter().map(|operation| {
        let key = if operation.takes_idempotency_key() {
            "yes"
        } else {
            "no"
        };
        let all = "executed, not executed, unknown";
        let (safety, again, end) = match operation.retry_safety {
            RetrySafety::Read => ("read", "retried", "failed"),
            RetrySafety::Keyed => ("keyed", "retried with its key", all),
            RetrySafety::Unproven => ("unproven", "not retried", all),
        };
        let (id, class) = (operation.id, class(operation));
        format!("| `{id}` | {class} | {safety} | {key} | {again} | {end} |\n")
    });
    let rows: String = rows.collect();
    format!(
        "\n| operation | rate class | retry safety | idempotency key | after a lost response | can end as |\n\
         | --- | --- | --- | --- | --- | --- |\n{rows}\n"
    )
}

fn class(operation: &Operation) -> &'static str {
    match operation.rate_class() {
        RateClass::Read => "read",
        RateClass::Write => "write",
    }
}

fn describe(operation: &Operation, out: &mut String) -> std::fmt::Result {
    writeln!(out, "{} {}", operation.method.as_str(), operation.path)?;
    writeln!(
        out,
        "  {} ({}): {}",
        operation.id, operation.tag, operation.summary
    )?;
    writeln!(
        out,
        "  class {:?}, retry {:?}, idempotency key {}, body {:?}, scopes {:?}",
        operation.rate_class(),
        operation.retry_safety,
        operation.takes_idempotency_key(),
        operation.body,
        operation.scopes,
    )?;
    writeln!(
        out,
        "  success {:?}, settling codes {:?}",
        operation.success, operation.settling_codes
    )?;
    for field in operation.fields {
        let required = if field.required { ", required" } else { "" };
        write!(
            out,
            "  - {:?} {}: {:?}{required}",
            field.place, field.name, field.json_type
        )?;
        for rule in field.rules {
            write!(out, ", {}", limit(rule))?;
        }
        writeln!(out)?;
    }
    if let Some(pagination) = &operation.pagination {
        writeln!(
            out,
            "  pages: from {} by {:?} {}, items at {}, totals at {}",
            pagination.first, pagination.place, pagination.page, pagination.items, pagination.info
        )?;
    }
    if let Some(target) = &operation.teammate {
        writeln!(
            out,
            "  teammate: {:?} {} or {}",
            target.place,
            target.id.join(" + "),
            target.email
        )?;
    }
    writeln!(out)
}

fn limit(rule: &Rule) -> String {
    match rule {
        Rule::Range { min, max } => format!("range {}", bounds(min, max)),
        Rule::Length { min, max } => format!("length {}", bounds(min, max)),
        Rule::Items { min, max } => format!("items {}", bounds(min, max)),
        Rule::Email => "e-mail".to_owned(),
        unnamed => panic!("{unnamed:?} has no name here"),
    }
}

fn bounds<T: ToString>(min: &Option<T>, max: &Option<T>) -> String {
    let show = |bound: &Option<T>| bound.as_ref().map(T::to_string).unwrap_or_default();
    format!("{}..={}", show(min), show(max))
}
