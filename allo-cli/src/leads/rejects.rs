//! Writes rows that were not added, unchanged except for a column with the reason, so that
//! they can be fixed and pushed again. Reading ignores that column. The location of the file
//! is decided in `output_file`.

use std::io::{BufWriter, Write};
use std::path::Path;

use csv::StringRecord;
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::field::{REASON, is_reason};
use super::row::{RawRow, RowFormat};
use crate::error::CliError;
use crate::escape;
use crate::exit::Exit;
use crate::output_file::OutputFile;

/// A rejects file; it appears only when it is complete.
pub(crate) struct Rejects {
    output: OutputFile,
    shape: RowFormat,
    file: Option<Sink>,
    count: usize,
}

enum Sink {
    Delimited(Box<csv::Writer<NamedTempFile>>),
    JsonLines(BufWriter<NamedTempFile>),
}

impl Rejects {
    pub(crate) const fn new(output: OutputFile, shape: RowFormat) -> Self {
        Self {
            output,
            shape,
            file: None,
            count: 0,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.output.path()
    }

    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Writes a row with the reason.
    pub(crate) fn write(&mut self, raw: &RawRow, reason: &str) -> Result<(), CliError> {
        let sink = match self.file.take() {
            Some(sink) => Ok(sink),
            None => open(&self.output, &self.shape),
        };
        let written = sink.and_then(|mut sink| {
            match (&mut sink, raw) {
                (Sink::Delimited(writer), RawRow::Record(record)) => {
                    let reason = escape::csv(reason);
                    writer.write_record(&row(&self.shape, record, &reason))?;
                }
                (Sink::JsonLines(writer), RawRow::Object(object)) => {
                    let line = Value::Object(with_reason(object, reason)).to_string();
                    writeln!(writer, "{}", escape::json(&line))?;
                }
                // All rows of a list have one format.
                _ => {}
            }
            Ok(sink)
        });
        self.file = Some(written.map_err(|error| self.failed(&error))?);
        self.count += 1;
        Ok(())
    }

    /// Moves the file to its path, if it has any rows.
    pub(crate) fn finish(&mut self) -> Result<(), CliError> {
        let Some(sink) = self.file.take() else {
            return Ok(());
        };
        let file = match sink {
            Sink::Delimited(writer) => writer.into_inner().map_err(|error| error.into_error()),
            Sink::JsonLines(writer) => writer.into_inner().map_err(|error| error.into_error()),
        };
        file.and_then(|file| self.output.persist(file))
            .map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &std::io::Error) -> CliError {
        CliError::file(Exit::Other, "write", self.path(), error)
    }
}

fn open(output: &OutputFile, shape: &RowFormat) -> std::io::Result<Sink> {
    let mut file = output.temporary()?;
    Ok(match shape {
        RowFormat::JsonLines => Sink::JsonLines(BufWriter::new(file)),
        RowFormat::Delimited {
            delimiter,
            header,
            mark,
        } => {
            file.write_all(mark)?;
            let mut builder = csv::WriterBuilder::new();
            let mut writer = builder
                .delimiter(*delimiter)
                .flexible(true)
                .from_writer(file);
            writer.write_record(&row(shape, header, REASON))?;
            Sink::Delimited(Box::new(writer))
        }
    })
}

/// The record with the reason in its column; the column is appended if there is none.
fn row(shape: &RowFormat, record: &StringRecord, reason: &str) -> StringRecord {
    let RowFormat::Delimited { header, .. } = shape else {
        return record.clone();
    };
    let output = header.iter().position(is_reason).unwrap_or(header.len());
    let cells = |from: usize, to: usize| {
        let cells = (from..to).map(|column| record.get(column).unwrap_or_default());
        cells.collect::<Vec<_>>()
    };
    // Cells beyond the header follow the reason.
    let behind = if output < header.len() {
        output + 1
    } else {
        output
    };
    let end = record.len().max(header.len());
    let row = cells(0, output).into_iter().chain([reason]);
    row.chain(cells(behind, end)).collect()
}

fn with_reason(object: &Map<String, Value>, reason: &str) -> Map<String, Value> {
    let mut object = object.clone();
    object.retain(|key, _| !is_reason(key));
    object.insert(REASON.to_owned(), reason.into());
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(header: &[&str], record: &[&str]) -> Vec<String> {
        let shape = RowFormat::Delimited {
            delimiter: b',',
            header: StringRecord::from(header.to_vec()),
            mark: b"",
        };
        let row = row(&shape, &StringRecord::from(record.to_vec()), "bad");
        row.iter().map(str::to_owned).collect()
    }

    #[test]
    fn the_reason_has_one_column() {
        assert_eq!(written(&["phone", "name"], &["1", "a"]), ["1", "a", "bad"]);
        assert_eq!(written(&["phone", "name"], &["1"]), ["1", "", "bad"]);
        assert_eq!(
            written(&["phone", "Reason", "name"], &["1", "old", "a"]),
            ["1", "bad", "a"]
        );
        assert_eq!(
            written(&["phone"], &["1", "x", "y"]),
            ["1", "bad", "x", "y"]
        );
    }
}
