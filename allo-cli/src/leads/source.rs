//! Opening a list and finding out how it is written: by the option, the name of the
//! file, or its first line.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use clap::ValueEnum;

use crate::error::CliError;
use crate::exit::Exit;

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

/// The bytes of a list.
pub(super) type Text = Box<dyn BufRead>;

/// A list that was opened.
pub(super) struct Source {
    /// Without the byte order mark.
    pub(super) text: Text,
    pub(super) form: ListSyntax,
    /// The byte order mark, if there was one.
    pub(super) mark: &'static [u8],
}

/// How a list is written, in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListSyntax {
    Delimited(u8),
    JsonLines,
}

/// A first line longer than this says nothing about the form any more.
const LONGEST_LINE: u64 = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Opens a file, or stdin for `-`.
pub(super) fn open(path: &Path, format: Option<ListFormat>) -> Result<Source, CliError> {
    let unreadable = |error| CliError::file(Exit::Usage, "read", path, &error);
    let mut text: Text = if path == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = File::open(path).map_err(unreadable)?;
        // Opening a directory succeeds; reading it would fail later, and less clearly.
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Err(CliError::usage(format!(
                "{} is a directory",
                path.display()
            )));
        }
        Box::new(BufReader::new(file))
    };
    let mut first = Vec::new();
    let read = text
        .by_ref()
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut first);
    read.map_err(unreadable)?;
    if is_utf16(&first) {
        let message = format!("{} is written as UTF-16", path.display());
        return Err(CliError::new(Exit::Validation, message).next("save it as UTF-8"));
    }
    let marked = first.starts_with(BYTE_ORDER_MARK);
    let mark = if marked { BYTE_ORDER_MARK } else { b"" };
    first.drain(..mark.len());
    let form = form(format.or_else(|| by_name(path)), &first);
    let text = Box::new(Cursor::new(first).chain(text));
    Ok(Source { text, form, mark })
}

/// By its byte order mark, or a zero where a list begins with a letter.
fn is_utf16(first: &[u8]) -> bool {
    matches!(
        first,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, ..] | [_, 0, ..]
    )
}

/// Whether a document begins here that is a JSON array, which gets a message of its own.
fn is_array(first: &[u8]) -> bool {
    let inside = first.trim_ascii().strip_prefix(b"[");
    inside.is_some_and(|inside| matches!(inside.trim_ascii_start().first(), None | Some(b'{')))
}

fn by_name(path: &Path) -> Option<ListFormat> {
    let extension = path.extension()?.to_str()?.to_lowercase();
    match extension.as_str() {
        "csv" => Some(ListFormat::Csv),
        "tsv" | "tab" => Some(ListFormat::Tsv),
        "jsonl" | "ndjson" => Some(ListFormat::Jsonl),
        _ => None,
    }
}

fn form(format: Option<ListFormat>, first: &[u8]) -> ListSyntax {
    match format {
        Some(ListFormat::Jsonl) => ListSyntax::JsonLines,
        Some(ListFormat::Tsv) => ListSyntax::Delimited(b'\t'),
        Some(ListFormat::Csv) => ListSyntax::Delimited(delimiter(first, b",;")),
        None if first.trim_ascii_start().starts_with(b"{") => ListSyntax::JsonLines,
        None if is_array(first) => ListSyntax::JsonLines,
        None => ListSyntax::Delimited(delimiter(first, b",;\t")),
    }
}

/// The one that is in the header most often; the first if none is.
fn delimiter(first: &[u8], candidates: &[u8]) -> u8 {
    let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
    // Of equals, `max_by_key` takes the last.
    let most = candidates.iter().rev().max_by_key(|byte| count(**byte));
    most.copied().unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_found_out() {
        let table = [
            (None, "a,b;c,d", ListSyntax::Delimited(b',')),
            (None, "a;b", ListSyntax::Delimited(b';')),
            (None, "a\tb", ListSyntax::Delimited(b'\t')),
            (None, "phone", ListSyntax::Delimited(b',')),
            (None, "  {\"a\": 1}", ListSyntax::JsonLines),
            (None, "[{\"a\": 1},", ListSyntax::JsonLines),
            (None, "[phone],b", ListSyntax::Delimited(b',')),
            (Some(ListFormat::Csv), "a;b", ListSyntax::Delimited(b';')),
            (Some(ListFormat::Tsv), "a;b", ListSyntax::Delimited(b'\t')),
            (Some(ListFormat::Jsonl), "a;b", ListSyntax::JsonLines),
        ];
        for (given, first, expected) in table {
            assert_eq!(form(given, first.as_bytes()), expected, "{first}");
        }
        assert_eq!(by_name(Path::new("a/Leads.TSV")), Some(ListFormat::Tsv));
        assert_eq!(by_name(Path::new("leads")), None);
    }
}
