//! A JSON object a line. Keys are matched as headers are, line by line; what no line
//! has is told at the end.

use std::collections::BTreeSet;
use std::io::BufRead;

use serde_json::{Map, Value};

use super::exported;
use super::headers::{self, Columns};
use super::mapping::Mapping;
use super::row::{RawRow, Row, syntax_error};
use super::source::Text;
use crate::error::CliError;
use crate::format;

/// The rows of a file of JSON lines.
pub(crate) struct JsonLines {
    text: Text,
    mapping: Mapping,
    line: u64,
    /// What the keys of the last line stand for: mostly those of the next one, too.
    known: Option<(Vec<String>, Columns)>,
    /// All keys of all lines so far.
    seen: BTreeSet<String>,
    /// Keys that stood for nothing in some line.
    unused: BTreeSet<String>,
    /// Whether any line has a key for the number.
    has_number: bool,
    ended: bool,
}

impl JsonLines {
    pub(super) const fn new(text: Text, mapping: Mapping) -> Self {
        Self {
            text,
            mapping,
            line: 0,
            known: None,
            seen: BTreeSet::new(),
            unused: BTreeSet::new(),
            has_number: false,
            ended: false,
        }
    }

    pub(super) fn next(&mut self) -> Option<Result<Row, CliError>> {
        loop {
            let mut text = Vec::new();
            self.line += 1;
            match self.text.read_until(b'\n', &mut text) {
                Ok(0) => return self.end().err().map(Err),
                Ok(_) if text.trim_ascii().is_empty() => {}
                Ok(_) => return Some(self.row(&text)),
                Err(error) => {
                    let message = format!("the list cannot be read: {error}");
                    return Some(Err(CliError::usage(message)));
                }
            }
        }
    }

    /// Tells, once, what was looked for in vain.
    fn end(&mut self) -> Result<(), CliError> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        let titles: Vec<&str> = self.seen.iter().map(String::as_str).collect();
        self.mapping.check(&titles)?;
        match self.has_number || titles.is_empty() {
            true => Ok(()),
            false => Err(headers::without_number(&titles)),
        }
    }

    /// Keys that stand for nothing in the lines so far.
    pub(super) fn unused(&self) -> Vec<String> {
        self.unused.iter().cloned().collect()
    }

    fn no_object(&self, text: &[u8]) -> CliError {
        match text.trim_ascii_start().first() {
            Some(b'[') => syntax_error(self.line, "this is an array, not JSON lines")
                .next("write one object a line, without brackets around them"),
            _ => syntax_error(self.line, "this is not a JSON object"),
        }
    }

    fn row(&mut self, text: &[u8]) -> Result<Row, CliError> {
        let object: Map<String, Value> =
            serde_json::from_slice(text).map_err(|_| self.no_object(text))?;
        let (keys, values): (Vec<String>, Vec<&Value>) =
            exported::columns(&object).into_iter().unzip();
        let columns = match self.known.take() {
            Some((known, columns)) if known == keys => columns,
            _ => self.columns(&keys)?,
        };
        self.has_number |= columns.holds_number();
        let lead = columns.lead(|column| values.get(column).map_or(Vec::new(), |it| texts(it)));
        self.known = Some((keys, columns));
        Ok(Row {
            line: self.line,
            lead,
            raw: RawRow::Object(object),
        })
    }

    /// What the keys of a line stand for.
    fn columns(&mut self, keys: &[String]) -> Result<Columns, CliError> {
        self.seen.extend(keys.iter().cloned());
        let titles: Vec<&str> = keys.iter().map(String::as_str).collect();
        let columns = Columns::of_line(&titles, &self.mapping)
            .map_err(|failure| failure.context(&format!("line {} of the list", self.line)))?;
        self.unused.extend(columns.unused(&titles));
        Ok(columns)
    }
}

/// A value as cells: those of an array by themselves.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            items.iter().map(format::for_programs).collect()
        }
        value => vec![format::for_programs(value)],
    }
}
