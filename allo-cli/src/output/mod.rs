//! Prints results on stdout in the selected format, one module per format. `Stdout` handles a
//! closed pipe.

mod csv;
mod json;
mod jsonl;
mod stdout;
mod table;

use std::borrow::Cow;

use clap::ValueEnum;
use serde_json::Value;

use crate::error::CliError;
use crate::{escape, stderr, terminal};

use stdout::Stdout;

/// The formats of stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns for people, fitted to the terminal
    #[default]
    Table,
    /// One JSON document with the complete response
    Json,
    /// One line of JSON per entry
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

/// A column of a table or CSV file.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) title: Cow<'static, str>,
    /// The dotted path of the value in an entry.
    pub(crate) path: Cow<'static, str>,
    /// Whether a narrow terminal hides the column.
    pub(crate) optional: bool,
}

/// A column that is always shown.
pub(crate) const fn column(title: &'static str, path: &'static str) -> Column {
    Column {
        title: Cow::Borrowed(title),
        path: Cow::Borrowed(path),
        optional: false,
    }
}

/// A column that a narrow terminal hides.
pub(crate) const fn optional(title: &'static str, path: &'static str) -> Column {
    Column {
        title: Cow::Borrowed(title),
        path: Cow::Borrowed(path),
        optional: true,
    }
}

/// A complete result.
pub(crate) struct Page {
    /// The document for JSON.
    pub(crate) json: Value,
    /// Labels and texts above the table.
    pub(crate) head: Vec<(&'static str, String)>,
    pub(crate) columns: Vec<Column>,
    pub(crate) entries: Vec<Value>,
    /// The message for a table without entries.
    pub(crate) empty_message: &'static str,
}

impl Page {
    /// A document for JSON only.
    pub(crate) fn whole(json: Value) -> Self {
        Self {
            json,
            head: Vec::new(),
            columns: Vec::new(),
            entries: Vec::new(),
            empty_message: "",
        }
    }

    /// A list of entries.
    pub(crate) fn list(
        columns: &[Column],
        entries: Vec<Value>,
        empty_message: &'static str,
    ) -> Self {
        Self {
            json: Value::Array(entries.clone()),
            head: Vec::new(),
            columns: columns.to_vec(),
            entries,
            empty_message,
        }
    }
}

/// Prints to stdout in one format.
pub(crate) struct Printer {
    format: Format,
    quiet: bool,
    width: usize,
    out: Stdout,
}

impl Printer {
    pub(crate) fn new(format: Format, quiet: bool) -> Self {
        Self {
            format,
            quiet,
            width: terminal::width(),
            out: Stdout::default(),
        }
    }

    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// Whether the reader of stdout is gone.
    pub(crate) const fn is_closed(&self) -> bool {
        self.out.is_closed()
    }

    /// Reads the width of the terminal again, as it may have changed.
    pub(crate) fn refresh_width(&mut self) {
        self.width = terminal::width();
    }

    /// Wraps a sentence to the width of the terminal.
    pub(crate) fn wrapped(&self, text: &str) -> String {
        table::wrapped(text, self.width)
    }

    /// Renders a page as a table, whatever the format.
    pub(crate) fn render(&self, page: &Page) -> String {
        table::page(page, self.width)
    }

    /// Prints a page.
    pub(crate) fn page(&mut self, page: &Page) -> Result<(), CliError> {
        let text = match self.format {
            Format::Table => table::page(page, self.width),
            Format::Json => json::document(&page.json),
            Format::Jsonl => page.entries.iter().map(jsonl::line).collect(),
            Format::Csv => csv::lines(&page.columns, &page.entries, true)?,
        };
        self.out.write(&text)
    }

    /// Prints one record: two columns, or one entry.
    pub(crate) fn record(&mut self, columns: &[Column], value: Value) -> Result<(), CliError> {
        let text = match self.format {
            Format::Table => table::record(columns, &value, self.width),
            Format::Json => json::document(&value),
            Format::Jsonl => jsonl::line(&value),
            Format::Csv => csv::lines(columns, std::slice::from_ref(&value), true)?,
        };
        self.out.write(&text)
    }

    /// Prints a list entry by entry.
    pub(crate) fn entries(
        &mut self,
        columns: Vec<Column>,
        empty_message: &'static str,
    ) -> Entries<'_> {
        Entries {
            printer: self,
            columns,
            empty_message,
            waiting: Vec::new(),
            written: 0,
        }
    }

    /// Prints one entry of an endless list, as a line of JSON.
    pub(crate) fn json_line(&mut self, value: &Value) -> Result<(), CliError> {
        self.out.write(&jsonl::line(value))
    }

    /// Prints text that is the same in every format.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), CliError> {
        self.out.write(text)
    }

    /// Prints a note for people on stderr; stdout is for data.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            stderr::print_stderr(&escape::line(text));
        }
    }
}

/// A list being printed. A table is buffered to align its columns.
pub(crate) struct Entries<'a> {
    printer: &'a mut Printer,
    columns: Vec<Column>,
    empty_message: &'static str,
    waiting: Vec<Value>,
    written: usize,
}

impl Entries<'_> {
    /// Prints an entry. Returns false if the reader of stdout is gone.
    pub(crate) fn push(&mut self, entry: Value) -> Result<bool, CliError> {
        let first = self.written == 0;
        let text = match self.printer.format {
            Format::Table => {
                self.waiting.push(entry);
                String::new()
            }
            Format::Json => json::item(&entry, first),
            Format::Jsonl => jsonl::line(&entry),
            Format::Csv => csv::lines(&self.columns, std::slice::from_ref(&entry), first)?,
        };
        self.written += 1;
        self.printer.out.write(&text)?;
        Ok(!self.printer.out.is_closed())
    }

    /// Prints the rest of the list.
    pub(crate) fn finish(self) -> Result<(), CliError> {
        let text = match self.printer.format {
            Format::Table => {
                let page = Page::list(&self.columns, self.waiting, self.empty_message);
                table::page(&page, self.printer.width)
            }
            Format::Json => json::end(self.written == 0).to_owned(),
            Format::Csv if self.written == 0 && !self.columns.is_empty() => {
                csv::lines(&self.columns, &[], true)?
            }
            Format::Jsonl | Format::Csv => String::new(),
        };
        self.printer.out.write(&text)
    }
}
