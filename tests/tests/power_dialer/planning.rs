//! What is decided before anything is sent: capacity, limits, duplicates, and invalid options.

use std::time::Duration;

use allo_client::power_dialer::{Duplicates, Push, Region, WhenFull};
use allo_client::{ErrorCode, Teammate};
use tests::harness::Harness;

use crate::setup::{APPEND, READ, as_queued, leads, marie, number, of, queued, statuses};

async fn filled(count: usize) -> Harness {
    let harness = Harness::start().await;
    marie(&harness.client)
        .push(leads(count))
        .batch_size(1_000)
        .await
        .unwrap();
    harness.control.clear_log();
    harness
}

#[tokio::test]
async fn leads_beyond_the_capacity_are_refused_before_anything_is_sent() {
    let harness = filled(990).await;
    let push = marie(&harness.client).push(leads(11)).capacity(1_000);
    let error = push.await.unwrap_err();
    assert!(error.is_invalid_request());
    assert_eq!(error.code(), Some(&ErrorCode::DialingQueueLimitReached));
    let shown = error.to_string();
    assert!(
        shown.contains("11 leads") && shown.contains("room for 10"),
        "{shown}"
    );
    let requests = harness.take_requests();
    assert_eq!((of(&requests, APPEND).len(), requests.len()), (0, 1));
    assert!(
        marie(&harness.client)
            .push(leads(10))
            .capacity(1_000)
            .await
            .unwrap()
            .is_complete()
    );
}

#[tokio::test]
async fn the_first_leads_are_sent_with_send_what_fits() {
    let harness = filled(997).await;
    let push = marie(&harness.client).push([
        "+1 212 555 0100",
        "none",
        "+12125550101",
        "+12125550102",
        "+12125550103",
    ]);
    let push = push.capacity(1_000).when_full(WhenFull::SendWhatFits);
    let report = push.await.unwrap();
    let expected = [
        "added 997",
        "rejected not_a_number",
        "added 998",
        "added 999",
        "not sent",
    ];
    assert_eq!(statuses(&report), expected);
    assert!(report.stopped().is_none());
    assert_eq!(report.remaining()[0].number, "+12125550103");
}

#[tokio::test]
async fn a_limit_counts_valid_leads_only() {
    let harness = Harness::start().await;
    let push =
        marie(&harness.client).push(["none", "+12125550100", "", "+12125550101", "+12125550102"]);
    let report = push.limit(2).await.unwrap();
    let expected = [
        "rejected not_a_number",
        "added 0",
        "rejected empty",
        "added 1",
        "not sent",
    ];
    assert_eq!(statuses(&report), expected);
}

#[tokio::test]
async fn duplicates_are_kept_or_dropped_as_the_caller_chose() {
    let list = [
        "+33199000001",
        "01 99 00 00 07",
        "+33 1 99 00 00 01",
        "0033199000007",
    ];
    let cases = [
        (
            Duplicates::Keep,
            ["added 3", "added 4", "added 5", "added 6"],
            1,
        ),
        (
            Duplicates::DropInList,
            [
                "added 3",
                "added 4",
                "rejected duplicate_in_list",
                "rejected duplicate_in_list",
            ],
            1,
        ),
        (
            Duplicates::DropInListAndQueue,
            [
                "rejected already_queued",
                "added 3",
                "rejected already_queued",
                "rejected duplicate_in_list",
            ],
            1,
        ),
    ];
    for (duplicates, expected, reads) in cases {
        let harness = filled(3).await;
        let push = marie(&harness.client).push(list).duplicates(duplicates);
        let report = push
            .default_region(Region::new("FR").unwrap())
            .await
            .unwrap();
        assert_eq!(statuses(&report), expected, "{duplicates:?}");
        assert_eq!(of(&harness.take_requests(), READ).len(), reads);
    }
}

#[tokio::test]
async fn duplicates_are_found_on_every_page_of_the_queue() {
    let harness = filled(250).await;
    let push = marie(&harness.client).push([number(249), number(250), number(3)]);
    let report = push
        .duplicates(Duplicates::DropInListAndQueue)
        .await
        .unwrap();
    assert_eq!(
        statuses(&report),
        [
            "rejected already_queued",
            "added 250",
            "rejected already_queued"
        ]
    );
    assert_eq!(of(&harness.take_requests(), READ).len(), 3);
}

#[tokio::test]
async fn a_plan_predicts_the_push_and_sends_nothing() {
    let harness = filled(900).await;
    let list: Vec<_> = (0..130)
        .map(number)
        .chain(["x".to_owned(), number(5)])
        .collect();
    let push = || {
        let push = marie(&harness.client)
            .push(list.clone())
            .capacity(1_000)
            .when_full(WhenFull::SendWhatFits);
        push.duplicates(Duplicates::DropInList).batch_size(30)
    };
    let plan = push().plan().await.unwrap();
    assert_eq!(
        (
            plan.leads,
            plan.to_send,
            plan.rejected,
            plan.duplicates,
            plan.left_out
        ),
        (132, 100, 1, 1, 30)
    );
    assert_eq!((plan.queue_total, plan.capacity_left), (900, Some(100)));
    assert_eq!((plan.batches, plan.requests), (4, 5));
    assert!(plan.resumed.is_none());
    assert_eq!(harness.take_requests().len(), 1);
    let report = push().await.unwrap();
    assert_eq!(report.counts().added, plan.to_send);
    assert_eq!(harness.take_requests().len(), plan.requests);
    assert_eq!(usize::try_from(report.requests).unwrap(), plan.requests);
}

#[tokio::test]
async fn leads_may_come_as_a_stream() {
    let harness = Harness::start().await;
    let leads = leads(7);
    let stream = futures_util::stream::iter(leads.clone());
    let report = marie(&harness.client)
        .push_stream(stream)
        .batch_size(3)
        .await
        .unwrap();
    assert!(report.is_complete());
    assert_eq!(queued(&harness), as_queued(&leads));
}

#[tokio::test]
async fn an_empty_list_sends_nothing() {
    let harness = Harness::start().await;
    let report = marie(&harness.client).push(["", "x"]).await.unwrap();
    assert_eq!((report.counts().rejected, report.stopped()), (2, None));
    assert_eq!(of(&harness.take_requests(), APPEND).len(), 0);
    assert_eq!(harness.control.queues_created(), 0);
}

#[tokio::test]
async fn invalid_options_are_refused_before_the_queue_is_read() {
    let harness = Harness::start().await;
    let push = || marie(&harness.client).push(leads(1));
    let cases: [(Push, &str); 8] = [
        (push().batch_size(0), "batch_size"),
        (push().batch_size(1_001), "batch_size"),
        (push().push_id(""), "push_id"),
        (push().push_id("two words"), "push_id"),
        (push().batch_deadline(Duration::ZERO), "batch_deadline"),
        (push().deadline(Duration::ZERO), "deadline"),
        (
            push().options(|o| o.with_timeout(Duration::ZERO)),
            "timeout",
        ),
        (
            push().options(|o| o.with_idempotency_key("mine")),
            "idempotency_key",
        ),
    ];
    for (push, param) in cases {
        let error = push.await.unwrap_err();
        assert!(error.is_invalid_request(), "{error}");
        assert_eq!(error.param(), Some(param));
    }
    assert!(harness.take_requests().is_empty());
}

#[tokio::test]
async fn an_unknown_teammate_is_an_error_and_no_other_queue_is_used() {
    let harness = Harness::start().await;
    let dialer = harness.client.power_dialer();
    for teammate in [Teammate::id("usr-0"), Teammate::email("nobody@example.com")] {
        let error = dialer
            .for_teammate(teammate)
            .push(leads(1))
            .await
            .unwrap_err();
        assert!(error.is_assignee_not_found(), "{error}");
    }
    assert_eq!(harness.control.queues_created(), 0);
}
