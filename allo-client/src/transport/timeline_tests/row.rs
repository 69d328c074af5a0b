//! Parses the tables. A line is `call | responses | waits | result`:
//!
//! * call: `read` or `write`, or `any` for both, or `text` for a write that may not be
//!   retried; then options as `name=value`
//!   (`deadline`, `timeout` in seconds, `attempts`, `budget`, `base`, `slow` for
//!   the seconds each attempt takes, `replay` to retry a `text` nevertheless).
//! * responses, separated by `;`, the last one repeated without end: a status and the content
//!   of the response (`v2:CODE`, `v1:CODE`, `html`, `says:NAME`, `+retryable`, `-retryable`,
//!   `body-wait=…`, `name:value` headers), or `refused`, `lost`, `stalls`,
//!   `unsendable`, `redirected`; `part` and `huge` are incomplete bodies.
//! * waits before each further attempt: `<250` is backoff of up to 250 ms, `7s` is
//!   the server's delay of 7 s and at most a tenth, or half a second, more.
//! * result: an outcome if the call succeeds, `!` and the outcome if it fails;
//!   then `again=seconds` and quoted words of the error.
//!
//! A `{a, b}` in a line expands to two lines.

use std::ops::RangeInclusive;
use std::time::Duration;

#[derive(Clone, Debug)]
pub(in crate::transport) struct Row {
    pub(in crate::transport) text: String,
    pub(in crate::transport) is_write: bool,
    /// Whether nothing says that it honours keys.
    pub(in crate::transport) is_unproven: bool,
    pub(in crate::transport) options: Vec<(String, f64)>,
    pub(in crate::transport) answers: Vec<Vec<String>>,
    pub(in crate::transport) waits: Vec<RangeInclusive<Duration>>,
    pub(in crate::transport) expected: Expected,
}

#[derive(Clone, Debug, Default)]
pub(in crate::transport) struct Expected {
    pub(in crate::transport) succeeds: bool,
    outcome: String,
    pub(in crate::transport) retry_after: Option<u64>,
    pub(in crate::transport) says: Vec<String>,
}

impl Expected {
    pub(in crate::transport) fn is(&self, outcome: &str) -> bool {
        self.outcome == outcome
    }
}

impl Row {
    pub(in crate::transport) fn option(&self, name: &str) -> Option<f64> {
        let found = self.options.iter().find(|(option, _)| option == name);
        found.map(|(_, value)| *value)
    }

    fn new(text: &str, is_write: bool) -> Self {
        let columns: Vec<_> = text.split('|').map(str::trim).collect();
        let [call, answers, waits, ending] = columns[..] else {
            panic!("four columns: {text}");
        };
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let option = |word: &str| {
            let (name, value) = word.split_once('=').expect("name=value");
            (name.to_owned(), value.parse().expect("a number"))
        };
        Self {
            text: text.to_owned(),
            is_write,
            is_unproven: call.starts_with("text"),
            options: call.split_whitespace().skip(1).map(option).collect(),
            answers: answers.split(';').map(words).collect(),
            waits: waits.split_whitespace().map(wait).collect(),
            expected: expected(ending, is_write),
        }
    }
}

pub(in crate::transport) fn read(table: &str) -> Vec<Row> {
    let lines = table.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .flat_map(expand)
        .flat_map(|line| rows(&line))
        .collect()
}

fn rows(line: &str) -> Vec<Row> {
    match line.split_whitespace().next() {
        Some("read") => vec![Row::new(line, false)],
        Some("write" | "text") => vec![Row::new(line, true)],
        Some("any") => vec![Row::new(line, false), Row::new(line, true)],
        _ => panic!("read, write, text or any: {line}"),
    }
}

/// Expands `{a, b}`, wherever it is.
fn expand(line: &str) -> Vec<String> {
    let Some((before, rest)) = line.split_once('{') else {
        return vec![line.to_owned()];
    };
    let (choices, after) = rest.split_once('}').expect("a closing brace");
    let lines = choices
        .split(',')
        .map(|choice| format!("{before}{}{after}", choice.trim()));
    lines.flat_map(|line| expand(&line)).collect()
}

/// Timers go off up to a millisecond late, and never early.
const LATE: Duration = Duration::from_millis(1);

fn wait(text: &str) -> RangeInclusive<Duration> {
    if let Some(most) = text.strip_prefix('<') {
        let most = Duration::from_millis(most.parse().expect("milliseconds"));
        return Duration::ZERO..=most + LATE;
    }
    let seconds = text.strip_suffix('s').expect("seconds");
    let least = Duration::from_secs_f64(seconds.parse().expect("seconds"));
    let extra = (least / 10).min(Duration::from_millis(500));
    least..=least + extra + LATE
}

/// Reads the ending; a read has no outcome but done or not.
fn expected(text: &str, is_write: bool) -> Expected {
    let (words, quoted) = text.split_once('"').unwrap_or((text, ""));
    let mut words = words.split_whitespace();
    let outcome = words.next().expect("an outcome");
    let again = words.find_map(|word| word.strip_prefix("again="));
    let name = outcome.trim_start_matches('!');
    Expected {
        succeeds: !outcome.starts_with('!'),
        outcome: match name {
            "unknown" if !is_write => "not-executed",
            name => name,
        }
        .to_owned(),
        retry_after: again.map(|seconds| seconds.parse().expect("seconds")),
        says: quoted
            .split('"')
            .map(str::trim)
            .filter(|words| !words.is_empty())
            .map(str::to_owned)
            .collect(),
    }
}
