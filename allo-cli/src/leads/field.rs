//! The fields of a lead and their column titles in English and French. Titles are compared
//! without case, accents, spaces and digits.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The fields of a lead.
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
    pub(super) const ALL: &'static [Self] = &[
        Self::Number,
        Self::LastName,
        Self::Name,
        Self::Company,
        Self::JobTitle,
        Self::Website,
        Self::Emails,
        Self::Addresses,
    ];

    /// The name in `--map`, which is the name in the API.
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

    /// Whether several columns can hold the field.
    pub(super) const fn is_list(self) -> bool {
        matches!(self, Self::Emails | Self::Addresses)
    }

    /// Titles that always mean this field.
    #[rustfmt::skip]
    pub(super) const fn titles(self) -> &'static [&'static str] {
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

    /// Titles that mean this field if no other title does.
    pub(super) const fn vague_titles(self) -> &'static [&'static str] {
        match self {
            Self::LastName => &[NOM],
            Self::Name => &["name", "fullname", "contact", "contactname", "nomcomplet"],
            _ => &[],
        }
    }

    pub(super) fn from_name(text: &str) -> Option<Self> {
        let wanted = normal(text);
        Self::ALL
            .iter()
            .copied()
            .find(|field| normal(field.name()) == wanted)
    }
}

/// French: the last name if there is a first name, otherwise the name.
pub(super) const NOM: &str = "nom";

/// Normalises a title: no case, accents, digits or other non-letters.
pub(super) fn normal(title: &str) -> String {
    let bare = title.nfkd().filter(|c| !is_combining_mark(*c));
    bare.flat_map(char::to_lowercase)
        .filter(|c| c.is_alphabetic())
        .collect()
}

/// The column that a rejects file adds.
pub(super) const REASON: &str = "reason";

/// Whether a column was added by a rejects file.
pub(super) fn is_reason(title: &str) -> bool {
    title.trim().eq_ignore_ascii_case(REASON)
}
