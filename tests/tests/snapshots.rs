//! Snapshots that show in a diff what a newer document changes: the operation table, the public surface of the
//! client, and one builder of each kind.

use std::fmt::Write;

use allo_client::operation::{Operation, Rule};
use allo_client::operations;
use tests::{public_surface, source};

#[test]
fn operation_table() {
    let mut text = String::new();
    for operation in operations::ALL {
        describe(operation, &mut text).expect("a String takes all text");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn public_surface() {
    insta::assert_snapshot!(public_surface::list(
        &source::client_sources().join("lib.rs")
    ));
}

/// One builder of each kind there is; the rest differ in names only.
#[test]
fn builders() {
    for (kind, tag, name) in [
        ("no_arguments", "users", "GetMe"),
        ("path_argument", "users", "GetUser"),
        ("query_filters", "users", "ListUsers"),
        (
            "paginated_with_teammate_in_query",
            "power_dialer",
            "GetCurrentDialingQueue",
        ),
        (
            "optional_body_with_teammate",
            "power_dialer",
            "ResetCurrentDialingQueue",
        ),
        (
            "nullable_body_fields",
            "power_dialer",
            "UpsertCurrentDialingQueue",
        ),
        (
            "required_body_list",
            "power_dialer",
            "AppendDialingQueueNumbers",
        ),
        (
            "delete_with_query",
            "power_dialer",
            "ClearDialingQueueNumbers",
        ),
    ] {
        let file = source::client_sources().join(format!("generated/builder/{tag}.rs"));
        insta::assert_snapshot!(format!("builder_{kind}"), source::items_of(&file, name));
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
        operation.retry_safety(),
        operation.takes_idempotency_key(),
        operation.body,
        operation.scopes,
    )?;
    for field in operation.fields {
        let required = if field.required { ", required" } else { "" };
        write!(
            out,
            "  - {:?} {}: {:?}{required}",
            field.place, field.name, field.kind
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
    }
}

fn bounds<T: ToString>(min: &Option<T>, max: &Option<T>) -> String {
    let show = |bound: &Option<T>| bound.as_ref().map(T::to_string).unwrap_or_default();
    format!("{}..={}", show(min), show(max))
}
