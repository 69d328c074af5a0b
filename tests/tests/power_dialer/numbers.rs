//! Which notations are phone numbers, and which of those are valid.

use allo_client::power_dialer::{
    LeadValidator, LeadValidatorOptions, NumberProblem, Region, Rejection,
};
use proptest::prelude::*;

const PARIS: &str = "+33199001234";
const NEW_YORK: &str = "+12125550123";

fn read(number: &str, region: Option<&str>) -> Result<String, Rejection> {
    let options = match region {
        Some(region) => {
            LeadValidatorOptions::new().default_region(Region::new(region).expect("a region"))
        }
        None => LeadValidatorOptions::new(),
    };
    let accepted = LeadValidator::new(options).check(&number.into())?;
    Ok(accepted.number.into_string())
}

#[test]
fn common_notations_are_parsed() {
    let table = [
        ("+33199001234", None, PARIS),
        ("+33 1 99 00 12 34", None, PARIS),
        ("+33 (0)1 99 00 12 34", None, PARIS),
        ("0033 1 99 00 12 34", None, PARIS),
        ("0033199001234", Some("FR"), PARIS),
        ("01 99 00 12 34", Some("FR"), PARIS),
        ("01.99.00.12.34", Some("FR"), PARIS),
        ("01-99-00-12-34", Some("fr"), PARIS),
        ("199001234", Some("FR"), PARIS),
        ("33199001234", Some("FR"), PARIS),
        ("tel:+33-1-99-00-12-34", None, PARIS),
        ("TEL:0199001234", Some("FR"), PARIS),
        (
            "\u{202a}+33\u{a0}1\u{a0}99\u{a0}00\u{a0}12\u{a0}34\u{202c}",
            None,
            PARIS,
        ),
        ("\u{feff}+33199001234\u{200b}", None, PARIS),
        ("\u{200e}+33\u{2011}199\u{2013}001234", None, PARIS),
        ("\u{ff0b}\u{ff13}\u{ff13}199001234", None, PARIS),
        (
            "+\u{0663}\u{0663}\u{0661}\u{0669}\u{0669}001234",
            None,
            PARIS,
        ),
        ("+33199001234", Some("US"), PARIS),
        // 011 is the international prefix there, but most of the world writes 00.
        ("00 33 1 99 00 12 34", Some("US"), PARIS),
        ("011 33 1 99 00 12 34", Some("US"), PARIS),
        ("(212) 555-0123", Some("US"), NEW_YORK),
        ("1-212-555-0123", Some("US"), NEW_YORK),
        ("+1 (212) 555-0123", Some("FR"), NEW_YORK),
        (" 001 212 555 0123 ", Some("FR"), NEW_YORK),
    ];
    for (text, region, expected) in table {
        assert_eq!(
            read(text, region).as_deref(),
            Ok(expected),
            "{text:?} in {region:?}"
        );
    }
}

#[test]
fn invalid_numbers_are_rejected_with_their_reason() {
    use NumberProblem::{NotAssigned, TooLong, TooShort, UnknownCountryCode};
    let invalid = |why| {
        serde_json::from_value::<Rejection>(
            serde_json::json!({"code": "invalid_number", "why": why}),
        )
        .expect("a rejection")
    };
    let table = [
        ("", None, Rejection::Empty),
        (" \u{a0}\u{200b}\u{feff}", None, Rejection::Empty),
        ("tel:", None, Rejection::Empty),
        ("unknown", None, Rejection::NotANumber),
        ("marie@example.com", Some("FR"), Rejection::NotANumber),
        ("+", None, Rejection::NotANumber),
        ("---", Some("FR"), Rejection::NotANumber),
        ("1-800-FLOWERS", Some("US"), Rejection::NotANumber),
        (
            "+33 1 99 00 12 34 +33 1 99 00 12 35",
            None,
            Rejection::NotANumber,
        ),
        ("33+199001234", None, Rejection::NotANumber),
        ("++33199001234", None, Rejection::NotANumber),
        ("\u{1d7d9}\u{1d7da}", Some("FR"), Rejection::NotANumber),
        ("+33 1 99 00 12 34 ext. 12", None, Rejection::Extension),
        ("01 99 00 12 34 x7", Some("FR"), Rejection::Extension),
        ("+33199001234;ext=12", None, Rejection::Extension),
        ("+33199001234#12", None, Rejection::Extension),
        ("+33 1 99 00 12 34 poste 204", None, Rejection::Extension),
        ("+33199001234,,12", None, Rejection::Extension),
        ("01 99 00 12 34", None, Rejection::NoCountryCode),
        ("33199001234", None, Rejection::NoCountryCode),
        ("2125550123", None, Rejection::NoCountryCode),
        ("+33 1 99", None, invalid(TooShort)),
        ("+33 1 99 00 12 34 5", None, invalid(TooLong)),
        (
            "01 99 00 12 34 / 01 99 00 12 35",
            Some("FR"),
            invalid(TooLong),
        ),
        ("1234567890123456789012345", None, invalid(TooLong)),
        ("+999 1234 5678", None, invalid(UnknownCountryCode)),
        ("+0 199 001 234", None, invalid(UnknownCountryCode)),
        ("+1 012 555 0123", None, invalid(NotAssigned)),
        ("12", Some("FR"), invalid(TooShort)),
    ];
    for (text, region, expected) in table {
        assert_eq!(read(text, region), Err(expected), "{text:?} in {region:?}");
    }
}

#[test]
fn regions_are_countries() {
    for code in ["FR", "fr", " Fr ", "GB", "US", "RE"] {
        assert!(Region::new(code).is_ok(), "{code}");
    }
    for code in ["", "F", "FRA", "33", "UK", "ZZ", "AQ", "É", "001"] {
        let error = Region::new(code).unwrap_err();
        assert_eq!(error.param(), Some("default_region"), "{code}");
    }
}

fn all_regions() -> Vec<Region> {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
    codes.filter_map(|code| Region::new(&code).ok()).collect()
}

/// A text is accepted or rejected, and an accepted number parses to itself.
fn assert_sane(text: &str, region: Option<Region>) -> Result<(), TestCaseError> {
    let options = region.map_or_else(LeadValidatorOptions::new, |region| {
        LeadValidatorOptions::new().default_region(region)
    });
    let mut validator = LeadValidator::new(options);
    if let Ok(accepted) = validator.check(&text.into()) {
        let number = accepted.number;
        let digits = number.expose().strip_prefix('+');
        prop_assert!(
            digits.is_some_and(
                |digits| digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_digit())
            ),
            "{}",
            number
        );
        prop_assert_eq!(
            validator
                .check(&number.expose().into())
                .map(|again| again.number),
            Ok(number)
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_handled(text in any::<String>(), region in proptest::sample::select(all_regions())) {
        assert_sane(&text, None)?;
        assert_sane(&text, Some(region))?;
    }

    #[test]
    fn any_digits_are_handled(text in "(00|011|\\+{0,2}|0|\\(0\\))[0-9]{0,22}[ .x#*-]{0,2}[0-9]{0,6}", region in proptest::sample::select(all_regions())) {
        assert_sane(&text, None)?;
        assert_sane(&text, Some(region))?;
    }
}
