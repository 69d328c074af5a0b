//! CSV output, with the columns of the table. Cells are escaped for terminals and
//! spreadsheets.

use serde_json::Value;

use super::Column;
use crate::error::CliError;
use crate::escape;
use crate::exit::Exit;
use crate::format;

/// The lines of some entries, with the header if `header` is set.
pub(super) fn lines(
    columns: &[Column],
    entries: &[Value],
    header: bool,
) -> Result<String, CliError> {
    let written = || {
        let mut writer = csv::Writer::from_writer(Vec::new());
        if header {
            writer.write_record(columns.iter().map(title))?;
        }
        for entry in entries {
            let cell = |column| escape::csv(&format::for_programs(value(column, entry)));
            writer.write_record(columns.iter().map(cell))?;
        }
        writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()))
    };
    let bytes = written().map_err(|error| CliError::new(Exit::Other, error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The column name for programs: the path of the property.
fn title(column: &Column) -> String {
    match column.path.as_ref() {
        "" => column.title.to_lowercase(),
        path => escape::csv(path),
    }
}

fn value<'a>(column: &Column, entry: &'a Value) -> &'a Value {
    format::at_path(entry, &column.path)
}

#[cfg(test)]
mod tests {
    use super::super::column;
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_quoted_where_needed() {
        let columns = [column("NAME", "name"), column("TAGS", "user.tags")];
        let entries = [json!({"name": "Dupont, Marie", "user": {"tags": ["a", "b"]}})];
        let text = lines(&columns, &entries, true).ok().unwrap();
        assert_eq!(text, "name,user.tags\n\"Dupont, Marie\",a; b\n");
    }

    #[test]
    fn names_of_properties_are_escaped() {
        let columns = [Column {
            title: "".into(),
            path: "=1+\u{1b}[2J".into(),
            optional: false,
        }];
        let text = lines(&columns, &[json!({})], true).ok().unwrap();
        assert_eq!(text, "'=1+\u{fffd}[2J\n\"\"\n");
    }
}
