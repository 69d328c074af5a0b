//! Tables for people. A narrow terminal goes without the optional columns, from the
//! right, before cells are wrapped; where and how wide it is comes from `terminal`.

use comfy_table::{ContentArrangement, Table};
use console::measure_text_width;
use serde_json::Value;

use super::{Column, Page};
use crate::cell;

/// Between two columns.
const GAP: usize = 2;

/// What stands above, the table, and what is missing from it.
pub(super) fn page(page: &Page, width: usize) -> String {
    let mut text = head(&page.head, width);
    if page.entries.is_empty() {
        if !page.nothing.is_empty() {
            text.push_str(page.nothing);
            text.push('\n');
        }
        return text;
    }
    if !page.head.is_empty() {
        text.push('\n');
    }
    let cells = |column: &Column| {
        let value = |entry| cell::shown(cell::below(entry, &column.path));
        page.entries.iter().map(value).collect::<Vec<_>>()
    };
    let columns: Vec<_> = page
        .columns
        .iter()
        .map(|column| (column, cells(column)))
        .collect();
    // A column that says nothing about anybody only takes room.
    let (full, _): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .partition(|(column, cells)| !column.optional || cells.iter().any(|cell| !cell.is_empty()));
    let (kept, left_out) = fit(full, width);
    text.push_str(&render(
        &kept
            .iter()
            .map(|(column, _)| column.title.as_ref())
            .collect::<Vec<_>>(),
        &rows(&kept, page.entries.len()),
        width,
    ));
    if !left_out.is_empty() {
        let names = left_out.join(", ").to_lowercase();
        let line = format!("Not shown for want of room: {names}");
        text.push('\n');
        text.push_str(&wrapped(&line, width));
    }
    text
}

/// Properties and their values, one a line. What is empty is left out.
pub(super) fn record(columns: &[Column], value: &Value, width: usize) -> String {
    let pairs = columns.iter().map(|column| {
        let text = cell::shown(cell::below(value, &column.path));
        (column.title.as_ref(), text)
    });
    let pairs: Vec<_> = pairs.filter(|(_, text)| !text.is_empty()).collect();
    head(&pairs, width)
}

/// Names and texts, aligned and without a header.
fn head(pairs: &[(&str, String)], width: usize) -> String {
    let rows: Vec<_> = pairs
        .iter()
        .map(|(name, text)| vec![(*name).to_owned(), cell::clean(text)])
        .collect();
    render(&[], &rows, width)
}

/// A sentence in lines that fit.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    render(&[], &[vec![cell::clean(text)]], width)
}

type Cells<'a> = (&'a Column, Vec<String>);

/// The columns that fit, and the titles of those that do not.
fn fit(mut columns: Vec<Cells<'_>>, width: usize) -> (Vec<Cells<'_>>, Vec<String>) {
    let mut left_out = Vec::new();
    while natural(&columns) > width {
        let Some(last) = columns.iter().rposition(|(column, _)| column.optional) else {
            break;
        };
        let (column, _) = columns.remove(last);
        left_out.insert(0, column.title.to_string());
    }
    (columns, left_out)
}

/// The width without wrapping anything.
fn natural(columns: &[Cells<'_>]) -> usize {
    let widest = |(column, cells): &Cells<'_>| {
        let widths = cells.iter().map(|cell| measure_text_width(cell));
        widths
            .max()
            .unwrap_or(0)
            .max(measure_text_width(&column.title))
    };
    let gaps = columns.len().saturating_sub(1) * GAP;
    columns.iter().map(widest).sum::<usize>() + gaps
}

fn rows(columns: &[Cells<'_>], count: usize) -> Vec<Vec<String>> {
    let row = |index: usize| {
        let cells = columns
            .iter()
            .map(|(_, cells)| cells.get(index).cloned().unwrap_or_default());
        cells.collect()
    };
    (0..count).map(row).collect()
}

/// Rows below a header, wrapped to the width. No header if it is empty.
fn render(header: &[&str], rows: &[Vec<String>], width: usize) -> String {
    if rows.is_empty() && header.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        // The last column has a gap behind it, too, which is cut off below.
        .set_width(u16::try_from(width + GAP).unwrap_or(u16::MAX));
    if !header.is_empty() {
        table.set_header(header.iter().map(|title| cell::clean(title).to_uppercase()));
    }
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
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
    fn a_narrow_one_says_what_is_missing() {
        assert_eq!(
            people(24),
            "NAME          ROLE\n\
             Marie Dupont  MEMBER\n\
             Zoë           MANAGER\n\
             \n\
             Not shown for want of\n\
             room: id\n"
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
    fn nothing_says_so() {
        let page_of_none = Page::list(&[column("name", "name")], Vec::new(), "Nobody there.");
        assert_eq!(page(&page_of_none, 60), "Nobody there.\n");
    }
}
