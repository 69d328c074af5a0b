//! Journals with a changed byte or a missing end: a small part of what the binary `damaged_journals` runs.

use tests::journal_damage::{Age, Damage, cut_everywhere, run};

use crate::crash::directory;

#[tokio::test]
async fn no_damage_of_a_journal_duplicates_a_lead_or_falsifies_the_report() {
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
async fn a_journal_that_ends_after_any_record_duplicates_no_lead() {
    for age in [Age::WithinTheHour, Age::AfterTheHour] {
        let directory = directory();
        let tally = cut_everywhere(age, directory.path()).await;
        assert_eq!(tally.broken, [""; 0], "{tally}");
        assert!(tally.complete > 30 && tally.unknown > 0, "{tally}");
        println!("cut after every record, {age:?}: {tally}");
    }
}
