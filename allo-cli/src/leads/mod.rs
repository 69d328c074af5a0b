//! Lists of leads in files: CSV, TSV or JSON lines, read row by row. Which column is
//! what is in `headers`, what is wrong with quotes in `quotes`, rows that are given
//! back in `rejects` at their `place`. Whether a lead is any good is the client's to say.

mod delimited;
pub(crate) mod headers;
mod json_lines;
pub(crate) mod place;
mod quotes;
pub(crate) mod rejects;
mod source;

use std::path::Path;

use allo_client::types::NewQueueNumber;
use clap::ValueEnum;
use serde_json::{Map, Value};

use crate::exit::Exit;
use crate::failure::Failure;
use headers::Mapping;

/// How a list is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Values between commas or semicolons, below a header
    Csv,
    /// Values between tabs, below a header
    Tsv,
    /// A JSON object a line
    Jsonl,
}

/// A lead and where it was.
pub(crate) struct Row {
    /// The line it begins in, from 1.
    pub(crate) line: u64,
    pub(crate) lead: NewQueueNumber,
    pub(crate) raw: Raw,
}

/// A row as it was written.
#[derive(Debug)]
pub(crate) enum Raw {
    Record(csv::StringRecord),
    Object(Map<String, Value>),
}

/// What it takes to write rows in the form in which they came.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Delimited {
        delimiter: u8,
        header: csv::StringRecord,
        /// The byte order mark, if there was one.
        mark: &'static [u8],
    },
    JsonLines,
}

/// The rows of a list.
pub(crate) enum Leads {
    Delimited(delimited::Delimited),
    JsonLines(json_lines::JsonLines),
}

impl Leads {
    /// Opens a file, or stdin for `-`.
    pub(crate) fn open(
        path: &Path,
        format: Option<ListFormat>,
        mapping: Mapping,
    ) -> Result<Self, Failure> {
        Self::read(source::open(path, format)?, mapping)
    }

    fn read(source: source::Source, mapping: Mapping) -> Result<Self, Failure> {
        Ok(match source.form {
            source::Form::Delimited(delimiter) => {
                Self::Delimited(delimited::Delimited::new(source, delimiter, &mapping)?)
            }
            source::Form::JsonLines => {
                Self::JsonLines(json_lines::JsonLines::new(source.text, mapping))
            }
        })
    }

    pub(crate) fn shape(&self) -> Shape {
        match self {
            Self::Delimited(rows) => rows.shape(),
            Self::JsonLines(_) => Shape::JsonLines,
        }
    }

    /// Columns that stand for nothing.
    pub(crate) fn unused(&self) -> Vec<String> {
        match self {
            Self::Delimited(rows) => rows.unused(),
            Self::JsonLines(_) => Vec::new(),
        }
    }
}

impl Iterator for Leads {
    type Item = Result<Row, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Delimited(rows) => rows.next(),
            Self::JsonLines(rows) => rows.next(),
        }
    }
}

/// A list that cannot be understood, by the line at fault.
fn damaged(line: u64, what: &str) -> Failure {
    Failure::new(Exit::Validation, format!("line {line} of the list: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, form: source::Form) -> Result<Vec<Row>, Failure> {
        mapped(text, form, Mapping::default())
    }

    fn mapped(text: &str, form: source::Form, mapping: Mapping) -> Result<Vec<Row>, Failure> {
        let text: source::Text = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mark = b"";
        Leads::read(source::Source { text, form, mark }, mapping)?.collect()
    }

    fn csv(text: &str) -> Result<Vec<Row>, Failure> {
        rows(text, source::Form::Delimited(b','))
    }

    #[test]
    fn a_row_becomes_a_lead() {
        let text = "Prénom,Nom,Téléphone,E-mail,Société\n\
                    Marie,Dupont,+33 1 99 00 12 34,a@example.com; b@example.com,\n\
                    \"Du\npont\", , +12125550101 ,,Bakery\n";
        let rows = csv(text).ok().unwrap();
        let wanted = NewQueueNumber::new("+33 1 99 00 12 34")
            .name("Marie".to_owned())
            .last_name("Dupont".to_owned())
            .emails(vec!["a@example.com".to_owned(), "b@example.com".to_owned()]);
        assert!(rows[0].lead == wanted);
        let wanted = NewQueueNumber::new("+12125550101")
            .name("Du\npont".to_owned())
            .company("Bakery".to_owned());
        assert!(rows[1].lead == wanted);
        assert_eq!((rows[0].line, rows[1].line), (2, 3));
    }

    #[test]
    fn a_line_of_json_becomes_a_lead() {
        let text = "{\"phone\": 12125550101, \"emails\": [\"a@example.com\"], \"x\": {}}\n\n\
                    {\"Telefon\": \"\", \"numero\": \"+33199000000\", \"reason\": \"bad\"}\n";
        let rows = rows(text, source::Form::JsonLines).ok().unwrap();
        assert_eq!(rows[0].lead.number, "12125550101");
        assert_eq!(rows[1].lead.number, "+33199000000");
        assert_eq!(rows[1].line, 3);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let table = [
            (
                csv("phone\n1\n\"2\n3"),
                "line 3 of the list: a quote is never closed",
            ),
            (
                csv("phone\n1\n2\"2\n3"),
                "line 3 of the list: a quote in the middle",
            ),
            (
                csv("phone\n\"1\"2\n3"),
                "line 2 of the list: text after a closing quote",
            ),
            (
                csv("colour\nred\n"),
                "no column is known to hold the number",
            ),
            (csv(""), "the list is empty"),
            (
                rows("{\"phone\": \"1\"}\n[1]\n", source::Form::JsonLines),
                "line 2 of the list: ",
            ),
            (
                rows("{\"phone\": \n", source::Form::JsonLines),
                "line 1 of the list: ",
            ),
            (
                rows("[\n{\"phone\": \"1\"}\n]\n", source::Form::JsonLines),
                "this is an array, not JSON lines",
            ),
            (
                rows("{\"colour\": \"red\"}\n", source::Form::JsonLines),
                "no column is known to hold the number; there are colour",
            ),
        ];
        for (read, expected) in table {
            let failure = read.err().unwrap();
            assert!(failure.to_string().contains(expected), "{failure}");
            assert_eq!(failure.exit(), Exit::Validation);
        }
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let lines = |text: &str| -> Vec<u64> {
            let rows = csv(text).ok().unwrap();
            rows.iter().map(|row| row.line).collect()
        };
        assert_eq!(lines("phone\r\n1\r\n2\r\n"), [2, 3]);
        assert_eq!(lines("phone\n\n1\n\n\n2\n"), [3, 6]);
        assert_eq!(lines("\r\nphone\r\n\r\n1\r\n\r\n2"), [4, 6]);
        assert_eq!(lines("phone\r1\r\r2\r"), [2, 4]);
        assert_eq!(lines("phone,name\r\n1,\"a\r\nb\"\r\n2,c\r\n"), [2, 4]);
        assert_eq!(lines("phone\n\"\"\n \n3\n"), [2, 3, 4]);
    }

    #[test]
    fn lines_far_behind_are_counted_too() {
        let text: String = (0..5_000).map(|_| "12125550101\r\n\r\n").collect();
        let rows = csv(&format!("phone\r\n{text}")).ok().unwrap();
        assert_eq!(rows.last().map(|row| row.line), Some(10_000));
    }

    #[test]
    fn a_line_of_json_without_number_is_a_lead_without_number() {
        let form = source::Form::JsonLines;
        let text = "{\"name\": \"Bo\"}\n{\"phone\": \"1\"}\n";
        let rows = rows(text, form).ok().unwrap();
        assert_eq!(rows[0].lead.number, "");
        assert_eq!(rows[1].lead.number, "1");
        let map = |text: &str| Mapping::read(&[text.to_owned()]).ok().unwrap();
        let rows = mapped(text, form, map("name=company")).ok().unwrap();
        assert!(rows[0].lead == NewQueueNumber::new("").company("Bo".to_owned()));
        let failure = mapped(text, form, map("fax=number")).err().unwrap();
        assert!(failure.to_string().contains("--map names the column fax"));
    }

    #[test]
    fn short_and_long_rows_are_rows() {
        let rows = csv("phone,name\n1\n2,b,c\n").ok().unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows[0].lead == NewQueueNumber::new("1"));
    }
}
