//! The rules of the retry loop as timelines: a scripted server, virtual time, and tables of its
//! responses and the reactions of the loop. `row` parses a row, `script` returns its responses; the
//! tables are the text files.

pub(super) mod row;
pub(super) mod script;

use std::time::Duration;

use row::{Expected, Row};
use script::Script;

use super::send_over;
use crate::error::{Error, Outcome};

/// What a row comes to.
const TABLES: [(&str, &str); 5] = [
    ("statuses", include_str!("statuses.txt")),
    ("codes", include_str!("codes.txt")),
    ("delays", include_str!("delays.txt")),
    ("losses", include_str!("losses.txt")),
    ("bounds", include_str!("bounds.txt")),
];

#[tokio::test(start_paused = true)]
async fn every_row_of_every_table() {
    let mut rows = 0;
    let mut wrong = Vec::new();
    for (table, text) in TABLES {
        for row in row::read(text) {
            rows += 1;
            if let Err(problem) = check(&row).await {
                wrong.push(format!("{table}: {}\n    {problem}", row.text));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {rows}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(rows >= 200, "only {rows} rows");
}

async fn check(row: &Row) -> Result<(), String> {
    // Other dice, other waits: the rule holds for all of them.
    for seed in 0..3 {
        let script = Script::new(row, seed);
        let result = send_over(&script, &script.context, &script.prepared).await;
        timeline(row, &script)?;
        ending(&row.expected, &result.map(|success| success.meta.outcome()))?;
    }
    Ok(())
}

/// As many attempts as there are, and the waits between them.
fn timeline(row: &Row, script: &Script) -> Result<(), String> {
    let waits = script.waits();
    let fits = waits.len() == row.waits.len()
        && waits
            .iter()
            .zip(&row.waits)
            .all(|(wait, range)| range.contains(wait));
    let requests = script.requests();
    if fits && requests == waits.len() + 1 || requests == 0 && row.expected.is("not-sent") {
        return script.same_key();
    }
    Err(format!(
        "{requests} requests, waits {waits:?}, expected {:?}",
        row.waits
    ))
}

fn ending(expected: &Expected, result: &Result<Outcome, Error>) -> Result<(), String> {
    let (name, error) = match result {
        Ok(outcome) => (name(outcome), None),
        Err(error) => (name(error.outcome()), Some(error)),
    };
    let same = expected.succeeds == error.is_none() && expected.is(name);
    let shown = error.map(ToString::to_string).unwrap_or_default();
    let again = error.and_then(Error::retry_after);
    let says = expected
        .says
        .iter()
        .all(|words| shown.contains(words.as_str()));
    let wait = expected
        .retry_after
        .is_none_or(|wait| again == Some(Duration::from_secs(wait)));
    if same && says && wait {
        return Ok(());
    }
    Err(format!(
        "ended as {name}, {again:?}, {shown:?}; expected {expected:?}"
    ))
}

const fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "not-sent",
        Outcome::NotExecuted => "not-executed",
        Outcome::Executed => "executed",
        Outcome::Replayed => "replayed",
        Outcome::Unknown { .. } => "unknown",
    }
}
