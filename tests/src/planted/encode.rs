//! The encodings in which a response may echo a request, and their decoding.

use fastrand::Rng;

/// A text in a random encoding, most often plain.
pub(super) fn any(random: &mut Rng, text: &str) -> String {
    match random.u8(..10) {
        0 => marks(text, percent),
        1 => all(text, percent),
        2 => marks(&marks(text, percent), percent),
        3 => marks(text, json),
        4 => all(text, json),
        5 => marks(text, |c| format!("&#{};", u32::from(c))),
        _ => text.to_owned(),
    }
}

/// Everything except letters and digits.
fn marks(text: &str, encode: fn(char) -> String) -> String {
    let one = |c: char| match c.is_alphanumeric() {
        true => c.to_string(),
        false => encode(c),
    };
    text.chars().map(one).collect()
}

fn all(text: &str, encode: fn(char) -> String) -> String {
    text.chars().map(encode).collect()
}

fn percent(c: char) -> String {
    let mut bytes = [0; 4];
    let bytes = c.encode_utf8(&mut bytes).bytes();
    bytes.map(|byte| format!("%{byte:02X}")).collect()
}

fn json(c: char) -> String {
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    units.map(|unit| format!("\\u{unit:04x}")).collect()
}

/// The text with all these encodings decoded, repeatedly. Only ASCII matters here.
pub(super) fn read(text: &str) -> String {
    let mut text = text.replace("\\\\", "\\");
    for _ in 0..3 {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            let (c, length) = one(rest).unwrap_or((c, c.len_utf8()));
            out.push(c);
            rest = &rest[length..];
        }
        text = out;
    }
    text
}

fn one(text: &str) -> Option<(char, usize)> {
    let hex = |from: usize, to: usize| {
        let code = u32::from_str_radix(text.get(from..to)?, 16).ok()?;
        char::from_u32(code).filter(char::is_ascii)
    };
    match text.as_bytes() {
        [b'%', ..] => Some((hex(1, 3)?, 3)),
        [b'\\', b'u', ..] => Some((hex(2, 6)?, 6)),
        [b'&', b'#', ..] => {
            let end = text.find(';')?;
            let code: u32 = text.get(2..end)?.parse().ok()?;
            Some((char::from_u32(code)?, end + 1))
        }
        _ => None,
    }
}
