//! Reads lists of leads row by row: CSV, TSV or JSON Lines. `source` opens a list and
//! detects its syntax, `headers` assigns fields to columns (by `field` titles, by `mapping`,
//! or as in an `exported` list), `quotes` checks quotes, `rejects` writes rows that were not
//! added. The client decides whether a lead is valid.

mod delimited;
mod exported;
mod field;
mod headers;
mod json_lines;
pub(crate) mod mapping;
mod quotes;
pub(crate) mod rejects;
pub(crate) mod row;
pub(crate) mod source;

use std::path::Path;

use crate::error::CliError;
use mapping::Mapping;
use row::{Row, RowFormat};
use source::ListFormat;

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
    ) -> Result<Self, CliError> {
        Self::read(source::open(path, format)?, mapping)
    }

    fn read(source: source::Source, mapping: Mapping) -> Result<Self, CliError> {
        Ok(match source.form {
            source::ListSyntax::Delimited(delimiter) => {
                Self::Delimited(delimited::Delimited::new(source, delimiter, &mapping)?)
            }
            source::ListSyntax::JsonLines => {
                Self::JsonLines(json_lines::JsonLines::new(source.text, mapping))
            }
        })
    }

    pub(crate) fn shape(&self) -> RowFormat {
        match self {
            Self::Delimited(rows) => rows.shape(),
            Self::JsonLines(_) => RowFormat::JsonLines,
        }
    }

    /// Warnings about parts of the rows read so far that do not become leads.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let (unused, extra_cells) = match self {
            Self::Delimited(rows) => (rows.unused(), rows.extra_cells()),
            Self::JsonLines(rows) => (rows.unused(), None),
        };
        let most = unused.len().min(MAX_NAMED);
        let more = match unused.len() - most {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = unused.get(..most).unwrap_or_default().join(", ");
        let unused = (most > 0).then(|| format!("Columns ignored: {names}{more}"));
        unused.into_iter().chain(extra_cells).collect()
    }
}

impl Iterator for Leads {
    type Item = Result<Row, CliError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Delimited(rows) => rows.next(),
            Self::JsonLines(rows) => rows.next(),
        }
    }
}

/// The maximum number of ignored columns to name.
const MAX_NAMED: usize = 20;

#[cfg(test)]
mod tests {
    use allo_client::types::NewQueueNumber;

    use super::*;
    use crate::exit::Exit;

    fn rows(text: &str, form: source::ListSyntax) -> Result<Vec<Row>, CliError> {
        mapped(text, form, Mapping::default())
    }

    fn mapped(
        text: &str,
        form: source::ListSyntax,
        mapping: Mapping,
    ) -> Result<Vec<Row>, CliError> {
        let text: source::Text = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mark = b"";
        Leads::read(source::Source { text, form, mark }, mapping)?.collect()
    }

    fn csv(text: &str) -> Result<Vec<Row>, CliError> {
        rows(text, source::ListSyntax::Delimited(b','))
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
        let rows = rows(text, source::ListSyntax::JsonLines).ok().unwrap();
        assert_eq!(rows[0].lead.number, "12125550101");
        assert_eq!(rows[1].lead.number, "+33199000000");
        assert_eq!(rows[1].line, 3);
    }

    #[test]
    fn errors_have_their_line() {
        let table = [
            (
                csv("phone\n1\n\"2\n3"),
                "line 3 of the list: unclosed quote",
            ),
            (
                csv("phone\n1\n2\"2\n3"),
                "line 3 of the list: quote inside an unquoted field",
            ),
            (
                csv("phone\n\"1\"2\n3"),
                "line 2 of the list: text after a closing quote",
            ),
            (csv("colour\nred\n"), "no column with phone numbers found"),
            (csv(""), "the list is empty"),
            (
                rows("{\"phone\": \"1\"}\n[1]\n", source::ListSyntax::JsonLines),
                "line 2 of the list: ",
            ),
            (
                rows("{\"phone\": \n", source::ListSyntax::JsonLines),
                "line 1 of the list: ",
            ),
            (
                rows("[\n{\"phone\": \"1\"}\n]\n", source::ListSyntax::JsonLines),
                "a JSON array is not JSON Lines",
            ),
            (
                rows("{\"colour\": \"red\"}\n", source::ListSyntax::JsonLines),
                "no column with phone numbers found; the columns are colour",
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
    fn lines_of_long_lists_are_counted() {
        let text: String = (0..5_000).map(|_| "12125550101\r\n\r\n").collect();
        let rows = csv(&format!("phone\r\n{text}")).ok().unwrap();
        assert_eq!(rows.last().map(|row| row.line), Some(10_000));
    }

    #[test]
    fn a_line_of_json_without_number_is_a_lead_without_number() {
        let form = source::ListSyntax::JsonLines;
        let text = "{\"name\": \"Bo\"}\n{\"phone\": \"1\"}\n";
        let rows = rows(text, form).ok().unwrap();
        assert_eq!(rows[0].lead.number, "");
        assert_eq!(rows[1].lead.number, "1");
        let map = |text: &str| Mapping::read(&[text.to_owned()]).ok().unwrap();
        let rows = mapped(text, form, map("name=company")).ok().unwrap();
        assert!(rows[0].lead == NewQueueNumber::new("").company("Bo".to_owned()));
        let failure = mapped(text, form, map("fax=number")).err().unwrap();
        assert!(
            failure
                .to_string()
                .contains("--map names an unknown column: fax")
        );
    }

    #[test]
    fn short_and_long_rows_are_rows() {
        let rows = csv("phone,name\n1\n2,b,c\n").ok().unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows[0].lead == NewQueueNumber::new("1"));
    }

    /// The warnings about a list, and the numbers in it.
    fn warnings(text: &str, form: source::ListSyntax) -> (Vec<String>, Vec<String>) {
        let text: source::Text = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mark = b"";
        let source = source::Source { text, form, mark };
        let mut leads = Leads::read(source, Mapping::default()).ok().unwrap();
        let rows = leads
            .by_ref()
            .map(|row| row.ok().unwrap().lead.number.into_string());
        let numbers = rows.collect();
        (leads.warnings(), numbers)
    }

    #[test]
    fn ignored_parts_of_a_list_are_reported() {
        let form = source::ListSyntax::Delimited(b',');
        let (said, _) = warnings("phone,colour\n1,red,\n2,red,x\n3\n4,red,,y\n", form);
        assert_eq!(
            said,
            [
                "Columns ignored: colour",
                "Cells beyond the last column ignored: line 3, 5"
            ]
        );
        let many: String = (0..9).map(|_| "1,2\n").collect();
        let (said, _) = warnings(&format!("phone\n{many}"), form);
        let more = "Cells beyond the last column ignored: line 2, 3, 4, 5, 6 and 4 more";
        assert_eq!(said, [more]);
        let lines = "{\"phone\": \"1\", \"size\": 7}\n{\"phone\": \"1\", \"colour\": 7}\n";
        let (said, _) = warnings(lines, source::ListSyntax::JsonLines);
        assert_eq!(said, ["Columns ignored: colour, size"]);
        assert!(warnings("phone,name\n1,a\n", form).0.is_empty());
    }

    #[test]
    fn a_list_without_a_header_loses_no_lead() {
        let map = |texts: &[&str]| {
            let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
            Mapping::read(&texts).ok().unwrap()
        };
        let form = source::ListSyntax::Delimited(b',');
        let text = "Ann,+12125550151,red\nBo,+12125550152,blue\n";
        let rows = mapped(text, form, map(&["2=number", "1=name"]))
            .ok()
            .unwrap();
        assert_eq!((rows.len(), rows[0].line, rows[1].line), (2, 1, 2));
        let wanted = NewQueueNumber::new("+12125550151").name("Ann".to_owned());
        assert!(rows[0].lead == wanted);
        let failure = csv(text).err().unwrap().to_string();
        assert!(
            failure.contains("by position if the list has no header: --map 2=number"),
            "{failure}"
        );
    }

    #[test]
    fn exported_lists_can_be_read() {
        let queue = "position,number_to,call_start_date,routing_result\n0,+12125550151,,ANSWERED\n";
        let form = source::ListSyntax::Delimited(b',');
        assert_eq!(
            warnings(queue, form),
            (Vec::new(), vec!["+12125550151".to_owned()])
        );
        let line = "{\"number_to\": \"+12125550151\", \"position\": 0, \"call_id\": null}\n";
        let rows = rows(line, source::ListSyntax::JsonLines).ok().unwrap();
        assert!(rows[0].lead == NewQueueNumber::new("+12125550151"));
        let report = "line,lead.number,status,position,reason,lead.emails,lead.addresses\n\
                      2,'+1-212-555-0151,added,0,,a@example.com; b@example.com,1 Main St; 2 Elm St\n";
        let rows = csv(report).ok().unwrap();
        let wanted = NewQueueNumber::new("+1-212-555-0151")
            .emails(vec!["a@example.com".to_owned(), "b@example.com".to_owned()])
            .addresses(vec!["1 Main St".to_owned(), "2 Elm St".to_owned()]);
        assert!(rows[0].lead == wanted);
        assert!(warnings(report, form).0.is_empty());
        let line = "{\"status\": \"added\", \"lead\": {\"number\": \"1\", \"job_title\": \"x\"}, \"position\": 3}\n";
        let rows = super::tests::rows(line, source::ListSyntax::JsonLines)
            .ok()
            .unwrap();
        assert!(rows[0].lead == NewQueueNumber::new("1").job_title("x".to_owned()));
    }

    #[test]
    fn a_guarded_cell_is_unguarded() {
        let rows = csv("phone,name,company\n'+12125550151,'=1,'t Hof\n")
            .ok()
            .unwrap();
        let wanted = NewQueueNumber::new("+12125550151")
            .name("=1".to_owned())
            .company("'t Hof".to_owned());
        assert!(rows[0].lead == wanted);
    }
}
