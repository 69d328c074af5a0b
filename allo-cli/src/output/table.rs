//! Tables for people. On a narrow terminal, optional columns are hidden from the right, then
//! cells are wrapped between words; if words would have to be broken, each entry becomes a
//! block of lines. The width comes from `terminal`.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};
use console::measure_text_width;
use serde_json::Value;

use super::{Column, Page};
use crate::escape;
use crate::format;

/// The gap between two columns.
const GAP: usize = 2;

/// The lines above the table, the table, and the names of hidden columns.
pub(super) fn page(page: &Page, width: usize) -> String {
    let mut text = head(&page.head, width);
    if page.entries.is_empty() {
        if !page.empty_message.is_empty() {
            text.push_str(page.empty_message);
            text.push('\n');
        }
        return text;
    }
    if !page.head.is_empty() {
        text.push('\n');
    }
    let columns = page.columns.iter().map(|column| cells(column, page));
    // Optional columns without any value are omitted.
    let full: Vec<_> = columns
        .filter(|column| !column.is_empty_everywhere())
        .collect();
    text.push_str(&table(full, page.entries.len(), width));
    text
}

/// A table, or blocks if the required columns do not fit.
fn table(full: Vec<TableColumn>, count: usize, width: usize) -> String {
    let (kept, hidden): (Vec<_>, Vec<_>) = fit(&full, width);
    if least(&kept) > width {
        return blocks(&full, count, width);
    }
    let titles: Vec<_> = kept.iter().map(|column| column.title.as_str()).collect();
    let least: Vec<_> = kept.iter().map(|column| column.min_width()).collect();
    let mut text = render(&titles, &rows(&kept, count), &least, width);
    if !hidden.is_empty() {
        let names: Vec<_> = hidden.iter().map(|column| column.name.as_str()).collect();
        let line = format!("Columns hidden (terminal too narrow): {}", names.join(", "));
        text.push('\n');
        text.push_str(&wrapped(&line, width));
    }
    text
}

/// One block per entry, one property per line.
fn blocks(columns: &[TableColumn], count: usize, width: usize) -> String {
    let names = columns
        .iter()
        .map(|column| measure_text_width(&column.title));
    let name_width = names.max().unwrap_or_default();
    let block = |entry: usize| {
        let pairs = columns.iter().map(|column| {
            let text = column.texts.get(entry).cloned().unwrap_or_default();
            (column.title.as_str(), text)
        });
        let pairs: Vec<_> = pairs.filter(|(_, text)| !text.is_empty()).collect();
        aligned(&pairs, name_width, width)
    };
    (0..count).map(block).collect::<Vec<_>>().join("\n")
}

/// One property per line. Empty values are omitted.
pub(super) fn record(columns: &[Column], value: &Value, width: usize) -> String {
    let pairs = columns.iter().map(|column| {
        let value = format::at_path(value, &column.path);
        let zone = if format::is_time(value) { " UTC" } else { "" };
        (
            column.title.as_ref(),
            format!("{}{zone}", format::for_people(value)),
        )
    });
    let pairs: Vec<_> = pairs.filter(|(_, text)| !text.is_empty()).collect();
    head(&pairs, width)
}

/// Aligned labels and texts, without a header.
fn head(pairs: &[(&str, String)], width: usize) -> String {
    let names = pairs.iter().map(|(name, _)| measure_text_width(name));
    aligned(pairs, names.max().unwrap_or_default(), width)
}

/// The same with a given width of the labels.
fn aligned(pairs: &[(&str, String)], name_width: usize, width: usize) -> String {
    let rows: Vec<_> = pairs
        .iter()
        .map(|(name, text)| vec![escape::line(name), escape::line(text)])
        .collect();
    // On very narrow terminals the labels are wrapped, too.
    let least: &[usize] = match name_width <= width / 2 {
        true => &[name_width],
        false => &[],
    };
    render(&[], &rows, least, width)
}

/// Wraps a sentence.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    render(&[], &[vec![escape::line(text)]], &[], width)
}

/// A column with its cells.
struct TableColumn {
    /// The title in the header.
    title: String,
    /// The title in a sentence.
    name: String,
    optional: bool,
    texts: Vec<String>,
}

fn cells(column: &Column, page: &Page) -> TableColumn {
    let values: Vec<_> = page
        .entries
        .iter()
        .map(|entry| format::at_path(entry, &column.path))
        .collect();
    let name = escape::line(&column.title).to_lowercase();
    let zone = match values.iter().any(|value| format::is_time(value)) {
        true => " (UTC)",
        false => "",
    };
    TableColumn {
        title: format!("{}{zone}", name.to_uppercase()),
        name,
        optional: column.optional,
        texts: values.into_iter().map(format::for_people).collect(),
    }
}

impl TableColumn {
    fn is_empty_everywhere(&self) -> bool {
        self.optional && self.texts.iter().all(String::is_empty)
    }

    fn widest(&self, width: impl Fn(&str) -> usize) -> usize {
        let texts = self.texts.iter().map(String::as_str);
        let widths = texts.chain([self.title.as_str()]).map(width);
        widths.max().unwrap_or_default()
    }

    /// The width without wrapping.
    fn natural(&self) -> usize {
        self.widest(measure_text_width)
    }

    /// The width without breaking a word.
    fn min_width(&self) -> usize {
        self.widest(|text| {
            let words = text.split(' ').map(measure_text_width);
            words.max().unwrap_or_default()
        })
    }
}

/// Splits the columns into those that fit and those that are hidden.
fn fit(columns: &[TableColumn], width: usize) -> (Vec<&TableColumn>, Vec<&TableColumn>) {
    let mut kept: Vec<_> = columns.iter().collect();
    let mut hidden = Vec::new();
    while total(&kept, TableColumn::natural) > width {
        let Some(last) = kept.iter().rposition(|column| column.optional) else {
            break;
        };
        hidden.insert(0, kept.remove(last));
    }
    (kept, hidden)
}

fn least(columns: &[&TableColumn]) -> usize {
    total(columns, TableColumn::min_width)
}

fn total(columns: &[&TableColumn], width: impl Fn(&TableColumn) -> usize) -> usize {
    let gaps = columns.len().saturating_sub(1) * GAP;
    columns.iter().map(|column| width(column)).sum::<usize>() + gaps
}

fn rows(columns: &[&TableColumn], count: usize) -> Vec<Vec<String>> {
    let row = |index: usize| {
        let cells = columns
            .iter()
            .map(|column| column.texts.get(index).cloned().unwrap_or_default());
        cells.collect()
    };
    (0..count).map(row).collect()
}

/// Renders rows below a header, wrapped to the width; no header if it is empty. `least` is the
/// minimum width of the first columns.
fn render(header: &[&str], rows: &[Vec<String>], least: &[usize], width: usize) -> String {
    if rows.is_empty() && header.is_empty() {
        return String::new();
    }
    let columns = |width: usize| u16::try_from(width).unwrap_or(u16::MAX);
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        // The last column has a gap, too, which is trimmed below.
        .set_width(columns(width + GAP));
    if !header.is_empty() {
        table.set_header(header);
    }
    table.add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if let Some(least) = least.get(index) {
            let least = Width::Fixed(columns(least + GAP));
            column.set_constraint(ColumnConstraint::LowerBoundary(least));
        }
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::super::{column, optional};
    use super::*;
    use serde_json::json;

    fn people(width: usize) -> String {
        let columns = [
            column("name", "name"),
            column("role", "role"),
            optional("id", "id"),
        ];
        let entries = vec![
            json!({"name": "Marie Dupont", "role": "MEMBER", "id": "usr-2A91D04E77BC5F38"}),
            json!({"name": "Zoë", "role": "MANAGER", "id": "usr-1"}),
        ];
        page(&Page::list(&columns, entries, "nobody"), width)
    }

    #[test]
    fn a_wide_terminal_shows_all() {
        assert_eq!(
            people(200),
            "NAME          ROLE     ID\n\
             Marie Dupont  MEMBER   usr-2A91D04E77BC5F38\n\
             Zoë           MANAGER  usr-1\n"
        );
    }

    #[test]
    fn a_narrow_terminal_names_hidden_columns() {
        assert_eq!(
            people(24),
            "NAME          ROLE\n\
             Marie Dupont  MEMBER\n\
             Zoë           MANAGER\n\
             \n\
             Columns hidden (terminal\n\
             too narrow): id\n"
        );
    }

    #[test]
    fn words_are_not_broken() {
        assert_eq!(
            people(15),
            "NAME    ROLE\n\
             Marie   MEMBER\n\
             Dupont\n\
             Zoë     MANAGER\n\
             \n\
             Columns hidden\n\
             (terminal too\n\
             narrow): id\n"
        );
    }

    #[test]
    fn one_block_per_entry_if_the_table_does_not_fit() {
        let columns = [
            column("name", "name"),
            optional("email", "email"),
            column("line", "line"),
            column("changed", "at"),
        ];
        let entries = vec![
            json!({"name": "Marie", "line": "+12125550101", "at": "2026-05-04T09:00:00"}),
            json!({"name": "Bartholomew", "email": "b@example.com", "at": null}),
        ];
        let page_of_two = Page::list(&columns, entries, "nobody");
        assert_eq!(
            page(&page_of_two, 30),
            "NAME           Marie\n\
             LINE           +12125550101\n\
             CHANGED (UTC)  2026-05-04\n\
             \u{20}              09:00\n\
             \n\
             NAME           Bartholomew\n\
             EMAIL          b@example.com\n"
        );
    }

    #[test]
    fn no_line_is_longer_than_the_terminal() {
        for width in 16..60 {
            let text = people(width);
            assert!(
                text.lines().all(|line| measure_text_width(line) <= width),
                "{width}\n{text}"
            );
        }
    }

    #[test]
    fn an_empty_table_shows_its_message() {
        let page_of_none = Page::list(&[column("name", "name")], Vec::new(), "Nobody there.");
        assert_eq!(page(&page_of_none, 60), "Nobody there.\n");
    }
}
