//! The `--map` option: which column holds which field, by title or, for a list without a
//! header, by position.

use super::field::{Field, normal};
use crate::error::CliError;
use crate::exit::Exit;

/// Columns with their fields; `None` ignores the column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mapping(Vec<(String, Option<Field>)>);

/// The minimum similarity for a "did you mean" suggestion.
const ALIKE: f64 = 0.8;

impl Mapping {
    /// Parses `column=field`; `column=-` ignores the column.
    pub(crate) fn read(texts: &[String]) -> Result<Self, CliError> {
        texts
            .iter()
            .map(|text| pair(text))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The columns by position, from 0, if all are given as numbers that are not titles. Then the
    /// list has no header, and its first row is a lead.
    ///
    /// # Errors
    ///
    /// If the first row has no such position, or no column holds the number.
    pub(super) fn places(&self, first: &[&str]) -> Result<Option<Vec<ColumnField>>, CliError> {
        let place = |(name, field): &(String, Option<Field>)| match name.parse::<usize>() {
            Ok(place) if !first.contains(&name.as_str()) => Some((place, *field)),
            _ => None,
        };
        let places: Option<Vec<_>> = self.0.iter().map(place).collect();
        let Some(places) = places.filter(|places| !places.is_empty()) else {
            return Ok(None);
        };
        let count = first.len();
        if let Some((place, _)) = places
            .iter()
            .find(|(place, _)| !(1..=count).contains(place))
        {
            let message =
                format!("--map names column {place}, but the first row has {count} columns");
            return Err(CliError::new(Exit::Validation, message)
                .next("columns of a list without a header are numbered from 1"));
        }
        if !places
            .iter()
            .any(|(_, field)| *field == Some(Field::Number))
        {
            let message = "no --map option names the column with the phone number";
            return Err(CliError::new(Exit::Validation, message).next(
                "a list without a header needs --map POSITION=number, such as --map 1=number",
            ));
        }
        let from_zero = |(place, field): (usize, Option<Field>)| (place.saturating_sub(1), field);
        Ok(Some(places.into_iter().map(from_zero).collect()))
    }

    /// The columns with these titles, by position.
    pub(super) fn columns(&self, titles: &[&str]) -> Vec<ColumnField> {
        let column =
            |(wanted, field): &(String, Option<Field>)| Some((named(titles, wanted)?, *field));
        self.0.iter().filter_map(column).collect()
    }

    /// Checks that every column of `--map` exists.
    pub(super) fn check(&self, titles: &[&str]) -> Result<(), CliError> {
        let mut wanted = self.0.iter().map(|(wanted, _)| wanted);
        match wanted.find(|wanted| named(titles, wanted).is_none()) {
            Some(missing) => Err(no_such_column(missing, titles)),
            None => Ok(()),
        }
    }
}

/// A column, counted from 0, and its field.
pub(super) type ColumnField = (usize, Option<Field>);

fn pair(text: &str) -> Result<(String, Option<Field>), CliError> {
    let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
    let wrong = || {
        let message = format!("--map {text} is not of the form column=field");
        let fields = names.join(", ");
        CliError::usage(message).next(format!(
            "pass --map \"column=field\" with one of the fields {fields}"
        ))
    };
    // A title may contain `=`, a field name does not.
    let (column, field) = text.rsplit_once('=').ok_or_else(wrong)?;
    match field.trim() {
        "-" | "" => Ok((column.to_owned(), None)),
        field => {
            let field = Field::from_name(field).ok_or_else(wrong)?;
            Ok((column.to_owned(), Some(field)))
        }
    }
}

/// The position of a column by its exact or its normalised title.
fn named(titles: &[&str], wanted: &str) -> Option<usize> {
    let exact = titles.iter().position(|title| *title == wanted);
    // Titles without letters normalise to an empty text.
    let bare = normal(wanted);
    let alike = |title: &&str| !bare.is_empty() && normal(title) == bare;
    exact.or_else(|| titles.iter().position(alike))
}

fn no_such_column(missing: &str, titles: &[&str]) -> CliError {
    let bare = normal(missing);
    let near = titles.iter().map(|title| {
        let likeness = strsim::jaro_winkler(&bare, &normal(title));
        (likeness, *title)
    });
    let near = near.filter(|(likeness, _)| !bare.is_empty() && *likeness >= ALIKE);
    let near = near.max_by(|(one, _), (other, _)| one.total_cmp(other));
    let all = titles.join(", ");
    let message = format!("--map names an unknown column: {missing}");
    CliError::new(Exit::Validation, message).next(match near {
        Some((_, near)) => format!("did you mean \"{near}\"? the columns are: {all}"),
        None => format!("the columns are: {all}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(texts: &[&str]) -> Mapping {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        Mapping::read(&texts).ok().unwrap()
    }

    #[test]
    fn numbers_are_places_unless_they_are_titles() {
        let row = ["+12125550151", "Ann"];
        let places = |texts: &[&str], row: &[&str]| mapping(texts).places(row);
        assert_eq!(
            places(&["1=number", "2=name"], &row).ok().unwrap(),
            Some(vec![(0, Some(Field::Number)), (1, Some(Field::Name))])
        );
        assert_eq!(places(&["1=number"], &["1", "2"]).ok().unwrap(), None);
        assert_eq!(places(&["Phone=number"], &row).ok().unwrap(), None);
        assert_eq!(places(&[], &row).ok().unwrap(), None);
        for wrong in [&["3=number"][..], &["0=number"], &["1=name"]] {
            assert!(places(wrong, &row).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_misspelt_column_is_suggested() {
        let missing = |wanted: &str| {
            let failure = mapping(&[wanted]).check(&["Phone", "Mobile"]);
            failure.err().unwrap().to_string()
        };
        let said = missing("Phon=number");
        assert!(said.contains("unknown column: Phon"), "{said}");
        assert!(said.contains("did you mean \"Phone\"?"), "{said}");
        assert!(!missing("Fax=number").contains("did you mean"));
        assert!(!missing("7=number").contains("did you mean"));
    }
}
