//! Decimal amounts of money, which lose no digits in transit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

/// The maximum number of digits that every JSON reader with `f64` numbers preserves.
const MOST_DIGITS: usize = 15;

/// An amount of money. Its currency is in a separate field.
///
/// An exact decimal number: `0.1` is exactly one tenth. On the wire it is a JSON number, which is
/// read as an `f64` and converted to the shortest decimal with that value. So up to 15 digits are
/// preserved, wherever the decimal point is; trailing zeros of a fraction are not.
///
/// ```
/// use allo_client::Amount;
///
/// let price: Amount = "1250.10".parse()?;
/// assert_eq!(price.minor_units(2), Some(125_010)); // cents
/// assert_eq!(price, Amount::from_minor_units(125_010, 2).unwrap());
/// assert_eq!(price.to_string(), "1250.1");
/// # Ok::<(), allo_client::AmountError>(())
/// ```
#[derive(Clone)]
pub struct Amount(Number);

/// A text that is not a decimal number, or has more than 15 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AmountError;

impl Amount {
    /// Converts from minor units: with `exponent` 2, from cents. `None` if the amount has more than 15
    /// digits.
    #[must_use]
    pub fn from_minor_units(units: i64, exponent: u8) -> Option<Self> {
        let places = usize::from(exponent);
        if places > MOST_DIGITS {
            return None;
        }
        let digits = format!("{:0>1$}", units.unsigned_abs(), places + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - places)?;
        let sign = if units < 0 { "-" } else { "" };
        let point = if places > 0 { "." } else { "" };
        format!("{sign}{whole}{point}{fraction}").parse().ok()
    }

    /// Converts to minor units: with `exponent` 2, to cents. `None` if the amount is not a whole number
    /// of these units or exceeds an `i64`; it is never rounded.
    #[must_use]
    pub fn minor_units(&self, exponent: u8) -> Option<i64> {
        let (digits, places) = self.decimal()?;
        let missing = u32::from(exponent).checked_sub(places)?;
        let units = digits.checked_mul(10_i128.checked_pow(missing)?)?;
        units.try_into().ok()
    }

    /// The nearest `f64`, for charts and estimates. Sums of these are inexact.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.as_f64().unwrap_or_default()
    }

    /// All digits as a whole number, and the number of digits after the decimal point.
    fn decimal(&self) -> Option<(i128, u32)> {
        let text = self.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some((digits, u32::try_from(fraction.len()).ok()?))
    }
}

/// Whether the text is a decimal number such as `-12.34` with at most `MOST_DIGITS` digits.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let zeros = whole.trim_start_matches('0').len() + fraction.trim_end_matches('0').len();
    is_number(whole) && is_number(fraction) && zeros <= MOST_DIGITS
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        if !is_decimal(text) {
            return Err(AmountError);
        }
        if let Ok(whole) = text.parse::<i64>() {
            return Ok(whole.into());
        }
        let number = text.parse::<f64>().map_err(|_| AmountError)?;
        Self::try_from(number)
    }
}

impl TryFrom<f64> for Amount {
    type Error = AmountError;

    /// Converts to the shortest decimal with this value.
    fn try_from(number: f64) -> Result<Self, AmountError> {
        Number::from_f64(number).map(Self).ok_or(AmountError)
    }
}

impl From<i64> for Amount {
    fn from(whole: i64) -> Self {
        Self(whole.into())
    }
}

impl From<i32> for Amount {
    fn from(whole: i32) -> Self {
        Self(whole.into())
    }
}

impl From<u32> for Amount {
    fn from(whole: u32) -> Self {
        Self(whole.into())
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        match (self.decimal(), other.decimal()) {
            (Some(one), Some(other)) => one == other,
            _ => self.to_f64() == other.to_f64(),
        }
    }
}

impl fmt::Display for Amount {
    /// Writes no exponent and no trailing zeros of a fraction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        if text.contains(['e', 'E']) {
            text = self.to_f64().to_string();
        }
        if text.contains('.') {
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        f.pad(if text == "-0" { "0" } else { &text })
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({self})")
    }
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a decimal number of at most {MOST_DIGITS} digits")
    }
}

impl std::error::Error for AmountError {}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Number::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Amount {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn cents_come_through_the_wire() {
        // None of these has an exact binary fraction.
        for cents in [1, 10, 29, 57, 1_999, 125_010, 9_999_999_999_999, -1_005] {
            let amount = Amount::from_minor_units(cents, 2).unwrap();
            let wire = serde_json::to_string(&amount).unwrap();
            assert_eq!(read(&wire).minor_units(2), Some(cents), "{wire}");
        }
        assert_eq!(read("1250.10").minor_units(2), Some(125_010));
        assert_eq!(read("1e3").minor_units(2), Some(100_000));
    }

    #[test]
    fn it_is_never_rounded() {
        assert_eq!(read("0.125").minor_units(2), None);
        assert_eq!(read("0.125").minor_units(3), Some(125));
        assert_eq!(read("12").minor_units(0), Some(12));
        assert_eq!(read("1e300").minor_units(2), None);
        assert_eq!(Amount::from_minor_units(i64::MAX, 2), None);
        assert_eq!(Amount::from_minor_units(5, 200), None);
    }

    #[test]
    fn texts_that_would_change_on_the_way_are_refused() {
        for bad in ["", "-", ".5", "5.", "1,5", "1e3", "+1", "NaN", " 1"] {
            assert_eq!(bad.parse::<Amount>(), Err(AmountError), "{bad}");
        }
        assert!("1234567890123.45".parse::<Amount>().is_ok());
        assert_eq!("12345678901234.56".parse::<Amount>(), Err(AmountError));
        assert_eq!(Amount::try_from(f64::NAN), Err(AmountError));
    }

    #[test]
    fn equal_amounts_are_equal_however_written() {
        assert_eq!(read("1250"), read("1250.00"));
        assert_eq!(read("-0.0").to_string(), "0");
        assert_ne!(read("0.1"), read("0.10000000000000002"));
        assert_eq!(
            serde_json::to_string(&read("1250.0")).unwrap(),
            "1250.0",
            "what came as a fraction goes as one"
        );
    }
}
