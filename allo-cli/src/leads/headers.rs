//! Assigns fields to the columns of a list: by `--map`, by the format of exported lists, or
//! by title.

use allo_client::types::NewQueueNumber;

use super::exported::ExportedList;
use super::field::{Field, NOM, is_reason, normal};
use super::mapping::{ColumnField, Mapping};
use crate::error::CliError;
use crate::exit::Exit;

/// The field of each column, by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    fields: Vec<Option<Field>>,
    /// Columns to ignore without a warning.
    ignored: Vec<usize>,
    /// Set if the list was written by `allo`.
    own: Option<ExportedList>,
}

impl Columns {
    /// Assigns fields by the titles of a list.
    pub(super) fn of(titles: &[&str], mapping: &Mapping) -> Result<Self, CliError> {
        mapping.check(titles)?;
        let columns = Self::of_line(titles, mapping)?;
        match columns.holds_number() {
            true => Ok(columns),
            false => Err(without_number(titles)),
        }
    }

    /// Assigns fields by position, for a list without a header.
    pub(super) fn of_places(count: usize, places: Vec<ColumnField>) -> Self {
        let mut columns = Self::none(count);
        columns.place(places);
        columns
    }

    /// Assigns fields for one JSON line, whose keys may differ from other lines; no field is required.
    pub(super) fn of_line(titles: &[&str], mapping: &Mapping) -> Result<Self, CliError> {
        let mut columns = Self::none(titles.len());
        columns.own = ExportedList::of(titles);
        columns.place(mapping.columns(titles));
        columns.match_own(titles);
        let normal: Vec<_> = titles.iter().map(|title| normal(title)).collect();
        for (column, title) in titles.iter().enumerate() {
            if is_reason(title) && !columns.is_taken(column) {
                columns.ignored.push(column);
            }
        }
        for titles_of in [Field::titles, Field::vague_titles] {
            for field in Field::ALL {
                let matched = columns.match_titles(titles, &normal, *field, titles_of(*field));
                // A misspelled `--map` column is the likely cause, so it is reported first.
                matched.map_err(|failure| mapping.check(titles).err().unwrap_or(failure))?;
            }
        }
        columns.resolve_nom(&normal);
        Ok(columns)
    }

    fn none(count: usize) -> Self {
        Self {
            fields: vec![None; count],
            ignored: Vec::new(),
            own: None,
        }
    }

    pub(super) fn holds_number(&self) -> bool {
        self.holds(Field::Number)
    }

    /// Applies `--map`.
    fn place(&mut self, places: Vec<ColumnField>) {
        for (column, field) in places {
            match field {
                Some(field) => self.put(column, field),
                None => self.ignored.push(column),
            }
        }
    }

    /// Assigns the columns of an exported list.
    fn match_own(&mut self, titles: &[&str]) {
        let Some(own) = self.own else { return };
        for (column, title) in titles.iter().enumerate() {
            if self.is_taken(column) || !own.knows(title) {
                continue;
            }
            match own.field(title) {
                Some(field) if field.is_list() || !self.holds(field) => self.put(column, field),
                _ => self.ignored.push(column),
            }
        }
    }

    fn match_titles(
        &mut self,
        titles: &[&str],
        normal: &[String],
        field: Field,
        known: &[&str],
    ) -> Result<(), CliError> {
        if self.holds(field) && !field.is_list() {
            return Ok(());
        }
        let fits = |column: &usize| {
            let title = normal.get(*column).map_or("", String::as_str);
            !self.is_taken(*column) && known.contains(&title)
        };
        let found: Vec<_> = (0..titles.len()).filter(fits).collect();
        if found.len() > 1 && !field.is_list() {
            return Err(ambiguous(field, &found, titles));
        }
        found.into_iter().for_each(|column| self.put(column, field));
        Ok(())
    }

    /// `Nom` without a first name is the full name.
    fn resolve_nom(&mut self, normal: &[String]) {
        if self.holds(Field::Name) {
            return;
        }
        for (field, title) in self.fields.iter_mut().zip(normal) {
            if *field == Some(Field::LastName) && title == NOM {
                *field = Some(Field::Name);
            }
        }
    }

    fn put(&mut self, column: usize, field: Field) {
        if let Some(place) = self.fields.get_mut(column) {
            *place = Some(field);
        }
    }

    fn is_taken(&self, column: usize) -> bool {
        self.ignored.contains(&column) || self.fields.get(column).is_some_and(Option::is_some)
    }

    fn holds(&self, field: Field) -> bool {
        self.fields.contains(&Some(field))
    }

    /// Titles of columns that have no field and are not ignored.
    pub(super) fn unused(&self, titles: &[&str]) -> Vec<String> {
        let unused = titles
            .iter()
            .enumerate()
            .filter(|(column, _)| !self.is_taken(*column));
        unused.map(|(_, title)| (*title).to_owned()).collect()
    }

    /// The header for a list without one, as the rejects file needs it.
    pub(super) fn names(&self) -> Vec<String> {
        let name = |(column, field): (usize, &Option<Field>)| match field {
            Some(field) => field.name().to_owned(),
            None => format!("column {}", column + 1),
        };
        self.fields.iter().enumerate().map(name).collect()
    }

    /// Builds the lead of a row. `cell` returns the text of a cell, or the texts of an array.
    /// Empty texts are omitted.
    pub(super) fn lead(&self, cell: impl Fn(usize) -> Vec<String>) -> NewQueueNumber {
        let mut lead = NewQueueNumber::new("");
        let mut emails = Vec::new();
        let mut addresses = Vec::new();
        for (column, field) in self.fields.iter().enumerate() {
            let Some(field) = field else { continue };
            let texts = cell(column);
            let texts = texts.iter().map(|text| text.trim());
            let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
            if texts.is_empty() {
                continue;
            }
            let one = texts.join("; ");
            lead = match field {
                Field::Number => {
                    // Spreadsheets mark text with a leading quote.
                    lead.number = one.trim_start_matches('\'').into();
                    lead
                }
                Field::LastName => lead.last_name(one),
                Field::Name => lead.name(one),
                Field::Company => lead.company(one),
                Field::JobTitle => lead.job_title(one),
                Field::Website => lead.website(one),
                Field::Emails => {
                    let several = one.split([';', ',', ' ']).filter(|it| !it.is_empty());
                    emails.extend(several.map(str::to_owned));
                    lead
                }
                // Exported lists have all addresses in one cell.
                Field::Addresses if self.own.is_some() => {
                    addresses.extend(one.split("; ").map(str::to_owned));
                    lead
                }
                Field::Addresses => {
                    addresses.extend(texts.into_iter().map(str::to_owned));
                    lead
                }
            };
        }
        if !emails.is_empty() {
            lead = lead.emails(emails);
        }
        if !addresses.is_empty() {
            lead = lead.addresses(addresses);
        }
        lead
    }
}

fn ambiguous(field: Field, found: &[usize], titles: &[&str]) -> CliError {
    let named: Vec<_> = found
        .iter()
        .filter_map(|column| titles.get(*column).copied())
        .collect();
    let name = field.name();
    let first = named.first().copied().unwrap_or_default();
    let message = format!("several columns match {name}: {}", named.join(", "));
    CliError::new(Exit::Validation, message)
        .next(format!("choose one, such as --map \"{first}={name}\""))
}

pub(super) fn without_number(titles: &[&str]) -> CliError {
    let digits = |title: &&str| title.chars().filter(char::is_ascii_digit).count();
    let number = titles
        .iter()
        .position(|title| digits(title) >= FEWEST_DIGITS);
    let advice = "name it with --map \"column=number\"";
    match number {
        // The number is not shown, as it is personal data.
        Some(column) => {
            let message =
                "no column with phone numbers found; the first row is a lead, not a header";
            let place = column + 1;
            let advice =
                format!("{advice}, or by position if the list has no header: --map {place}=number");
            CliError::new(Exit::Validation, message).next(advice)
        }
        None => {
            let all = titles.join(", ");
            let message = format!("no column with phone numbers found; the columns are {all}");
            CliError::new(Exit::Validation, message).next(advice)
        }
    }
}

/// A title with this many digits is a telephone number.
const FEWEST_DIGITS: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;
    use allo_client::operations::APPEND_DIALING_QUEUE_NUMBERS;

    fn fields(titles: &[&str], map: &[&str]) -> Result<String, CliError> {
        let map: Vec<_> = map.iter().map(|text| (*text).to_owned()).collect();
        let columns = Columns::of(titles, &Mapping::read(&map)?)?;
        let names = columns
            .fields
            .iter()
            .map(|field| field.map_or("-", Field::name));
        Ok(names.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_fields_are_those_of_the_operation() {
        let of_table = APPEND_DIALING_QUEUE_NUMBERS.fields.iter();
        let mut of_table: Vec<_> = of_table
            .filter_map(|spec| spec.name.strip_prefix("numbers[]."))
            .collect();
        of_table.retain(|name| !name.ends_with("[]"));
        of_table.sort_unstable();
        let mut own: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        own.sort_unstable();
        assert_eq!(own, of_table);
    }

    #[test]
    fn titles_are_recognised_in_english_and_french() {
        let table: [(&[&str], &str); 10] = [
            (&["number", "name", "last_name"], "number name last_name"),
            (
                &["First Name", "Last Name", "Phone Number"],
                "name last_name number",
            ),
            (
                &["Prénom", "NOM", "N° de téléphone"],
                "name last_name number",
            ),
            (&["Nom", "Téléphone mobile"], "name number"),
            (&["Name", "First name", "Mobile"], "- name number"),
            (&["Société", "Fonction", "Tél."], "company job_title number"),
            (
                &["E-mail 1", "E-mail 2", "Adresse e-mail", "Tel"],
                "emails emails emails number",
            ),
            (
                &["Adresse", "Site web", "Portable", "Notes"],
                "addresses website number -",
            ),
            (&["phone", "reason"], "number -"),
            (&["N\u{ba} de téléphone"], "number"),
        ];
        for (titles, expected) in table {
            assert_eq!(fields(titles, &[]).ok().unwrap(), expected, "{titles:?}");
        }
    }

    #[test]
    fn map_takes_precedence_over_titles() {
        let titles = ["Phone", "Mobile", "Name"];
        assert!(fields(&titles, &[]).is_err());
        assert_eq!(
            fields(&titles, &["Mobile=number"]).ok().unwrap(),
            "- number name"
        );
        assert_eq!(fields(&titles, &["phone=-"]).ok().unwrap(), "- number name");
        assert_eq!(
            fields(&["a=b", "c"], &["a=b=number", "c=last_name"])
                .ok()
                .unwrap(),
            "number last_name"
        );
        for wrong in ["Fax=number", "Phone=fax", "Phone"] {
            assert!(fields(&titles, &[wrong]).is_err(), "{wrong}");
        }
    }
}
