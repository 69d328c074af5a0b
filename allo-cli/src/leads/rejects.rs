//! Rows that were not added, written as they came with a column for the reason: to be
//! mended and pushed again. That column is passed over when they are read.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use serde_json::{Map, Value};

use super::headers::REASON;
use super::{Raw, Shape};
use crate::exit::Exit;
use crate::failure::Failure;

/// A file of rejects, which is there once the first one is written.
pub(crate) struct Rejects {
    path: PathBuf,
    shape: Shape,
    file: Option<Sink>,
    count: usize,
}

enum Sink {
    Delimited(Box<csv::Writer<File>>),
    JsonLines(BufWriter<File>),
}

/// Where rejects go unless told: beside nobody's data, in the current directory.
pub(crate) fn default_path(list: &Path) -> PathBuf {
    let name = |part: Option<&std::ffi::OsStr>| part.map(|it| it.to_string_lossy().into_owned());
    let is_stdin = list == Path::new("-");
    let stem = name(list.file_stem()).filter(|_| !is_stdin);
    let extension = name(list.extension()).unwrap_or_else(|| "csv".to_owned());
    let stem = stem.unwrap_or_else(|| "leads".to_owned());
    PathBuf::from(format!("{stem}.rejects.{extension}"))
}

impl Rejects {
    pub(crate) const fn new(path: PathBuf, shape: Shape) -> Self {
        Self {
            path,
            shape,
            file: None,
            count: 0,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Writes a row and why it was not added.
    pub(crate) fn write(&mut self, raw: &Raw, reason: &str) -> Result<(), Failure> {
        let path = self.path.clone();
        let failed = |error| Failure::file(Exit::Other, "write", &path, &error);
        let mut sink = match self.file.take() {
            Some(sink) => sink,
            None => open(&self.path, &self.shape).map_err(failed)?,
        };
        let written = match (&mut sink, raw) {
            (Sink::Delimited(writer), Raw::Record(record)) => {
                let row = row(&self.shape, record, reason);
                writer.write_record(&row).map_err(std::io::Error::from)
            }
            (Sink::JsonLines(writer), Raw::Object(object)) => {
                writeln!(writer, "{}", Value::Object(with_reason(object, reason)))
            }
            // A list has one shape.
            _ => Ok(()),
        };
        written.map_err(failed)?;
        self.file = Some(sink);
        self.count += 1;
        Ok(())
    }

    /// Writes what is still in memory.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        let done = match &mut self.file {
            None => Ok(()),
            Some(Sink::Delimited(writer)) => writer.flush(),
            Some(Sink::JsonLines(writer)) => writer.flush(),
        };
        done.map_err(|error| Failure::file(Exit::Other, "write", &self.path, &error))
    }
}

fn open(path: &Path, shape: &Shape) -> std::io::Result<Sink> {
    let file = File::create(path)?;
    Ok(match shape {
        Shape::JsonLines => Sink::JsonLines(BufWriter::new(file)),
        Shape::Delimited { delimiter, header } => {
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

/// The record with the reason in its column: the one that is there, or one behind.
fn row(shape: &Shape, record: &StringRecord, reason: &str) -> StringRecord {
    let Shape::Delimited { header, .. } = shape else {
        return record.clone();
    };
    let place = header.iter().position(is_reason).unwrap_or(header.len());
    let cells = |from: usize, to: usize| {
        let cells = (from..to).map(|column| record.get(column).unwrap_or_default());
        cells.collect::<Vec<_>>()
    };
    // A row longer than its header keeps what is beyond it, behind the reason.
    let behind = if place < header.len() {
        place + 1
    } else {
        place
    };
    let end = record.len().max(header.len());
    let row = cells(0, place).into_iter().chain([reason]);
    row.chain(cells(behind, end)).collect()
}

fn with_reason(object: &Map<String, Value>, reason: &str) -> Map<String, Value> {
    let mut object = object.clone();
    object.retain(|key, _| !is_reason(key));
    object.insert(REASON.to_owned(), reason.into());
    object
}

/// Whether a column is the one that was added here.
pub(super) fn is_reason(title: &str) -> bool {
    title.trim().eq_ignore_ascii_case(REASON)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(header: &[&str], record: &[&str]) -> Vec<String> {
        let shape = Shape::Delimited {
            delimiter: b',',
            header: StringRecord::from(header.to_vec()),
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

    #[test]
    fn the_file_is_named_after_the_list() {
        let table = [
            ("data/leads.csv", "leads.rejects.csv"),
            ("leads.jsonl", "leads.rejects.jsonl"),
            ("-", "leads.rejects.csv"),
            ("leads", "leads.rejects.csv"),
        ];
        for (list, expected) in table {
            assert_eq!(default_path(Path::new(list)), Path::new(expected));
        }
    }
}
