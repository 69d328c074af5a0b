//! Rows between delimiters, below a header. Quotes are checked in `quotes`.

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

use super::headers::{Columns, Mapping};
use super::quotes::{BadQuotes, QuoteCheck};
use super::source::Text;
use super::{Raw, Row, Shape, damaged};
use crate::exit::Exit;
use crate::failure::Failure;

/// The rows of a CSV or TSV file.
pub(crate) struct Delimited {
    reader: Reader<QuoteCheck<Text>>,
    delimiter: u8,
    header: StringRecord,
    columns: Columns,
}

impl Delimited {
    pub(super) fn new(text: Text, delimiter: u8, mapping: &Mapping) -> Result<Self, Failure> {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(QuoteCheck::new(text, delimiter));
        let header = reader.headers().map_err(|error| failure(&error))?.clone();
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
            columns,
        })
    }

    pub(super) fn shape(&self) -> Shape {
        Shape::Delimited {
            delimiter: self.delimiter,
            header: self.header.clone(),
        }
    }

    pub(super) fn unused(&self) -> Vec<String> {
        self.columns.unused(&self.header.iter().collect::<Vec<_>>())
    }

    pub(super) fn next(&mut self) -> Option<Result<Row, Failure>> {
        let mut record = StringRecord::new();
        match self.reader.read_record(&mut record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(Row {
                line: record.position().map_or(0, csv::Position::line),
                lead: self
                    .columns
                    .lead(|column| record.get(column).unwrap_or_default()),
                raw: Raw::Record(record),
            })),
            Err(error) => Some(Err(failure(&error))),
        }
    }
}

fn failure(error: &csv::Error) -> Failure {
    match error.kind() {
        ErrorKind::Io(error) => match error.get_ref().and_then(|it| it.downcast_ref()) {
            Some(BadQuotes { line, what }) => damaged(*line, what)
                .next("put quotes around the whole field, and double those inside it"),
            None => Failure::usage(format!("the list cannot be read: {error}")),
        },
        ErrorKind::Utf8 { pos, .. } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            damaged(line, "this is not UTF-8").next("save the file as CSV with the encoding UTF-8")
        }
        _ => Failure::new(Exit::Validation, "the list cannot be read"),
    }
}
