//! No `Debug`, `Display` or event of a push shows a number, a name or an address; only what is meant to be stored
//! contains them.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use allo_client::Teammate;
use allo_client::power_dialer::{
    Clear, Duplicates, LeadValidator, LeadValidatorOptions, PushId, Rejection,
};
use allo_client::types::NewQueueNumber;
use allo_sandbox::{Fault, FaultPlan};
use tests::harness::{Harness, MARIE};

use crate::crash::directory;
use crate::setup::{APPEND, marie, with_faults};

const NUMBER: &str = "+12125550142";
const NEEDLES: [&str; 5] = ["555014", "555-014", "enobia", "marie", "example.com"];

#[track_caller]
fn hides(what: &impl Debug) {
    shows_nothing(&format!("{what:?} {what:#?}"));
}

#[track_caller]
fn shows_nothing(shown: &str) {
    for needle in NEEDLES {
        assert!(!shown.contains(needle), "{needle}: {shown}");
    }
}

fn lead(number: &str) -> NewQueueNumber {
    NewQueueNumber::new(number)
        .name("Zenobia")
        .emails(vec!["zenobia@example.com".to_owned()])
}

#[tokio::test(start_paused = true)]
async fn a_push_its_events_and_its_report_show_no_personal_data() {
    let (harness, client) = with_faults(FaultPlan::new(1)).await;
    let directory = directory();
    let dialer = marie(&client);
    hides(&dialer);
    let shown = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&shown);
    let control = harness.control.clone();
    let list = [
        NUMBER,
        "call zenobia@example.com",
        "+1 (212) 555-0142",
        "+1 212 555 0143",
        "+12125550144",
    ]
    .map(lead);
    let push = dialer
        .push(list)
        .batch_size(1)
        .duplicates(Duplicates::DropInList)
        .push_id("zenobia@example.com");
    let push = push
        .journal(directory.path().join("zenobia"))
        .batch_deadline(std::time::Duration::from_secs(9));
    let push = push.on_progress(move |event| {
        seen.lock()
            .unwrap()
            .push_str(&format!("{event:?} {event:#?}\n"));
        if matches!(event, allo_client::power_dialer::PushEvent::Batch { .. }) {
            let plan = FaultPlan::new(1)
                .on(APPEND)
                .inject(Fault::ResetAfterExecution);
            control.set_faults(plan).unwrap();
        }
    });
    hides(&push);
    let report = push.await.unwrap();
    assert_eq!(
        (
            report.counts().added,
            report.counts().unknown,
            report.counts().rejected
        ),
        (1, 1, 2)
    );
    hides(&report);
    report.leads.iter().for_each(|lead| hides(lead));
    shows_nothing(report.stopped().unwrap());
    let shown = shown.lock().unwrap().clone();
    assert!(
        shown.contains("Finished") && shown.contains("Retrying"),
        "{shown}"
    );
    shows_nothing(&shown);
    harness.control.clear_faults();
    hides(&dialer.status().await.unwrap());
}

#[tokio::test]
async fn errors_and_other_values_show_no_personal_data() {
    let harness = Harness::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    std::fs::write(&path, NUMBER).unwrap();
    let push = marie(&harness.client).push([lead(NUMBER)]).journal(&path);
    let error = push.await.unwrap_err();
    hides(&error);
    shows_nothing(&error.to_string());
    let error = marie(&harness.client)
        .push([lead(NUMBER)])
        .push_id("zenobia 555014")
        .await
        .unwrap_err();
    shows_nothing(&format!("{error} {error:?}"));
    for clear in [Clear::number(NUMBER), Clear::number_at(NUMBER, 3)] {
        hides(&clear);
        hides(&marie(&harness.client).clear(clear));
    }
    hides(&PushId::new("zenobia@example.com").unwrap());
    let mut validator =
        LeadValidator::new(LeadValidatorOptions::new().duplicates(Duplicates::DropInList));
    hides(&validator.check(&lead(NUMBER)));
    hides(&validator);
    for number in [
        NUMBER,
        "zenobia",
        "+1 212 555 0142 ext 5550142",
        "2125550142",
        "+9995550142",
    ] {
        let rejection: Rejection = validator.check(&lead(number)).unwrap_err();
        hides(&rejection);
        shows_nothing(&rejection.to_string());
    }
    hides(
        &harness
            .client
            .power_dialer()
            .for_teammate(Teammate::email(MARIE)),
    );
}
