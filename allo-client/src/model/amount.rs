//! Decimal amounts of money, which lose no digits in transit.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

use super::nullable::Nullable;

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

macro_rules! from_whole {
    ($($whole:ty),*) => {$(
        impl From<$whole> for Amount {
            fn from(whole: $whole) -> Self {
                Self(whole.into())
            }
        }
        impl From<$whole> for Nullable<Amount> {
            fn from(whole: $whole) -> Self {
                Self::Value(whole.into())
            }
        }
    )*};
}
from_whole!(i8, i16, i32, i64, u8, u16, u32, u64);

/// A number in decimal: `0.digits · 10^exponent`, or zero without digits. Equal amounts have equal ones.
#[derive(PartialEq, Eq, Hash)]
struct Decimal {
    is_negative: bool,
    exponent: i32,
    digits: String,
}

impl Amount {
    /// The value, however it was written. Neither JSON nor this type has infinities, so there is always one.
    fn value(&self) -> Decimal {
        let text = self.0.to_string();
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let zeros = all.len() - digits.len();
        let digits = digits.trim_end_matches('0').to_owned();
        let point = i32::try_from(whole.len()).unwrap_or(i32::MAX);
        let point = point.saturating_sub(i32::try_from(zeros).unwrap_or(i32::MAX));
        let power: i32 = power.parse().unwrap_or_default();
        match digits.is_empty() {
            true => Decimal {
                is_negative: false,
                exponent: 0,
                digits,
            },
            false => Decimal {
                is_negative,
                exponent: point.saturating_add(power),
                digits,
            },
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Self| match (decimal.digits.is_empty(), decimal.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = |one: &Self, other: &Self| {
            let by_exponent = one.exponent.cmp(&other.exponent);
            by_exponent.then_with(|| one.digits.cmp(&other.digits))
        };
        sign(self)
            .cmp(&sign(other))
            .then_with(|| match self.is_negative {
                true => size(other, self),
                false => size(self, other),
            })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl Eq for Amount {}

impl Hash for Amount {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value().hash(state);
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value().cmp(&other.value())
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
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

    #[test]
    fn amounts_are_ordered_by_value_and_equal_ones_hash_alike() {
        let rising = [
            "-1e300",
            "-1250.5",
            "-1250",
            "-12",
            "-0.125",
            "0",
            "1e-7",
            "0.0999",
            "0.1",
            "0.11",
            "1",
            "9.99",
            "10",
            "1250.10",
            "1250.2",
            "12500",
            "18446744073709551615",
            "1e300",
        ];
        for (index, one) in rising.iter().enumerate() {
            for (at, other) in rising.iter().enumerate() {
                assert_eq!(read(one).cmp(&read(other)), index.cmp(&at), "{one} {other}");
            }
        }
        let same = ["1250", "1250.0", "1.25e3", "1250.000"].map(read);
        assert_eq!(std::collections::HashSet::from(same).len(), 1);
        assert_eq!(
            std::collections::HashSet::from(["0", "-0.0", "0e9"].map(read)).len(),
            1
        );
        assert_eq!(Amount::from(7_u8), Amount::from(7_i64));
        assert_eq!(Nullable::<Amount>::from(7), Nullable::Value(7_u64.into()));
        assert_eq!(Amount::from(u64::MAX).to_string(), u64::MAX.to_string());
    }
}
