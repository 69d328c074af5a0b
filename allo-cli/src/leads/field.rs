//! The fields of a lead and the titles that stand for them in English and French,
//! compared without case, accents, spaces and digits.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

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
    pub(super) const fn is_list(self) -> bool {
        matches!(self, Self::Emails | Self::Addresses)
    }

    /// Titles that mean it and nothing else.
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

    /// Titles that mean it if nothing else does.
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

/// French for a last name beside a first name, and for a name otherwise.
pub(super) const NOM: &str = "nom";

/// A title without case, accents, digits and all that is no letter.
pub(super) fn normal(title: &str) -> String {
    let bare = title.nfkd().filter(|c| !is_combining_mark(*c));
    bare.flat_map(char::to_lowercase)
        .filter(|c| c.is_alphabetic())
        .collect()
}

/// The column that a file of rejects has in addition.
pub(super) const REASON: &str = "reason";

/// Whether a column is the one that was added to a file of rejects.
pub(super) fn is_reason(title: &str) -> bool {
    title.trim().eq_ignore_ascii_case(REASON)
}
