//! Reads JSON Lines. Keys are matched like column titles, line by line; missing columns are
//! reported at the end.

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

/// The rows of a JSON Lines file.
pub(crate) struct JsonLines {
    text: Text,
    mapping: Mapping,
    line: u64,
    /// The columns of the last line, reused if the next line has the same keys.
    known: Option<(Vec<String>, Columns)>,
    /// All keys so far.
    seen: BTreeSet<String>,
    /// Keys without a field in some line.
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
                    let message = format!("cannot read the list: {error}");
                    return Some(Err(CliError::usage(message)));
                }
            }
        }
    }

    /// Reports missing columns, once.
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

    /// Keys without a field in the lines so far.
    pub(super) fn unused(&self) -> Vec<String> {
        self.unused.iter().cloned().collect()
    }

    fn no_object(&self, text: &[u8]) -> CliError {
        match text.trim_ascii_start().first() {
            Some(b'[') => syntax_error(self.line, "a JSON array is not JSON Lines")
                .next("write one object per line, without the enclosing brackets"),
            _ => syntax_error(self.line, "not a JSON object"),
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

    /// Assigns fields to the keys of a line.
    fn columns(&mut self, keys: &[String]) -> Result<Columns, CliError> {
        self.seen.extend(keys.iter().cloned());
        let titles: Vec<&str> = keys.iter().map(String::as_str).collect();
        let columns = Columns::of_line(&titles, &self.mapping)
            .map_err(|failure| failure.context(&format!("line {} of the list", self.line)))?;
        self.unused.extend(columns.unused(&titles));
        Ok(columns)
    }
}

/// The texts of a value: one per element of an array.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            items.iter().map(format::for_programs).collect()
        }
        value => vec![format::for_programs(value)],
    }
}
