//! A fixed part of the campaign with planted secrets; `tests/src/bin/planted_secrets.rs` runs all of it.

use tests::planted;

#[tokio::test]
async fn no_planted_secret_is_seen_and_no_harmless_text_is_changed() {
    let tally = planted::run(0..100).await;
    assert_eq!((tally.seen, tally.changed), (0, 0), "{tally}");
    assert_eq!((tally.answers, tally.harmless), (100, 100));
    assert!(tally.secrets > 100 * 10, "{tally}");
}
