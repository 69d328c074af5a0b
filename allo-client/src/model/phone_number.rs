//! The telephone number, which `Debug` does not show. Which numbers can be dialled is decided in `phone::number`.

use std::fmt;

use super::nullable::Nullable;
use super::text_type::text_type;

text_type! {
    /// A telephone number as the API has it: in E.164, such as `+12125550100`, or what stands in the place of one.
    ///
    /// Every text is accepted, as the API has others, too: the word `anonymous` for a caller who withholds the number, short
    /// codes, and numbers in the notation in which they were sent. [`is_e164`](Self::is_e164) tells.
    ///
    /// A number is personal data. `Debug` masks it, for logs; [`expose`](Self::expose) returns it, and so does `Display`,
    /// since `to_string` must be the number that is sent.
    ///
    /// ```
    /// use allo_client::PhoneNumber;
    ///
    /// let number = PhoneNumber::from("+12125550100");
    /// assert_eq!(number.expose(), "+12125550100");
    /// assert_eq!(format!("{number:?}"), "PhoneNumber(<redacted>)");
    /// assert!(number.is_e164() && !PhoneNumber::from("anonymous").is_e164());
    /// ```
    PhoneNumber
}

/// The maximum number of digits of E.164.
const MOST_DIGITS: usize = 15;

impl PhoneNumber {
    /// The number. It is personal data: do not log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it has the form of E.164: `+`, no leading zero, at most 15 digits. It says nothing about whether the
    /// number is assigned.
    #[must_use]
    pub fn is_e164(&self) -> bool {
        let Some(digits) = self.0.strip_prefix('+') else {
            return false;
        };
        (1..=MOST_DIGITS).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(<redacted>)")
    }
}

impl<const N: usize> From<[&str; N]> for Nullable<Vec<PhoneNumber>> {
    fn from(numbers: [&str; N]) -> Self {
        numbers.as_slice().into()
    }
}

impl From<&[&str]> for Nullable<Vec<PhoneNumber>> {
    fn from(numbers: &[&str]) -> Self {
        Self::Value(numbers.iter().map(|number| (*number).into()).collect())
    }
}

impl From<Vec<String>> for Nullable<Vec<PhoneNumber>> {
    fn from(numbers: Vec<String>) -> Self {
        Self::Value(numbers.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_server_has_comes_back_unchanged() {
        for text in [
            "+12125550100",
            "anonymous",
            "22000",
            "",
            "(212) 555-0100",
            "+٣",
        ] {
            let json = serde_json::to_string(text).unwrap();
            let number: PhoneNumber = serde_json::from_str(&json).unwrap();
            assert_eq!(number.expose(), text);
            assert_eq!(serde_json::to_string(&number).unwrap(), json);
            assert_eq!(number.to_string().parse(), Ok(number));
        }
        for json in ["1", "null", "[]", "{}"] {
            assert!(serde_json::from_str::<PhoneNumber>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn it_is_not_shown_wherever_it_stands() {
        let number = PhoneNumber::from("+12125550100");
        for shown in [
            format!("{number:?}"),
            format!("{number:#?}"),
            format!("{:?}", Some(&number)),
            format!("{:?}", Nullable::Value(&number)),
            format!("{:?}", [&number]),
        ] {
            assert!(
                !shown.contains("555") && shown.contains("<redacted>"),
                "{shown}"
            );
        }
    }

    #[test]
    fn the_form_of_e164_is_recognised() {
        for (text, expected) in [
            ("+12125550100", true),
            ("+1", true),
            ("+123456789012345", true),
            ("+1234567890123456", false),
            ("+02125550100", false),
            ("12125550100", false),
            ("+1 212 555 0100", false),
            ("+٣٣", false),
            ("+", false),
            ("anonymous", false),
            ("", false),
        ] {
            assert_eq!(PhoneNumber::from(text).is_e164(), expected, "{text}");
        }
    }

    #[test]
    fn a_list_of_texts_sets_a_nullable_list() {
        let expected = Nullable::Value(vec![PhoneNumber::from("+12125550100")]);
        assert_eq!(Nullable::from(["+12125550100"]), expected);
        assert_eq!(Nullable::from(vec!["+12125550100".to_owned()]), expected);
    }
}
