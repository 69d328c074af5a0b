//! Full queues: only the server knows their capacity.

use allo_client::ErrorCode;
use allo_client::power_dialer::{PushEvent, WhenFull};
use allo_sandbox::{Fault, FaultPlan, Quotas};
use tests::harness::Harness;

use crate::crash::directory;
use crate::refusals::{batches, refusal, respond};
use crate::setup::{
    APPEND, as_queued, leads, marie, queued, retrying_client, statuses, with_faults,
};

async fn holding(entries: usize) -> Harness {
    Harness::with(|builder| builder.quotas(Quotas::off()).queue_capacity(entries)).await
}

#[tokio::test]
async fn the_client_has_no_capacity_of_its_own() {
    let harness = holding(25_000).await;
    let list = leads(2_500);
    let push = marie(&harness.client).push(list.clone()).batch_size(1_000);
    let report = push.await.unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(queued(&harness), as_queued(&list));
    let status = marie(&harness.client).status().await.unwrap();
    assert_eq!((status.total, status.capacity_left), (2_500, None));
    let status = marie(&harness.client)
        .status()
        .capacity(25_000)
        .await
        .unwrap();
    assert_eq!(status.capacity_left, Some(22_500));
}

#[tokio::test]
async fn the_first_leads_fill_the_queue_and_the_rest_is_reported() {
    for fits in [0, 1, 37, 100, 163] {
        let harness = holding(fits).await;
        let push = marie(&harness.client).push(leads(200));
        let report = push.await.unwrap();
        assert_eq!(queued(&harness), as_queued(&leads(fits)));
        assert_eq!(
            (report.counts().added, report.counts().not_sent),
            (fits, 200 - fits)
        );
        assert_eq!(report.remaining(), leads(200)[fits..]);
        let code = report.error().unwrap().code();
        assert_eq!(code, Some(&ErrorCode::DialingQueueLimitReached));
        // One read of the queue, and few requests to find out how many leads fit.
        let sent = batches(&harness).len();
        assert!(sent <= 10, "{fits}: {sent}");
        // A push with `SendWhatFits` is complete.
        let harness = holding(fits).await;
        let push = marie(&harness.client).push(leads(200));
        let report = push.when_full(WhenFull::SendWhatFits).await.unwrap();
        assert_eq!((report.counts().added, report.stopped()), (fits, None));
    }
}

#[tokio::test]
async fn a_push_resumes_once_the_queue_has_room() {
    let harness = holding(5).await;
    let directory = directory();
    let dialer = marie(&harness.client);
    let push = || {
        let push = dialer.push(leads(9)).batch_size(4);
        push.journal(directory.path().join("j"))
    };
    let report = push().await.unwrap();
    assert_eq!((report.counts().added, report.counts().not_sent), (5, 4));
    let third = allo_client::power_dialer::Clear::position(2);
    dialer.clear(third).await.unwrap();
    let report = push().await.unwrap();
    let expected = [
        "added 0", "added 1", "gone 2", "added 3", "added 4", "added 5", "not sent", "not sent",
        "not sent",
    ];
    assert_eq!(statuses(&report), expected);
}

/// The server checks the capacity before it looks up the key.
#[tokio::test(start_paused = true)]
async fn a_full_queue_does_not_prove_that_a_batch_was_not_executed() {
    for was_executed in [true, false] {
        let fault = if was_executed {
            Fault::ResetAfterExecution
        } else {
            Fault::ResetBeforeExecution
        };
        let plan = FaultPlan::new(1).on(APPEND).times(1).inject(fault);
        let (harness, _) = with_faults(plan).await;
        let client = retrying_client(&harness);
        let control = harness.control.clone();
        let push = marie(&client).push(leads(4));
        let push = push.options(|options| options.with_max_attempts(1));
        let push = push.on_progress(move |event| {
            if let PushEvent::Retrying { .. } = event {
                let (status, body) = refusal(400, "DIALING_QUEUE_LIMIT_REACHED", Some("numbers"));
                let json = [("content-type", "application/json")];
                control.respond_once(APPEND, status, &json, body).unwrap();
            }
        });
        let report = push.await.unwrap();
        // The batch is not in the queue, and fewer than four leads fit.
        let fits = if was_executed { 4 } else { 3 };
        assert_eq!(report.counts().added, fits, "{report:?}");
        assert_eq!(report.counts().not_sent, 4 - fits);
        assert_eq!(queued(&harness), as_queued(&leads(fits)));
        let expected: &[usize] = if was_executed { &[4, 4] } else { &[4, 4, 2, 1] };
        assert_eq!(batches(&harness), expected);
    }
}

/// The same within one call.
#[tokio::test(start_paused = true)]
async fn a_full_queue_proves_nothing_after_a_lost_response_of_the_same_call() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .attempt(1)
        .inject(Fault::ResetAfterExecution);
    let (harness, client) = with_faults(plan).await;
    let control = harness.control.clone();
    let full = refusal(400, "DIALING_QUEUE_LIMIT_REACHED", Some("numbers"));
    let hold = harness.control.hold_next(APPEND).unwrap();
    let push = tokio::spawn(marie(&client).push(leads(4)).send());
    hold.arrived().await;
    hold.release();
    // The second attempt meets a full queue.
    while control.executed().is_empty() {
        tokio::task::yield_now().await;
    }
    respond(&harness, full);
    let report = push.await.unwrap().unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(queued(&harness), as_queued(&leads(4)));
}

/// The API does not promise that an append that exceeds the capacity adds nothing.
#[tokio::test]
async fn a_batch_that_was_added_in_part_is_unknown() {
    let harness = holding(2).await;
    let control = harness.control.clone();
    let client = harness.client.clone();
    let hold = control.hold_next(APPEND).unwrap();
    let push = tokio::spawn(marie(&client).push(leads(4)).send());
    hold.arrived().await;
    let part = client.append_dialing_queue_numbers(leads(2));
    let part = allo_client::TargetTeammate::for_teammate(part, marie(&client).teammate());
    part.send().await.unwrap();
    hold.release();
    let report = push.await.unwrap().unwrap();
    assert_eq!(statuses(&report), ["unknown"; 4]);
    assert_eq!(queued(&harness), as_queued(&leads(2)));
}
