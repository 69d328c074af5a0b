//! Parses phone numbers from lists into E.164. This module decides which notations are accepted; `phonenumber` knows
//! which numbers exist. It is only given ASCII digits after at most one `+`, which it always accepts.

use std::ops::RangeInclusive;

use phonenumber::metadata::DATABASE;
use phonenumber::{Metadata, Mode, ParseError, PhoneNumber, Type};

use super::region::Region;
use super::rejection::{NumberProblem, Rejection};

/// With fewer digits than this before a letter, the text is not a number with an extension.
const LEAST_DIGITS: usize = 7;
/// No country has numbers with more digits than this.
const MOST_DIGITS: usize = 20;
/// `+` and 15 digits, the maximum length in E.164.
const LONGEST: usize = 16;
/// The types of numbers that can be called.
const SORTS: [Type; 10] = [
    Type::FixedLine,
    Type::Mobile,
    Type::Voip,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Uan,
    Type::Voicemail,
    Type::Pager,
];
/// The possible lengths of an extension.
const EXTENSION: RangeInclusive<usize> = 1..=8;

/// Parses a number into E.164, or returns why it is invalid.
pub(crate) fn read(text: &str, region: Option<Region>) -> Result<String, Rejection> {
    let digits = digits(text)?;
    if digits.international {
        return international(digits.text.trim_start_matches("00"));
    }
    // Many people write 00 for the international prefix, whatever their own region dials.
    let zeros = digits.text.strip_prefix("00");
    let Some(region) = region else {
        return zeros.map_or(Err(Rejection::NoCountryCode), international);
    };
    let prefixed = without_prefix(&digits.text, region).or(zeros);
    if let Some(Ok(number)) = prefixed.map(international) {
        return Ok(number);
    }
    within_region(&digits.text, region)
}

/// A number that starts with a country code.
fn international(digits: &str) -> Result<String, Rejection> {
    // The digits may be valid as they are. Otherwise they may have a national prefix too many, which `phonenumber`
    // removes, but it also removes digits where nothing is superfluous.
    let codes = (1..=3).filter_map(|length| digits.split_at_checked(length));
    let mut numbers = codes.filter(|(code, national)| {
        let code = code
            .parse()
            .ok()
            .filter(|code: &u16| !digits.starts_with('0') && *code > 0);
        let plans = code.and_then(|code| DATABASE.by_code(&code));
        plans.is_some_and(|plans| plans.iter().any(|plan| assigns(plan, national)))
    });
    match numbers.next() {
        Some(_) => e164(format!("+{digits}")),
        None => valid(&format!("+{digits}"), None),
    }
}

/// A number as it is dialled within its region.
fn within_region(digits: &str, region: Region) -> Result<String, Rejection> {
    let plan = DATABASE.by_id(region.id().as_ref());
    let short = plan.and_then(|plan| digits.strip_prefix(plan.national_prefix()?));
    let national = short.into_iter().chain([digits]);
    let known = plan.and_then(|plan| {
        let national = national
            .into_iter()
            .find(|national| assigns(plan, national))?;
        Some(format!("+{}{national}", plan.country_code()))
    });
    known.map_or_else(|| valid(digits, Some(region)), e164)
}

/// Whether the numbering plan assigns this number.
fn assigns(plan: &Metadata, national: &str) -> bool {
    let all = plan.descriptors();
    let mut sorts = SORTS.into_iter().filter_map(|sort| all.get(sort));
    all.general().is_match(national) && sorts.any(|sort| sort.is_match(national))
}

/// The digits after the international prefix of this region.
fn without_prefix(digits: &str, region: Region) -> Option<&str> {
    let plan = DATABASE.by_id(region.id().as_ref())?;
    let prefix = plan.international_prefix()?.find(digits)?;
    (prefix.start() == 0).then(|| digits.get(prefix.end()..))?
}

/// The digits of a number.
struct Digits {
    text: String,
    /// Whether the text has a `+`.
    international: bool,
}

/// Extracts the digits, if the text is a notation of a phone number.
fn digits(text: &str) -> Result<Digits, Rejection> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let text = without_scheme(text);
    if text.is_empty() {
        return Err(Rejection::Empty);
    }
    let mut digits = Digits {
        text: String::with_capacity(text.len()),
        international: false,
    };
    for (at, c) in text.char_indices() {
        if let Some(digit) = digit(c) {
            digits.text.push(digit);
        } else if matches!(c, '+' | '\u{ff0b}') {
            if digits.international || !digits.text.is_empty() {
                return Err(Rejection::NotANumber);
            }
            digits.international = true;
        } else if !is_punctuation(c) && !is_invisible(c) {
            let is_extension = digits.text.len() >= LEAST_DIGITS && is_extension(&text[at..]);
            return Err(if is_extension {
                Rejection::Extension
            } else {
                Rejection::NotANumber
            });
        }
    }
    match digits.text.len() {
        0 => Err(Rejection::NotANumber),
        1..=MOST_DIGITS => Ok(digits),
        _ => Err(Rejection::invalid(NumberProblem::TooLong)),
    }
}

/// Removes the scheme of a link, as some programs export numbers.
fn without_scheme(text: &str) -> &str {
    match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
        _ => text,
    }
}

/// Whether the rest of a number is an extension: a mark, then digits.
fn is_extension(rest: &str) -> bool {
    let rest = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
    let mark = rest.trim_end_matches(|c: char| digit(c).is_some());
    let digits = rest[mark.len()..].chars().count();
    let mark = mark.trim_matches(|c: char| !c.is_alphanumeric());
    let is_word = mark.chars().all(char::is_alphabetic) && mark.chars().count() <= 10;
    EXTENSION.contains(&digits) && is_word
}

/// The digit zero of each script in which phone numbers are written.
const ZEROS: [char; 6] = [
    '0', '\u{0660}', '\u{06f0}', '\u{0966}', '\u{09e6}', '\u{ff10}',
];

fn digit(c: char) -> Option<char> {
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    })
}

/// Whether a character may separate the digits of a number.
fn is_punctuation(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '/' | '(' | ')' | '[' | ']' | '_' | '~' | '\'' | '·' | '•'
        )
        || matches!(
            c,
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{30fc}'
        )
        || matches!(
            c,
            '\u{ff08}' | '\u{ff09}' | '\u{ff0d}'..='\u{ff0f}' | '\u{3000}'
        )
}

/// Whether a character is invisible: a joiner, direction mark or byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}'
            | '\u{061c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// The number in E.164, if a numbering plan assigns it.
fn valid(digits: &str, region: Option<Region>) -> Result<String, Rejection> {
    let number = phonenumber::parse(region.map(Region::id), digits);
    let number = number.map_err(|error| Rejection::invalid(problem(&error)))?;
    if !number.is_valid() {
        return Err(Rejection::invalid(why_invalid(&number)));
    }
    e164(number.format().mode(Mode::E164).to_string())
}

/// Some numbering plans allow more digits than E.164.
fn e164(number: String) -> Result<String, Rejection> {
    match number.len() {
        ..=LONGEST => Ok(number),
        _ => Err(Rejection::invalid(NumberProblem::TooLong)),
    }
}

const fn problem(error: &ParseError) -> NumberProblem {
    match error {
        ParseError::InvalidCountryCode => NumberProblem::UnknownCountryCode,
        ParseError::TooLong | ParseError::MalformedInteger(_) => NumberProblem::TooLong,
        ParseError::NoNumber | ParseError::TooShortAfterIdd | ParseError::TooShortNsn => {
            NumberProblem::TooShort
        }
    }
}

/// Why a parsed number is invalid: its length, if that is the reason.
fn why_invalid(number: &PhoneNumber) -> NumberProblem {
    let plans = DATABASE.by_code(&number.country().code());
    let plans = plans.unwrap_or_default();
    if plans.is_empty() {
        return NumberProblem::UnknownCountryCode;
    }
    let national = number.national().to_string().len();
    let sorts = plans.iter().map(|plan| plan.descriptors());
    let sorts = sorts.flat_map(|all| SORTS.into_iter().filter_map(|sort| all.get(sort)));
    let lengths = sorts.flat_map(|sort| sort.possible_length().iter().copied().map(usize::from));
    match (lengths.clone().min(), lengths.max()) {
        (Some(least), _) if national < least => NumberProblem::TooShort,
        (_, Some(most)) if national > most => NumberProblem::TooLong,
        _ => NumberProblem::NotAssigned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbering plans contain an example of each type of number.
    #[test]
    fn the_examples_of_every_numbering_plan_are_read_as_they_are() {
        let mut read_well = 0;
        for plan in DATABASE.iter() {
            let home = Region::new(plan.id()).ok();
            let sorts = SORTS
                .into_iter()
                .filter_map(|sort| plan.descriptors().get(sort));
            for example in sorts.filter_map(|sort| sort.example()) {
                let whole = format!("+{}{example}", plan.country_code());
                if whole.len() > LONGEST {
                    continue;
                }
                assert_eq!(read(&whole, None).as_ref(), Ok(&whole), "{}", plan.id());
                let dialled = format!("{}{example}", plan.national_prefix().unwrap_or_default());
                if let Some(home) = home {
                    assert_eq!(
                        read(example, Some(home)).as_ref(),
                        Ok(&whole),
                        "{}",
                        plan.id()
                    );
                    assert_eq!(
                        read(&dialled, Some(home)).as_ref(),
                        Ok(&whole),
                        "{}",
                        plan.id()
                    );
                }
                let region = Region::new("FR").expect("a region");
                assert_eq!(read(&whole.replace('+', "00"), Some(region)), Ok(whole));
                read_well += 1;
            }
        }
        assert!(read_well > 1_000, "{read_well}");
    }
}
