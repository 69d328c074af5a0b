//! Normalises phone numbers to E.164. Country codes and lengths are not validated.

/// The number of digits in an E.164 number.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// `+` and 8 to 15 digits from any formatting of an international number; `None` for everything
/// else. A number without `+` or `00` is rejected, because its country is unknown.
pub(crate) fn normalise(input: &str) -> Option<String> {
    let compact = without_punctuation(input)?;
    let digits = compact
        .strip_prefix('+')
        .or_else(|| compact.strip_prefix("00"))?;
    let valid = DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| format!("+{digits}"))
}

/// The number, if it is already E.164.
pub(crate) fn e164(input: &str) -> Option<String> {
    normalise(input).filter(|number| number == input)
}

/// Letters are not punctuation: dropping them would turn "ext. 34" into digits of a number.
fn without_punctuation(input: &str) -> Option<String> {
    if input
        .chars()
        .any(|c| c.is_alphanumeric() && !c.is_ascii_digit())
    {
        return None;
    }
    Some(
        input
            .chars()
            .filter(|&c| c == '+' || c.is_ascii_digit())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_any_formatting_of_an_international_number() {
        let forms = [
            "+12125550123",
            "+1 (212) 555-0123",
            " +1.212.555.0123 ",
            "0012125550123",
            "00 1 212 555 0123",
            "+1/212/555/0123",
            "(+1) 212 555 0123",
            "+1\u{a0}212\u{2011}555\u{2013}0123",
        ];
        for form in forms {
            assert_eq!(normalise(form).as_deref(), Some("+12125550123"), "{form:?}");
        }
    }

    #[test]
    fn counts_digits() {
        assert_eq!(normalise("+1212555"), None);
        assert_eq!(normalise("+12125550").as_deref(), Some("+12125550"));
        assert_eq!(
            normalise("+121255501000000").as_deref(),
            Some("+121255501000000")
        );
        assert_eq!(normalise("+1212555010000000"), None);
    }

    #[test]
    fn refuses_what_is_not_an_international_number() {
        let inputs = [
            "",
            "+",
            "00",
            "12",
            "212 555 0123",
            "0212 555 0123",
            "+1 212 555 0123 ext. 4",
            "+1 212 555 0123 +1",
            "++12125550123",
            "1+2125550123",
            "+1212555o123",
            "tel:+12125550123",
            "anonymous",
            "\u{ff0b}12125550123",
            "+\u{0661}\u{0662}125550123",
        ];
        for input in inputs {
            assert_eq!(normalise(input), None, "{input:?}");
        }
    }
}
