//! Texts without a secret, composed of pieces that resemble one.

use fastrand::Rng;

/// A one-line text.
pub(super) fn text(random: &mut Rng) -> String {
    let count = random.usize(1..=7);
    let pieces: Vec<_> = (0..count).map(|_| piece(random)).collect();
    let mut text = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        // A word between digits: two adjacent groups may be a number.
        let word = WORDS[random.usize(..WORDS.len())];
        let joined = if index == 0 {
            piece.clone()
        } else {
            format!(" {word} {piece}")
        };
        if text.len() + joined.len() < 290 {
            text.push_str(&joined);
        }
    }
    text
}

const WORDS: [&str; 12] = [
    "is", "of", "and", "at", "since", "until", "for", "=", "<", "is not", "→", "after",
];

fn piece(random: &mut Rng) -> String {
    let hex = |random: &mut Rng, count: usize| -> String {
        (0..count)
            .map(|_| char::from(b"0123456789abcdef"[random.usize(..16)]))
            .collect()
    };
    let base62 = |random: &mut Rng, count: usize| -> String {
        (0..count).map(|_| random.alphanumeric()).collect()
    };
    match random.u8(..22) {
        0 => random.u32(1_500_000_000..2_000_000_000).to_string(),
        1 => random.u64(1_500_000_000_000..2_000_000_000_000).to_string(),
        2 => format!(
            "20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            random.u8(..99),
            random.u8(1..13),
            random.u8(1..29),
            random.u8(..24),
            random.u8(..60),
            random.u8(..60),
            random.u32(..1_000_000)
        ),
        3 => format!(
            "20{:02}-{:02}-{:02} 13:00:00+02:00",
            random.u8(..99),
            random.u8(1..13),
            random.u8(1..29)
        ),
        4 => format!("cll-{}", hex(random, 40)),
        5 => format!("usr-{}", hex(random, 40).to_uppercase()),
        6 => format!("req_{}", base62(random, 20)),
        7 => format!(
            "{}-{}-{}-{}-{}",
            hex(random, 8),
            hex(random, 4),
            hex(random, 4),
            hex(random, 4),
            hex(random, 12)
        ),
        8 => format!("{}.{}.{}", random.u8(..100), random.u8(..), random.u8(..)),
        9 => format!("{} bytes", random.u64(..)),
        10 => format!(
            "{}.{}.{}.{}:{}",
            random.u8(..),
            random.u8(..),
            random.u8(..),
            random.u8(..),
            random.u16(..)
        ),
        11 => random.u32(..100_000_000).to_string(),
        12 => format!("{}/{}", random.u16(..1_000), random.u16(..)),
        13 => format!("{}-{}", random.u16(..100), random.u16(..)),
        14 => format!("0.{}", random.u64(..)),
        15 => format!("{}ms", random.u64(..)),
        16 => format!("00-{}a-{}b-01", hex(random, 31), hex(random, 15)),
        17 => format!("{}a", hex(random, 39)),
        _ => {
            const TEXTS: [&str; 16] = [
                "+",
                "%2B",
                "\\u002B",
                "&#43;",
                "%",
                "100%25",
                "@",
                "@here",
                "%40",
                "“quoted”",
                "`code`",
                "GET /v2/api/users/{id}",
                "UTC+02:00",
                "numbers[0].number",
                "RATE_LIMIT_EXCEEDED",
                "日本語",
            ];
            TEXTS[random.usize(..TEXTS.len())].to_owned()
        }
    }
}
