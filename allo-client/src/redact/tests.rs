//! Tables of texts that are masked and texts that are not.

use super::*;

const KEY: &str = "s3cret-key/of+7";

fn clean(text: &str) -> String {
    let key = ApiKey::from(KEY);
    Redactor::new(&key).clean(text)
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(clean(text), *expected, "{text}");
    }
}

#[test]
fn numbers_with_a_plus_are_masked_whatever_is_around_them() {
    check(&[
        ("call +12125550101 now", "call <phone> now"),
        ("call +1 (212) 555-0101, please", "call <phone>, please"),
        ("+1-212-555-0101;ext=5", "<phone>;ext=5"),
        ("+1.212.555.0101.", "<phone>."),
        ("+33 (0)6 12 34 56 78", "<phone>"),
        ("(+33) 6 12 34 56 78", "(<phone>"),
        ("+33612345678is", "<phone>is"),
        ("phone_+33612345678", "phone_<phone>"),
        ("FR+33612345678", "FR<phone>"),
        ("SEEN_+33612345678_TWICE", "SEEN_<phone>_TWICE"),
        ("cll-7+33612345678", "cll-7<phone>"),
        ("+ 33 6 12 34 56 78", "<phone>"),
        ("＋３３６１２３４５６７８", "<phone>"),
        ("+33\u{200b}612\u{ad}345678", "<phone>"),
        ("+33_612_345_678", "<phone>"),
        ("number=%2B33+612+345+678&x", "number=<phone>&x"),
        ("+1 212 555 0101 2026-05-20", "<phone> 2026-05-20"),
        ("+44 20 7946 0018 at 13:00", "<phone> at 13:00"),
        ("+33612345678 1000 of 1000", "<phone> 1000 of 1000"),
    ]);
}

#[test]
fn of_several_numbers_each_is_masked() {
    check(&[
        (
            "numbers +33612345678 +12125550011 are taken",
            "numbers <phone> <phone> are taken",
        ),
        ("+33612345678\n+12125550011", "<phone> <phone>"),
        ("+33612345678/+12125550011", "<phone>/<phone>"),
        ("+33612345678 - +12125550011", "<phone> - <phone>"),
        ("+33612345678,+12125550011", "<phone>,<phone>"),
        ("+33612345678;+12125550011", "<phone>;<phone>"),
        ("+33612345678|+12125550011", "<phone>|<phone>"),
        ("+33612345678+12125550011", "<phone><phone>"),
        ("+33612345678 33612345679", "<phone> <phone>"),
        ("+1 212 555 0101 +1 212 555 0102", "<phone> <phone>"),
        ("+1 212 555 0101 212 555 0102", "<phone> <phone>"),
        ("+33 6 12 34 56 78 +33 6 12 34 56 79", "<phone> <phone>"),
        ("0612345678 / 0612345679", "<phone> / <phone>"),
        ("0612345678, 0612345679", "<phone>, <phone>"),
        (
            "[\"+33612345678\",\"+12125550011\"]",
            "[\"<phone>\",\"<phone>\"]",
        ),
    ]);
}

#[test]
fn numbers_as_they_are_written_at_home_are_masked() {
    check(&[
        ("(212) 555 0101.", "<phone>."),
        ("(212) 555-0101", "<phone>"),
        ("212-555-0101", "<phone>"),
        ("212.555.0101", "<phone>"),
        ("212 5550101", "<phone>"),
        ("1 212 555 0101", "<phone>"),
        ("06 12 34 56 78", "<phone>"),
        ("06.12.34.56.78", "<phone>"),
        ("06-12-34-56-78-now", "<phone>-now"),
        ("06 12 34 56 78is", "<phone>is"),
        ("0612-345678", "<phone>"),
        ("030/12345678", "<phone>"),
        ("020 7946 0018", "<phone>"),
        ("00 33 6 12 34 56 78", "<phone>"),
        ("00 49 1711234567", "<phone>"),
        ("12 34 56 78", "<phone>"),
        ("tel:12125550101;", "tel:<phone>;"),
        ("tel:5550142", "tel:<phone>"),
        ("phone_5550142", "phone_<phone>"),
        ("mobile_phone=55 50 14 2", "mobile_phone=<phone>"),
        ("TEL-212-555-0101", "TEL-<phone>"),
        ("phone: \"555 0142\"", "phone: \"<phone>\""),
    ]);
}

#[test]
fn digits_in_a_row_are_a_number_unless_they_are_something_else() {
    check(&[
        ("0012125550101", "<phone>"),
        ("0612345678", "<phone>"),
        ("number=33612345678&x", "number=<phone>&x"),
        ("12125550101.", "<phone>."),
        ("2125550101is", "<phone>is"),
        ("01711234567", "<phone>"),
        ("612345678", "<phone>"),
        (
            "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}",
            "<phone>",
        ),
        // The price: a count as long as a number, and two adjacent counts, are masked.
        ("size 1073741824", "size <phone>"),
        ("413 10485760", "<phone>"),
    ]);
}

#[test]
fn numbers_are_found_in_every_encoding() {
    check(&[
        ("number=%2B12125550101&x", "number=<phone>&x"),
        ("number=%2b33%20612345678", "number=<phone>"),
        ("%252B33612345678", "<phone>"),
        ("%25252B33612345678", "<phone>"),
        ("%EF%BC%8B33612345678", "<phone>"),
        ("%33%33%36%31%32%33%34%35%36%37%38", "<phone>"),
        ("\\u002B33612345678", "<phone>"),
        ("\\u002b33612345678 \\u{2b}33612345679", "<phone> <phone>"),
        ("\\\\u002B33612345678", "<phone>"),
        ("\\x2B33612345678", "<phone>"),
        ("&#43;33612345678 &#x2B;33612345679", "<phone> <phone>"),
        ("&plus;33612345678", "<phone>"),
        ("%33612345678", "<phone>"),
    ]);
}

#[test]
fn addresses_are_masked() {
    check(&[
        ("no marie.d+x@example.com here", "no <email> here"),
        ("email=marie%40example.com", "<email>"),
        ("marie%2540example.com", "<email>"),
        ("marie\\u0040example.com", "<email>"),
        ("marie&#64;example.com", "<email>"),
        ("<marie@example.com>", "<<email>>"),
        ("a@example.com@b@example.com,c", "<email>,c"),
        ("@marie@example.com", "@<email>"),
        ("marie＠example.com", "<email>"),
        ("zoé.d@exämple.com", "<email>"),
        ("zoe\u{301}.d@example.com", "<email>"),
        ("\"marie d\"@example.com", "<email>"),
        ("\\\"marie d\\\"@example.com", "<email>"),
        ("'marie@example.com'", "'<email>'"),
        (
            "[\"marie@example.com\",\"b@example.com\"]",
            "[\"<email>\",\"<email>\"]",
        ),
        ("marie@[127.0.0.1]", "<email>]"),
        ("+33612345678@example.com", "<email>"),
        ("a@example.com;b@example.com", "<email>;<email>"),
        ("a@example.com.", "<email>."),
    ]);
}

#[test]
fn keys_are_masked_whole_and_in_part() {
    check(&[
        ("key ak_live_abcdef012345 bad", "key <api-key> bad"),
        ("xak_live_abcdef012345", "x<api-key>"),
        ("you sent s3cret-key/of+7!", "you sent <api-key>!"),
        ("you sent S3CRET-KEY/OF+7!", "you sent <api-key>!"),
        ("s3cret-key%2Fof%2B7", "<api-key>"),
        ("s3cret-key\\/of\\u002b7", "<api-key>"),
        ("Api-Key s3cret-key/of+7", "Api-Key <api-key>"),
        (
            "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30",
            "Authorization: Bearer <api-key>",
        ),
        ("cut s3cret-key/", "cut <api-key>"),
        ("…-key/of+7", "…<api-key>"),
    ]);
}

#[test]
fn what_holds_no_secret_is_not_changed() {
    for text in [
        "+ is %2B",
        "a space is %20 or +, \\u002B is +, &#43; is +",
        "100 % of 5 % is 5%25",
        "at 1700000000",
        "at 1700000000123 or 1700000000123456",
        "iat=1700000000&exp=1700003600",
        "1700000000.25 1700000001",
        "404 1700000000",
        "20260520130000",
        "position 1000 of 1000",
        "1000/25000 leads",
        "sizes 1-100, 1000-25000",
        "queue pdl_9fRtYw3KcVbQ of usr-7D21C0A94E5B83F6120A9B4C77E1D05F3368BA91",
        "cll-0123456789012345678901234567890123456789",
        "0123456789abcdef0123456789abcdef01234567",
        "6f1c2d3e-4b5a-6789-0123-456789012345",
        "12345678-1234-1234-1234-123456789012",
        "usr-01234567890 is gone",
        "req_123456789012",
        "since 2026-05-20T13:00:00Z",
        "since 2026-05-20T13:00:00.123456789+02:00",
        "on 2026-05-20 13:00 +0200",
        "on 20/05/2026 13:00:00, 05/20/2026 and 20.05.2026 13:00",
        "Wed, 20 May 2026 13:00:00 GMT",
        "2026-05-20 13:00:00 +0200 1700000000",
        "limit=250;type=DAILY;reset_in=900",
        "size must be between 1 and 100, got 101",
        "see GET /v2/api/users",
        "allo-client/0.1.0 rustls 0.23.46 Chrome/137.0.7151.104",
        "peer 192.168.100.200:54321 and [2001:db8::1]:443",
        "took 0.123456789 s, 48.856614012",
        "1073741824 bytes, 1234567890 ms, 18446744073709551615 characters",
        "1500000000ns",
        "0x1234567890abcdef",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "Root=1-67891233-abcdef012345678912345678",
        "user@ and @todo, 5 @ 3",
        "use Authorization: Api-Key YOUR_KEY",
        "Bearer authentication is not supported",
        "break_statement ak_ peak_load_exceeded",
        "«naïve» — 日本語 \u{1f4de} “quoted”",
        "C:\\new\\table \\u12 \\x %zz %",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn a_text_becomes_one_bounded_line() {
    assert_eq!(clean(" a\r\n\tb\u{1b}[31m\u{202e}c\0 "), "a b [31m c");
    let long = clean(&"x ".repeat(10_000));
    assert_eq!(long.chars().count(), MOST_CHARS + 1);
    assert!(long.ends_with('…'));
}

#[test]
fn names_hold_no_long_numbers() {
    let redactor = Redactor::without_key();
    let table = [
        ("NUMBER_33612345678_TAKEN", "NUMBER_<phone>_TAKEN"),
        ("E33612345678", "E<phone>"),
        ("numbers[0].number", "numbers[0].number"),
        ("numbers.33612345678", "numbers.<phone>"),
        ("usr-33612345678", "usr-<phone>"),
        ("RATE_LIMIT_429", "RATE_LIMIT_429"),
        (
            "usr-7D21C0A94E5B83F6120A9B4C77E1D05F336812345678901A",
            "usr-7D21C0A94E5B83F6120A9B4C77E1D05F336812345678901A",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(redactor.clean_name(text), expected, "{text}");
    }
}

#[test]
fn an_id_keeps_its_digits_and_shows_no_secret() {
    let key = ApiKey::from(KEY);
    let redactor = Redactor::new(&key);
    let long = format!("{}{KEY}", "a".repeat(115));
    let masked = format!("{}<api-key>", "a".repeat(115));
    let table = [
        ("req_123456789012", Some("req_123456789012")),
        ("a\r\nb c", Some("abc")),
        ("\u{7}", None),
        ("+33612345678", Some("<phone>")),
        ("for +33612345678", Some("for<phone>")),
        ("+33\u{661}2345678", Some("<phone>")),
        ("+33 6 12 é 34 56 78", Some("<phone>")),
        ("%2B33612345678", Some("<phone>")),
        ("marie@example.com", Some("<email>")),
        ("s3cret-\u{e9}key/of+7", Some("<api-key>")),
        // A number does not include the end of the key before it.
        ("key/of&#43;7 - 0612345678", Some("<api-key>")),
        (long.as_str(), Some(masked.as_str())),
    ];
    for (text, expected) in table {
        assert_eq!(redactor.clean_id(text).as_deref(), expected, "{text}");
    }
}

/// Wherever a limit cuts the text that is searched or shown, no part of a secret is left.
#[test]
fn no_bound_leaves_a_part_of_a_secret() {
    // The limits of what is shown, of what is searched, and of the searched part that may be shown.
    let bounds = [
        (MOST_CHARS, 300, 1),
        (MOST_ID_CHARS, 300, 1),
        (MOST_SEARCHED - MARGIN, 9_000, 7),
        (MOST_SEARCHED, 9_000, 7),
    ];
    for secret in [KEY, "+33612345678", "marie.quill@example.com"] {
        for (bound, after, every) in bounds {
            for before in (bound - 30..bound + 5).step_by(every) {
                // The second text shrinks so much that the end of the searched part would be shown.
                for filler in ["x", "a@"] {
                    let start: String = filler.chars().cycle().take(before).collect();
                    let text = format!("{start} {secret} {}", "y".repeat(after));
                    assert_bounded(&text);
                }
            }
        }
    }
}

#[track_caller]
fn assert_bounded(text: &str) {
    let key = ApiKey::from(KEY);
    let redactor = Redactor::new(&key);
    for shown in [
        redactor.clean(text),
        redactor.clean_id(text).unwrap_or_default(),
    ] {
        for part in ["s3cre", "+336", "mari", "of+7", "quill", "345"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}

#[test]
fn a_long_text_is_searched_no_further_than_it_is_shown() {
    for piece in [
        "+", "1 ", "1.", "\"", "@", "\"@", "%2", "%25", "\\", "&#", "a@b", "ak_", "1-",
    ] {
        let text = piece.repeat(2_000_000 / piece.len());
        let shown = clean(&text);
        assert!(shown.chars().count() <= MOST_CHARS + 1, "{piece}");
    }
}
