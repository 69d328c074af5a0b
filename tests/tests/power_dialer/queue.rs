//! The status of a queue, and clearing it.

use allo_client::Teammate;
use allo_client::power_dialer::Clear;
use allo_sandbox::DialOutcome;
use tests::harness::{Harness, MARIE};

use crate::setup::{leads, marie, number};

#[tokio::test]
async fn a_teammate_without_a_queue_has_an_empty_status() {
    let harness = Harness::start().await;
    let status = marie(&harness.client).status().await.unwrap();
    assert!(status.queue.is_none());
    assert_eq!(
        (status.total, status.waiting, status.capacity_left),
        (0, 0, None)
    );
    assert_eq!(harness.control.queues_created(), 0);
}

#[tokio::test]
async fn the_status_counts_entries_by_result() {
    let harness = Harness::start().await;
    let dialer = marie(&harness.client);
    dialer.push(leads(130)).await.unwrap();
    let id = harness.id_of(MARIE);
    let outcomes = [
        DialOutcome::answered(),
        DialOutcome::answered(),
        DialOutcome::voicemail(true),
        DialOutcome::not_reached("BUSY"),
        DialOutcome::result("FROM_THE_FUTURE"),
    ];
    for (position, outcome) in (0..).zip(outcomes) {
        harness.control.dial(&id, position, outcome).unwrap();
    }
    harness.control.start_call(&id, 120).unwrap();
    let status = dialer.status().await.unwrap();
    assert_eq!(
        (status.total, status.waiting, status.under_way),
        (130, 124, 1)
    );
    assert_eq!(status.capacity_left, None);
    assert_eq!(status.outcomes["ANSWERED"], 2);
    assert_eq!(status.outcomes["FROM_THE_FUTURE"], 1);
    assert_eq!(status.not_reached["BUSY"], 1);
    assert_eq!(status.voicemail_left, 1);
    assert_eq!(status.clone().with_capacity(1_000).capacity_left, Some(870));
    let json = serde_json::to_value(&status).unwrap();
    assert_eq!(json["outcomes"]["VOICEMAIL"], 1);
}

#[tokio::test]
async fn each_filter_clears_its_entries() {
    let harness = Harness::start().await;
    let dialer = marie(&harness.client);
    dialer.push(leads(6)).await.unwrap();
    harness
        .control
        .start_call(&harness.id_of(MARIE), 5)
        .unwrap();
    for (clear, removed) in [
        (Clear::number(number(0)), 1),
        (Clear::number(number(0)), 0),
        (Clear::number_at(number(3), 3), 1),
        (Clear::position(1), 1),
        (Clear::unassigned(), 2),
        (Clear::unassigned(), 0),
    ] {
        let shown = format!("{clear:?}");
        assert_eq!(
            *dialer.clear(clear).await.unwrap().body(),
            removed,
            "{shown}"
        );
    }
    let error = dialer.clear(Clear::position(1)).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn the_builders_target_the_teammate() {
    let harness = Harness::start().await;
    let dialer = marie(&harness.client);
    dialer.reset().name("Monday").send().await.unwrap();
    dialer
        .configure()
        .voicemail_handling("SKIP")
        .send()
        .await
        .unwrap();
    dialer.push(leads(1)).await.unwrap();
    assert_eq!(dialer.numbers().send().await.unwrap().body().data.len(), 1);
    let queue = harness.control.queue_of(&harness.id_of(MARIE)).unwrap();
    assert_eq!(queue.name.as_deref(), Some("Monday"));
    assert_eq!(queue.voicemail_handling, "SKIP");
    let mine = harness
        .client
        .get_current_dialing_queue()
        .for_teammate(Teammate::Me);
    assert!(mine.send().await.unwrap().body().queue.is_none());
}
