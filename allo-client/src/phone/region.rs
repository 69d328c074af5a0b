//! The region of numbers without a country code. `number` parses the numbers.

use std::fmt;
use std::str::FromStr;

use phonenumber::country;
use phonenumber::metadata::DATABASE;

use crate::error::Error;

/// A country or territory, identified by its two-letter ISO 3166-1 code.
///
/// ```
/// use allo_client::power_dialer::Region;
///
/// let france = Region::new("fr")?;
/// assert_eq!(france.to_string(), "FR");
/// assert!(Region::new("33").is_err());
/// # Ok::<(), allo_client::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Region(country::Id);

impl Region {
    /// The region with this code, in upper or lower case.
    ///
    /// # Errors
    ///
    /// If no region with a numbering plan has this code.
    pub fn new(code: &str) -> Result<Self, Error> {
        let code = code.trim().to_ascii_uppercase();
        let id = country::Id::from_str(&code).ok();
        // Without a numbering plan, parsing a number would fail later.
        let known = id.filter(|id| DATABASE.by_id(id.as_ref()).is_some());
        known.map(Self).ok_or_else(|| {
            Error::invalid_request("the default region is not a two-letter country code")
                .with_param("default_region")
                .with_suggestion("use an ISO 3166-1 code, such as FR, GB or US")
        })
    }

    /// The code, in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    pub(super) const fn id(self) -> country::Id {
        self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(code: &str) -> Result<Self, Error> {
        Self::new(code)
    }
}
