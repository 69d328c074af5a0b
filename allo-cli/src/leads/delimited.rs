//! Reads rows of a CSV or TSV file, with or without a header. Quotes are checked in
//! `quotes`.

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

use super::headers::Columns;
use super::mapping::Mapping;
use super::quotes::{BadQuotes, QuoteCheck};
use super::row::{RawRow, Row, RowFormat, syntax_error};
use super::source::{Source, Text};
use crate::error::CliError;
use crate::escape;
use crate::exit::Exit;

/// The rows of a CSV or TSV file.
pub(crate) struct Delimited {
    reader: Reader<QuoteCheck<Text>>,
    delimiter: u8,
    header: StringRecord,
    mark: &'static [u8],
    columns: Columns,
    /// The first row of a list without a header, and its line.
    first: Option<(StringRecord, u64)>,
    /// The lines of rows with more cells than the list has columns: the first few lines, and the
    /// total number.
    longer: (Vec<u64>, usize),
}

/// The maximum number of lines to name in a warning.
const MAX_NAMED: usize = 5;

impl Delimited {
    pub(super) fn new(source: Source, delimiter: u8, mapping: &Mapping) -> Result<Self, CliError> {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(QuoteCheck::new(source.text, delimiter));
        let header = reader.headers().cloned();
        let line = reader.get_mut().next_record();
        let header = header.map_err(|error| failure(&error, line))?;
        if header.iter().all(|title| title.trim().is_empty()) {
            return Err(CliError::new(Exit::Validation, "the list is empty")
                .next("the first line must be a header with column titles"));
        }
        let titles: Vec<&str> = header.iter().collect();
        let places = mapping.places(&titles)?;
        let (columns, header, first) = match places {
            Some(places) => {
                let columns = Columns::of_places(titles.len(), places);
                let names = StringRecord::from(columns.names());
                (columns, names, Some((header, line)))
            }
            None => (Columns::of(&titles, mapping)?, header, None),
        };
        Ok(Self {
            reader,
            delimiter,
            header,
            mark: source.mark,
            columns,
            first,
            longer: (Vec::new(), 0),
        })
    }

    pub(super) fn shape(&self) -> RowFormat {
        RowFormat::Delimited {
            delimiter: self.delimiter,
            header: self.header.clone(),
            mark: self.mark,
        }
    }

    pub(super) fn unused(&self) -> Vec<String> {
        self.columns.unused(&self.header.iter().collect::<Vec<_>>())
    }

    /// A warning about rows with more cells than columns, if there are any.
    pub(super) fn extra_cells(&self) -> Option<String> {
        let (named, count) = &self.longer;
        let lines: Vec<_> = named.iter().map(u64::to_string).collect();
        let more = match count.saturating_sub(named.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let lines = lines.join(", ");
        (*count > 0).then(|| format!("Cells beyond the last column ignored: line {lines}{more}"))
    }

    pub(super) fn next(&mut self) -> Option<Result<Row, CliError>> {
        if let Some((record, line)) = self.first.take() {
            return Some(Ok(self.row(record, line)));
        }
        let mut record = StringRecord::new();
        let read = self.reader.read_record(&mut record);
        // The csv crate counts blank lines before a row, and half of a CRLF, as part of it.
        let line = self.reader.get_mut().next_record();
        match read {
            Ok(false) => None,
            Ok(true) => Some(Ok(self.row(record, line))),
            Err(error) => Some(Err(failure(&error, line))),
        }
    }

    fn row(&mut self, record: StringRecord, line: u64) -> Row {
        let mut beyond = record.iter().skip(self.header.len());
        if beyond.any(|cell| !cell.trim().is_empty()) {
            let (named, count) = &mut self.longer;
            if named.len() < MAX_NAMED {
                named.push(line);
            }
            *count += 1;
        }
        let cell = |column| {
            let text = record.get(column).unwrap_or_default();
            vec![escape::unguarded(text).to_owned()]
        };
        Row {
            line,
            lead: self.columns.lead(cell),
            raw: RawRow::Record(record),
        }
    }
}

/// The error for the row that begins in this line.
fn failure(error: &csv::Error, line: u64) -> CliError {
    match error.kind() {
        ErrorKind::Io(error) => match error.get_ref().and_then(|it| it.downcast_ref()) {
            Some(BadQuotes { line, what }) => syntax_error(*line, what)
                .next("quote the whole field, and double the quotes inside it"),
            None => CliError::usage(format!("cannot read the list: {error}")),
        },
        ErrorKind::Utf8 { .. } => {
            syntax_error(line, "invalid UTF-8").next("save the file as UTF-8")
        }
        _ => CliError::new(Exit::Validation, "cannot read the list"),
    }
}
