//! The journal of a push: which push it belongs to, which files it refuses, and what it contains.

use allo_client::Teammate;
use allo_client::power_dialer::{Duplicates, Push, PushEvent, WhenFull};
use allo_sandbox::FaultPlan;
use tests::harness::{Harness, JONAS};

use crate::crash::directory;
use crate::setup::{APPEND, READ, leads, marie, number, of, queued, statuses};

#[tokio::test]
async fn a_finished_push_returns_the_same_report_and_only_reads_the_queue() {
    let harness = Harness::start().await;
    let directory = directory();
    let push = || {
        let list = [number(0), "x".to_owned(), number(1), number(0), number(2)];
        let push = marie(&harness.client).push(list).batch_size(2).limit(2);
        push.duplicates(Duplicates::DropInListAndQueue)
            .journal(directory.path().join("j"))
    };
    let first = push().await.unwrap();
    assert_eq!(
        statuses(&first),
        [
            "added 0",
            "rejected not_a_number",
            "added 1",
            "rejected duplicate_in_list",
            "not sent"
        ]
    );
    harness.control.clear_log();
    let again = push().await.unwrap();
    let mut again = serde_json::to_value(&again).unwrap();
    assert_eq!(again["resumed"]["finished"], true);
    again.as_object_mut().unwrap().remove("resumed");
    assert_eq!(again, serde_json::to_value(&first).unwrap());
    let plan = push().plan().await.unwrap();
    let resumed = plan.resumed.unwrap();
    assert_eq!(
        (resumed.settled, resumed.still_in_queue, resumed.gone),
        (2, 2, 0)
    );
    assert_eq!((plan.batches, plan.requests, plan.left_out), (0, 1, 1));
    let requests = harness.take_requests();
    assert_eq!((of(&requests, READ).len(), requests.len()), (2, 2));
}

#[tokio::test]
async fn a_resumed_push_keeps_to_the_plan_though_the_queue_has_changed() {
    let harness = Harness::start().await;
    let directory = directory();
    let dialer = marie(&harness.client);
    dialer.push([number(1)]).await.unwrap();
    let push = || {
        let list = [number(0), number(1), number(2), number(3), number(2)];
        let push = dialer
            .push(list)
            .batch_size(1)
            .journal(directory.path().join("j"));
        push.duplicates(Duplicates::DropInListAndQueue)
    };
    let mut events = push().events();
    while let Some(event) = events.try_next().await.unwrap() {
        if matches!(event, PushEvent::Batch { done: 2, .. }) {
            break;
        }
    }
    drop(events);
    // The record is written although the push was dropped.
    while std::fs::read_to_string(directory.path().join("j"))
        .unwrap()
        .matches("\"done\"")
        .count()
        < 2
    {
        tokio::task::yield_now().await;
    }
    harness.control.clear_log();
    let report = push().await.unwrap();
    let expected = [
        "added 1",
        "rejected already_queued",
        "added 2",
        "added 3",
        "rejected duplicate_in_list",
    ];
    assert_eq!(statuses(&report), expected);
    let requests = harness.take_requests();
    // And a read of the queue.
    assert_eq!((of(&requests, APPEND).len(), requests.len()), (1, 2));
    assert_eq!(queued(&harness).len(), 4);
}

#[tokio::test]
async fn another_push_is_refused_with_the_next_step() {
    let harness = Harness::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    let dialer = marie(&harness.client);
    dialer.push(leads(3)).journal(&path).await.unwrap();
    let jonas = harness
        .client
        .power_dialer()
        .for_teammate(Teammate::email(JONAS));
    let mut swapped = leads(3);
    swapped.swap(0, 2);
    let mut renamed = leads(3);
    renamed[1] = renamed[1].clone().name("Somebody");
    let cases: [(Push, &str); 8] = [
        (jonas.push(leads(3)), "teammate"),
        (dialer.push(leads(4)), "list"),
        (dialer.push(swapped), "list"),
        (dialer.push(renamed), "list"),
        (dialer.push(leads(3)).batch_size(2), "batch size"),
        (dialer.push(leads(3)).push_id("other"), "push id"),
        (
            dialer.push(leads(3)).when_full(WhenFull::SendWhatFits),
            "options",
        ),
        (
            dialer.push(leads(3)).duplicates(Duplicates::DropInList),
            "options",
        ),
    ];
    harness.control.clear_log();
    for (push, what) in cases {
        let error = push.journal(&path).await.unwrap_err();
        assert_eq!(error.param(), Some("journal"));
        let shown = error.to_string();
        assert!(
            shown.contains(what)
                && shown.contains("finish that push")
                && shown.contains(&path.display().to_string()),
            "{shown}"
        );
    }
    assert!(harness.take_requests().is_empty());
}

#[tokio::test]
async fn unusable_files_are_refused_and_unchanged() {
    let harness = Harness::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    marie(&harness.client)
        .push(leads(3))
        .batch_size(1)
        .journal(&path)
        .await
        .unwrap();
    let good = std::fs::read_to_string(&path).unwrap();
    let cases = [
        (
            "phone,name\n+12125550100,Zoe\n".to_owned(),
            "not the journal of a push",
        ),
        (
            good.replacen("\"version\":3", "\"version\":9", 1),
            "version 9",
        ),
        (
            good.replacen("\"version\":3", "\"version\":2", 1),
            "version 2",
        ),
        (good.replacen("\"round\":0", "\"round\":1", 1), "line 1 "),
        (
            good.replacen("\"record\":\"plan\"", "\"record\":\"plam\"", 1),
            "line 2 ",
        ),
    ];
    harness.control.clear_log();
    for (text, what) in cases {
        std::fs::write(&path, &text).unwrap();
        let error = marie(&harness.client)
            .push(leads(3))
            .batch_size(1)
            .journal(&path)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    assert!(harness.take_requests().is_empty());
    let nowhere = directory.path().join("none").join("j");
    let error = marie(&harness.client)
        .push(leads(3))
        .journal(&nowhere)
        .await
        .unwrap_err();
    assert!(std::error::Error::source(&error).is_some() && error.is_output());
    let shown = error.to_string();
    assert!(shown.contains(&nowhere.display().to_string()), "{shown}");
    assert!(of(&harness.take_requests(), APPEND).is_empty());
}

#[tokio::test]
async fn two_pushes_cannot_share_a_journal() {
    let harness = Harness::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    let hold = harness.control.hold_next(APPEND).unwrap();
    let first = tokio::spawn(marie(&harness.client).push(leads(3)).journal(&path).send());
    hold.arrived().await;
    // Another client, which does not share the queue lock.
    let other = harness.client_with(|builder| builder);
    let error = marie(&other)
        .push(leads(3))
        .journal(&path)
        .await
        .unwrap_err();
    assert!(error.is_journal_in_use());
    let shown = error.to_string();
    let is_told = shown.contains("another push is using the journal")
        && shown.contains(&path.display().to_string())
        && shown.contains("wait");
    // With another journal, the list would be sent twice.
    assert!(is_told && !shown.contains("another journal"), "{shown}");
    hold.release();
    assert!(first.await.unwrap().unwrap().is_complete());
}

#[tokio::test]
async fn a_push_that_sends_nothing_leaves_a_journal_that_can_be_replaced() {
    let harness = Harness::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    let error = marie(&harness.client)
        .push(leads(1_001))
        .capacity(1_000)
        .journal(&path)
        .await
        .unwrap_err();
    assert!(error.is_invalid_request());
    assert!(!path.exists());
    let other = || marie(&harness.client).push(leads(2)).journal(&path);
    assert_eq!(other().plan().await.unwrap().resumed, None);
    assert!(!path.exists());
    assert!(other().await.unwrap().is_complete());
}

#[tokio::test]
async fn a_journal_has_no_numbers_or_names_and_is_readable_by_its_owner_only() {
    let harness = Harness::start().await;
    harness.control.set_faults(FaultPlan::new(1)).unwrap();
    let directory = directory();
    let path = directory.path().join("j");
    let mut skipped = Vec::new();
    let mut added = Vec::new();
    for index in 0..10 {
        let number = number(index);
        let reason = format!("{number} OF marie@example.com IS ON_A_LIST");
        match index {
            3 => skipped.push(serde_json::json!({"number": number, "reason": reason})),
            _ => added.push(serde_json::json!({"number_to": number, "position": index})),
        }
    }
    let body = serde_json::json!({"data": {"added": added, "skipped": skipped}});
    crate::refusals::respond(&harness, (200, body.to_string()));
    let report = marie(&harness.client)
        .push(leads(30))
        .batch_size(10)
        .journal(&path)
        .await
        .unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("ON_A_LIST"), "{text}");
    assert!(
        !statuses(&report)[3].contains("33199"),
        "{:?}",
        statuses(&report)[3]
    );
    for needle in ["33199", "99000", "Lead", "Example", "marie", "example.com"] {
        assert!(!text.contains(needle), "{needle}: {text}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// A record is on the disk before the request that it announces is sent.
#[tokio::test]
async fn a_batch_is_recorded_before_it_is_sent() {
    let harness = Harness::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    let hold = harness.control.hold_next(APPEND).unwrap();
    let push = tokio::spawn(marie(&harness.client).push(leads(3)).journal(&path).send());
    hold.arrived().await;
    let text = std::fs::read_to_string(&path).unwrap();
    let sent = of(&harness.control.requests(), APPEND);
    let key = sent[0].header("idempotency-key").unwrap();
    let last = text.lines().last().unwrap();
    assert!(last.contains("\"sending\"") && last.contains(key), "{text}");
    hold.release();
    push.await.unwrap().unwrap();
}
