//! Journals that were changed in a byte or cut off: a small part of what `damaged_journals` does.

use tests::journal_damage::{Age, Damage, cut_everywhere, run};

use crate::crash::directory;

#[tokio::test]
async fn no_damage_of_a_journal_doubles_a_lead_or_makes_a_word_false() {
    for age in [Age::WithinTheHour, Age::AfterTheHour] {
        for (damage, count) in [(Damage::Byte, 60), (Damage::Cut, 30)] {
            let directory = directory();
            let tally = run(damage, age, count, 7, directory.path()).await;
            assert_eq!(tally.broken, [""; 0], "{tally}");
            assert!(tally.complete > 0 && tally.refused > 0, "{tally}");
            println!("{damage:?}, {age:?}: {tally}");
        }
    }
}

#[tokio::test]
async fn nor_does_a_journal_that_ends_after_any_record() {
    for age in [Age::WithinTheHour, Age::AfterTheHour] {
        let directory = directory();
        let tally = cut_everywhere(age, directory.path()).await;
        assert_eq!(tally.broken, [""; 0], "{tally}");
        assert!(tally.complete > 30 && tally.unknown > 0, "{tally}");
        println!("cut after every record, {age:?}: {tally}");
    }
}
