//! Secrets, the text around them, and their detection.

use fastrand::Rng;

use super::encode;

/// The keys of the clients: one in the format of the service, and one in another.
pub(super) const KEYS: [&str; 2] = ["ak_live_n33dle0f0hay", "n33dle-0f/Hay+Stack=77%41"];

/// A text that must not be visible.
#[derive(Clone, Debug)]
pub(super) enum Secret {
    /// As formatted, and its digits without the country code.
    Phone { text: String, digits: String },
    /// With its part before the `@`.
    Email { text: String, local: String },
    /// The key of the client, or a part of it.
    Key { text: String },
}

impl Secret {
    pub(super) fn any(random: &mut Rng, key: &str) -> Self {
        match random.u8(..8) {
            0..5 => phone(random),
            5 | 6 => email(random),
            _ => self::key(random, key),
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Phone { text, .. } | Self::Email { text, .. } | Self::Key { text } => text,
        }
    }

    /// Whether it consists of digits without a mark.
    fn is_bare(&self) -> bool {
        matches!(self, Self::Phone { text, .. } if !text.starts_with('+'))
    }

    /// A part of it that identifies it, if that is visible.
    pub(super) fn part_in(&self, seen: &Seen) -> Option<String> {
        let (needle, length) = match self {
            Self::Phone { digits, .. } => (digits.as_str(), 6),
            Self::Email { local, .. } => (local.as_str(), 5),
            Self::Key { text } => (text.as_str(), 6),
        };
        let needle: Vec<char> = needle.chars().collect();
        let parts = needle.windows(length);
        let mut parts = parts.map(|part| part.iter().collect::<String>());
        parts.find(|part| seen.0.iter().any(|text| text.contains(part.as_str())))
    }
}

/// The visible text of a case: plain, with encodings decoded, and without separators of digits.
pub(super) struct Seen([String; 3]);

impl Seen {
    pub(super) fn of(text: &str) -> Self {
        let read = encode::read(text);
        let joined = read.replace(|c: char| " -.()/".contains(c), "");
        Self([text.to_owned(), read, joined])
    }
}

/// A telephone number as people and programs write it. The digits after the country code are 2 to 9, of which nothing
/// else in a case has six in a row.
fn phone(random: &mut Rng) -> Secret {
    let digits: String = (0..9).map(|_| char::from(random.u8(b'2'..=b'9'))).collect();
    let [a, b, c, d, e] = [
        &digits[..1],
        &digits[1..3],
        &digits[3..5],
        &digits[5..7],
        &digits[7..],
    ];
    let text = match random.u8(..12) {
        0..4 => format!("+33{digits}"),
        4 => format!("+33 {a} {b} {c} {d} {e}"),
        5 => format!("+1 ({a}{b}) {c}{a}-{d}{e}"),
        6 => format!("+44-{a}{b}-{c}{d}-{e}"),
        7 => format!("+33.{a}.{b}.{c}.{d}.{e}"),
        8 => format!("0{a} {b} {c} {d} {e}"),
        9 => format!("0{a}-{b}-{c}-{d}-{e}"),
        10 => format!("0033{digits}"),
        _ => format!("0{digits}"),
    };
    Secret::Phone { text, digits }
}

/// An address with letters in an order that no word has.
fn email(random: &mut Rng) -> Secret {
    let letter = |random: &mut Rng| char::from(b"qxzjkvw"[random.usize(..7)]);
    let local: String = (0..8).map(|_| letter(random)).collect();
    let text = match random.u8(..5) {
        0 => format!("{local}.d+x@example.com"),
        1 => format!("\"{local} d\"@example.com"),
        2 => format!("é{local}@exämple.com"),
        _ => format!("{local}@example.com"),
    };
    Secret::Email { text, local }
}

/// The key, complete or truncated, but still recognisable.
fn key(random: &mut Rng, key: &str) -> Secret {
    let text = match random.u8(..6) {
        0 => &key[..random.usize(8..key.len())],
        1 => &key[random.usize(1..=key.len() - 8)..],
        _ => key,
    };
    Secret::Key {
        text: text.to_owned(),
    }
}

/// The text before and after a secret. Letters adjacent to digits without a mark make them an id.
pub(super) fn around(random: &mut Rng, secret: &Secret) -> (&'static str, &'static str) {
    const APART: [&str; 18] = [
        " ",
        "\n",
        "/",
        " - ",
        ",",
        ", ",
        ";",
        "|",
        " | ",
        ":",
        "=",
        "(",
        "[",
        "\"",
        "<",
        "\u{200b} ",
        "\t",
        "：",
    ];
    const GLUED: [&str; 8] = [
        "", "FR", "phone_", "tel:", "SEEN_", "cll-7", "número", "日本",
    ];
    const BEHIND: [&str; 6] = ["", "is", "_TAKEN", "é", "X", "-now"];
    let apart = |random: &mut Rng| APART[random.usize(..APART.len())];
    let glue = random.bool();
    match secret {
        _ if secret.is_bare() || !glue => (apart(random), apart(random)),
        // A letter before or after an address belongs to it.
        Secret::Email { .. } => (apart(random), BEHIND[random.usize(..BEHIND.len())]),
        _ => (
            GLUED[random.usize(..GLUED.len())],
            BEHIND[random.usize(..BEHIND.len())],
        ),
    }
}
