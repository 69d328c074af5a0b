//! Rows between delimiters, below a header. Quotes are checked in `quotes`.

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

use super::headers::{Columns, Mapping};
use super::quotes::{BadQuotes, QuoteCheck};
use super::source::{Source, Text};
use super::{Raw, Row, Shape, damaged};
use crate::exit::Exit;
use crate::failure::Failure;

/// The rows of a CSV or TSV file.
pub(crate) struct Delimited {
    reader: Reader<QuoteCheck<Text>>,
    delimiter: u8,
    header: StringRecord,
    mark: &'static [u8],
    columns: Columns,
}

impl Delimited {
    pub(super) fn new(source: Source, delimiter: u8, mapping: &Mapping) -> Result<Self, Failure> {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(QuoteCheck::new(source.text, delimiter));
        let header = reader.headers().cloned();
        let line = reader.get_mut().next_record();
        let header = header.map_err(|error| failure(&error, line))?;
        if header.iter().all(|title| title.trim().is_empty()) {
            return Err(Failure::new(Exit::Validation, "the list is empty")
                .next("its first line must name the columns"));
        }
        let titles: Vec<&str> = header.iter().collect();
        let columns = Columns::of(&titles, mapping)?;
        Ok(Self {
            reader,
            delimiter,
            header,
            mark: source.mark,
            columns,
        })
    }

    pub(super) fn shape(&self) -> Shape {
        Shape::Delimited {
            delimiter: self.delimiter,
            header: self.header.clone(),
            mark: self.mark,
        }
    }

    pub(super) fn unused(&self) -> Vec<String> {
        self.columns.unused(&self.header.iter().collect::<Vec<_>>())
    }

    pub(super) fn next(&mut self) -> Option<Result<Row, Failure>> {
        let mut record = StringRecord::new();
        let read = self.reader.read_record(&mut record);
        // The library takes blank lines before a row, and half of a CRLF, for its own.
        let line = self.reader.get_mut().next_record();
        match read {
            Ok(false) => None,
            Ok(true) => Some(Ok(Row {
                line,
                lead: self
                    .columns
                    .lead(|column| record.get(column).unwrap_or_default()),
                raw: Raw::Record(record),
            })),
            Err(error) => Some(Err(failure(&error, line))),
        }
    }
}

/// Why the row that begins in this line cannot be read.
fn failure(error: &csv::Error, line: u64) -> Failure {
    match error.kind() {
        ErrorKind::Io(error) => match error.get_ref().and_then(|it| it.downcast_ref()) {
            Some(BadQuotes { line, what }) => damaged(*line, what)
                .next("put quotes around the whole field, and double those inside it"),
            None => Failure::usage(format!("the list cannot be read: {error}")),
        },
        ErrorKind::Utf8 { .. } => {
            damaged(line, "this is not UTF-8").next("save the file as CSV with the encoding UTF-8")
        }
        _ => Failure::new(Exit::Validation, "the list cannot be read"),
    }
}
