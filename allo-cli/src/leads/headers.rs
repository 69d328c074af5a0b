//! Which column of a list is what: titles in English and French, compared without
//! case, accents, spaces and digits, and `--map` for all others.

use allo_client::types::NewQueueNumber;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::exit::Exit;
use crate::failure::Failure;

/// The column that a file of rejects has in addition.
pub(super) const REASON: &str = "reason";

/// What a column can hold: the fields of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Number,
    LastName,
    Name,
    Company,
    JobTitle,
    Website,
    Emails,
    Addresses,
}

impl Field {
    const ALL: &'static [Self] = &[
        Self::Number,
        Self::LastName,
        Self::Name,
        Self::Company,
        Self::JobTitle,
        Self::Website,
        Self::Emails,
        Self::Addresses,
    ];

    /// The name that `--map` takes, which is that of the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::LastName => "last_name",
            Self::Name => "name",
            Self::Company => "company",
            Self::JobTitle => "job_title",
            Self::Website => "website",
            Self::Emails => "emails",
            Self::Addresses => "addresses",
        }
    }

    /// Whether several columns can hold it together.
    const fn is_list(self) -> bool {
        matches!(self, Self::Emails | Self::Addresses)
    }

    /// Titles that mean it and nothing else.
    #[rustfmt::skip]
    const fn titles(self) -> &'static [&'static str] {
        match self {
            Self::Number => &[
                "number", "phone", "phonenumber", "phonevalue", "telephone", "telephonenumber",
                "tel", "mobile", "mobilephone", "mobilenumber", "cell", "cellphone", "gsm",
                "directphone", "workphone", "numero", "numerodetelephone", "numerotelephone",
                "numtel", "numtelephone", "ndetelephone", "nodetelephone", "ntelephone", "notelephone", "ndetel", "nodetel", "telephonemobile",
                "telephoneportable", "telmobile", "telportable", "portable", "telephonefixe",
                "numerodemobile", "numerodeportable",
            ],
            Self::LastName => &[
                "lastname", "surname", "familyname", "secondname", "nomdefamille", "nomfamille",
            ],
            Self::Name => &["firstname", "givenname", "forename", "prenom"],
            Self::Company => &[
                "company", "companyname", "organisation", "organization", "organisationname",
                "organizationname", "account", "accountname", "business", "entreprise", "societe",
                "nomdelentreprise", "nomdelasociete", "nomentreprise", "nomsociete",
                "raisonsociale", "compte",
            ],
            Self::JobTitle => &[
                "jobtitle", "job", "title", "role", "position", "organizationtitle", "poste",
                "fonction", "intituleduposte", "intituledeposte", "titre", "metier",
            ],
            Self::Website => &[
                "website", "websiteurl", "companywebsite", "web", "url", "homepage", "site",
                "siteweb", "siteinternet",
            ],
            Self::Emails => &[
                "email", "emails", "emailaddress", "emailvalue", "mail", "workemail", "courriel",
                "adresseemail", "adressemail", "adresseelectronique", "adressecourriel",
            ],
            Self::Addresses => &[
                "address", "addresses", "postaladdress", "streetaddress", "mailingaddress",
                "adresse", "adresses", "adressepostale",
            ],
        }
    }

    /// Titles that mean it if nothing else does.
    const fn vague_titles(self) -> &'static [&'static str] {
        match self {
            Self::LastName => &[NOM],
            Self::Name => &["name", "fullname", "contact", "contactname", "nomcomplet"],
            _ => &[],
        }
    }

    fn from_name(text: &str) -> Option<Self> {
        let wanted = normal(text);
        Self::ALL
            .iter()
            .copied()
            .find(|field| normal(field.name()) == wanted)
    }
}

/// French for a last name beside a first name, and for a name otherwise.
const NOM: &str = "nom";

/// A title without case, accents, digits and all that is no letter.
fn normal(title: &str) -> String {
    let bare = title.nfkd().filter(|c| !is_combining_mark(*c));
    bare.flat_map(char::to_lowercase)
        .filter(|c| c.is_alphabetic())
        .collect()
}

/// What `--map` says: a column, and its field or nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mapping(Vec<(String, Option<Field>)>);

impl Mapping {
    /// Reads `column=field`; `column=-` leaves the column out.
    pub(crate) fn read(texts: &[String]) -> Result<Self, Failure> {
        texts
            .iter()
            .map(|text| pair(text))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn pair(text: &str) -> Result<(String, Option<Field>), Failure> {
    let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
    let wrong = || {
        let message = format!("--map {text} is not a column and a field");
        let fields = names.join(", ");
        Failure::usage(message).next(format!("write --map \"column=field\" with one of {fields}"))
    };
    // A title may hold a `=`, a field does not.
    let (column, field) = text.rsplit_once('=').ok_or_else(wrong)?;
    match field.trim() {
        "-" | "" => Ok((column.to_owned(), None)),
        field => {
            let field = Field::from_name(field).ok_or_else(wrong)?;
            Ok((column.to_owned(), Some(field)))
        }
    }
}

/// Which column holds what, by place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    fields: Vec<Option<Field>>,
    /// Columns that are left out on purpose.
    passed_over: Vec<usize>,
}

impl Columns {
    /// Finds out what the titles of a list stand for.
    pub(super) fn of(titles: &[&str], mapping: &Mapping) -> Result<Self, Failure> {
        let columns = Self::of_line(titles, mapping)?;
        check(titles, mapping, columns.holds_number())?;
        Ok(columns)
    }

    /// The same for one line of many that may each have others: nothing must be there.
    pub(super) fn of_line(titles: &[&str], mapping: &Mapping) -> Result<Self, Failure> {
        let mut columns = Self {
            fields: vec![None; titles.len()],
            passed_over: Vec::new(),
        };
        columns.map(titles, mapping);
        let normal: Vec<_> = titles.iter().map(|title| normal(title)).collect();
        for (column, title) in titles.iter().enumerate() {
            if super::rejects::is_reason(title) && !columns.is_taken(column) {
                columns.passed_over.push(column);
            }
        }
        for titles_of in [Field::titles, Field::vague_titles] {
            for field in Field::ALL {
                columns.match_titles(titles, &normal, *field, titles_of(*field))?;
            }
        }
        columns.settle_nom(&normal);
        Ok(columns)
    }

    pub(super) fn holds_number(&self) -> bool {
        self.holds(Field::Number)
    }

    /// Does as the user says.
    fn map(&mut self, titles: &[&str], mapping: &Mapping) {
        for (wanted, field) in &mapping.0 {
            match (named(titles, wanted), field) {
                (None, _) => {}
                (Some(column), Some(field)) => self.put(column, *field),
                (Some(column), None) => self.passed_over.push(column),
            }
        }
    }

    fn match_titles(
        &mut self,
        titles: &[&str],
        normal: &[String],
        field: Field,
        known: &[&str],
    ) -> Result<(), Failure> {
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

    /// `Nom` without a first name is the name there is.
    fn settle_nom(&mut self, normal: &[String]) {
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
        self.passed_over.contains(&column) || self.fields.get(column).is_some_and(Option::is_some)
    }

    fn holds(&self, field: Field) -> bool {
        self.fields.contains(&Some(field))
    }

    /// Titles of columns that stand for nothing and were not left out on purpose.
    pub(super) fn unused(&self, titles: &[&str]) -> Vec<String> {
        let unused = titles
            .iter()
            .enumerate()
            .filter(|(column, _)| !self.is_taken(*column));
        unused.map(|(_, title)| (*title).to_owned()).collect()
    }

    /// The lead of a row, of which `cell` gives the texts. Empty ones are left out.
    pub(super) fn lead<'a>(&self, cell: impl Fn(usize) -> &'a str) -> NewQueueNumber {
        let mut lead = NewQueueNumber::new("");
        let mut emails = Vec::new();
        let mut addresses = Vec::new();
        for (column, field) in self.fields.iter().enumerate() {
            let text = cell(column).trim();
            let (Some(field), false) = (field, text.is_empty()) else {
                continue;
            };
            let owned = text.to_owned();
            lead = match field {
                Field::Number => {
                    lead.number = owned;
                    lead
                }
                Field::LastName => lead.last_name(owned),
                Field::Name => lead.name(owned),
                Field::Company => lead.company(owned),
                Field::JobTitle => lead.job_title(owned),
                Field::Website => lead.website(owned),
                Field::Emails => {
                    let several = text.split([';', ',', ' ']).filter(|it| !it.is_empty());
                    emails.extend(several.map(str::to_owned));
                    lead
                }
                Field::Addresses => {
                    addresses.push(owned);
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

/// The column that the user means: of this title, or of one alike.
fn named(titles: &[&str], wanted: &str) -> Option<usize> {
    let exact = titles.iter().position(|title| *title == wanted);
    let alike = |title: &&str| normal(title) == normal(wanted);
    exact.or_else(|| titles.iter().position(alike))
}

/// Whether every column is there that the user names, and one for the number.
pub(super) fn check(titles: &[&str], mapping: &Mapping, has_number: bool) -> Result<(), Failure> {
    let mut wanted = mapping.0.iter().map(|(wanted, _)| wanted);
    if let Some(missing) = wanted.find(|wanted| named(titles, wanted).is_none()) {
        let message = format!("--map names the column {missing}, which is not there");
        return Err(Failure::new(Exit::Validation, message)
            .next(format!("the columns are: {}", titles.join(", "))));
    }
    match has_number || titles.is_empty() {
        true => Ok(()),
        false => Err(without_number(titles)),
    }
}

fn ambiguous(field: Field, found: &[usize], titles: &[&str]) -> Failure {
    let named: Vec<_> = found
        .iter()
        .filter_map(|column| titles.get(*column).copied())
        .collect();
    let name = field.name();
    let first = named.first().copied().unwrap_or_default();
    let message = format!("several columns may hold the {name}: {}", named.join(", "));
    Failure::new(Exit::Validation, message).next(format!(
        "say which one it is, such as --map \"{first}={name}\""
    ))
}

fn without_number(titles: &[&str]) -> Failure {
    let message = format!(
        "no column is known to hold the number; there are {}",
        titles.join(", ")
    );
    Failure::new(Exit::Validation, message).next("say which one it is with --map \"column=number\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use allo_client::operations::APPEND_DIALING_QUEUE_NUMBERS;

    fn fields(titles: &[&str], map: &[&str]) -> Result<String, Failure> {
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
    fn titles_are_known_in_english_and_french() {
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
    fn the_user_knows_better() {
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
