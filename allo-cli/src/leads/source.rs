//! Opens a list and detects its syntax: by the option, the file name, or the first
//! line.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use clap::ValueEnum;

use crate::error::CliError;
use crate::exit::Exit;

/// The format of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Comma- or semicolon-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// One JSON object per line
    Jsonl,
}

/// The bytes of a list.
pub(super) type Text = Box<dyn BufRead>;

/// An open list.
pub(super) struct Source {
    /// The text without the byte order mark.
    pub(super) text: Text,
    pub(super) form: ListSyntax,
    /// The byte order mark, if the list has one.
    pub(super) mark: &'static [u8],
}

/// The detected syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListSyntax {
    Delimited(u8),
    JsonLines,
}

/// The maximum length of a first line for detection.
const LONGEST_LINE: u64 = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Opens a file, or stdin for `-`.
pub(super) fn open(path: &Path, format: Option<ListFormat>) -> Result<Source, CliError> {
    let unreadable = |error| CliError::file(Exit::Usage, "read", path, &error);
    let mut text: Text = if path == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = File::open(path).map_err(unreadable)?;
        // Opening a directory succeeds; reading it would fail later with a less clear error.
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
        let message = format!("{} is encoded as UTF-16", path.display());
        return Err(CliError::new(Exit::Validation, message).next("save it as UTF-8"));
    }
    let marked = first.starts_with(BYTE_ORDER_MARK);
    let mark = if marked { BYTE_ORDER_MARK } else { b"" };
    first.drain(..mark.len());
    let form = form(format.or_else(|| by_name(path)), &first);
    let text = Box::new(Cursor::new(first).chain(text));
    Ok(Source { text, form, mark })
}

/// Detects UTF-16 by its byte order mark, or by a zero byte at the start.
fn is_utf16(first: &[u8]) -> bool {
    matches!(
        first,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, ..] | [_, 0, ..]
    )
}

/// Whether the text begins a JSON array, which has its own error message.
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

/// The most frequent candidate in the header; the first if there is none.
fn delimiter(first: &[u8], candidates: &[u8]) -> u8 {
    let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
    // `max_by_key` returns the last of equal elements.
    let most = candidates.iter().rev().max_by_key(|byte| count(**byte));
    most.copied().unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_syntax_is_detected() {
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
