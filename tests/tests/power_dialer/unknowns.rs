//! Batches whose response is lost: resolved by their idempotency keys, or the push stops.

use std::time::Duration;

use allo_client::power_dialer::LeadStatus;
use allo_client::{Outcome, Timestamp};
use allo_sandbox::{Fault, FaultPlan};

use crate::setup::{APPEND, as_queued, leads, marie, queued, statuses, with_faults};

#[tokio::test(start_paused = true)]
async fn a_lost_response_is_resolved_by_the_idempotency_key() {
    for fault in [
        Fault::ResetBeforeExecution,
        Fault::ResetAfterExecution,
        Fault::HalfBody,
        Fault::Html(504),
        Fault::Undecodable201,
        Fault::TransactionInProgress,
        Fault::ErrorEnvelopeIn200,
    ] {
        // More failures than a single call retries.
        let plan = FaultPlan::new(1).on(APPEND).times(10).inject(fault.clone());
        let (harness, client) = with_faults(plan).await;
        let leads = leads(30);
        let report = marie(&client)
            .push(leads.clone())
            .batch_size(10)
            .await
            .unwrap();
        assert!(report.is_complete(), "{fault}: {report:?}");
        assert_eq!(queued(&harness), as_queued(&leads), "{fault}");
        assert_eq!(harness.control.executed().len(), 3, "{fault}");
        assert_eq!(report.requests, 1 + 3 + 10, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_stays_unknown_stops_the_push_so_that_nothing_overtakes_it() {
    for (fault, done) in [
        (Fault::ResetAfterExecution, 20),
        (Fault::ResetBeforeExecution, 10),
    ] {
        let (harness, client) = with_faults(FaultPlan::new(1)).await;
        let control = harness.control.clone();
        let before = Timestamp::now();
        let push = marie(&client).push(leads(40)).batch_size(10);
        let push = push
            .batch_deadline(Duration::from_secs(90))
            .on_progress(move |event| {
                if matches!(event, allo_client::power_dialer::PushEvent::Batch { .. }) {
                    control
                        .set_faults(FaultPlan::new(1).on(APPEND).inject(fault.clone()))
                        .unwrap();
                }
            });
        let started = tokio::time::Instant::now();
        let report = push.await.unwrap();
        assert!(
            started.elapsed() <= Duration::from_secs(90),
            "{:?}",
            started.elapsed()
        );
        assert!(
            started.elapsed() >= Duration::from_secs(45),
            "{:?}",
            started.elapsed()
        );
        let counts = report.counts();
        assert_eq!(
            (counts.added, counts.unknown, counts.not_sent),
            (10, 10, 20)
        );
        assert!(
            statuses(&report)[10..20]
                .iter()
                .all(|status| status == "unknown")
        );
        assert_eq!(
            report.unknown().map(|lead| lead.input).collect::<Vec<_>>(),
            (10..20).collect::<Vec<_>>()
        );
        assert!(matches!(
            report.error().unwrap().outcome(),
            Outcome::Unknown { .. }
        ));
        assert_eq!(report.remaining(), leads(40)[20..]);
        assert_eq!(queued(&harness), as_queued(&leads(40)[..done]));
        let LeadStatus::Unknown { key, retry_until } = &report.leads[10].status else {
            panic!("it is unknown")
        };
        let left = retry_until.instant().duration_since(before.instant());
        assert!((3_500..=3_600).contains(&left.as_secs()), "{left:?}");
        // The caller can resolve the batch by hand, and send the rest.
        harness.control.clear_faults();
        let batch = client.append_dialing_queue_numbers(leads(40)[10..20].to_vec());
        let batch = allo_client::TargetTeammate::for_teammate(batch, marie(&client).teammate());
        batch
            .options(|o| o.with_idempotency_key(key))
            .send()
            .await
            .unwrap();
        assert!(
            marie(&client)
                .push(report.remaining())
                .await
                .unwrap()
                .is_complete()
        );
        assert_eq!(queued(&harness), as_queued(&leads(40)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_that_does_not_end_stops_the_push_with_the_rest_not_sent() {
    let (harness, client) = with_faults(FaultPlan::new(1)).await;
    let push = marie(&client)
        .push(leads(20))
        .batch_size(10)
        .batch_deadline(Duration::from_secs(20));
    let control = harness.control.clone();
    let push = push.on_progress(move |event| {
        if matches!(event, allo_client::power_dialer::PushEvent::Batch { .. }) {
            control
                .set_faults(FaultPlan::new(1).inject(Fault::RateLimited(
                    allo_sandbox::RateLimitForm::RetryAfterSeconds(3),
                )))
                .unwrap();
        }
    });
    let report = push.await.unwrap();
    assert_eq!((report.counts().added, report.counts().not_sent), (10, 10));
    assert!(report.error().unwrap().is_rate_limited());
    harness.control.clear_faults();
    assert!(
        marie(&client)
            .push(report.remaining())
            .await
            .unwrap()
            .is_complete()
    );
    assert_eq!(queued(&harness), as_queued(&leads(20)));
}

#[tokio::test]
async fn the_same_push_within_the_hour_adds_nothing_twice() {
    let harness = tests::harness::Harness::start().await;
    let push = || {
        marie(&harness.client)
            .push(leads(25))
            .batch_size(10)
            .push_id("monday-7")
    };
    let first = push().await.unwrap();
    let again = push().await.unwrap();
    assert_eq!(statuses(&first), statuses(&again));
    assert_eq!((first.replays, again.replays), (0, 3));
    assert_eq!(queued(&harness), as_queued(&leads(25)));
    // The push id alone does not identify a push.
    let other = harness
        .client
        .power_dialer()
        .for_teammate(allo_client::Teammate::Me);
    assert_eq!(
        other
            .push(leads(25))
            .batch_size(10)
            .push_id("monday-7")
            .await
            .unwrap()
            .replays,
        0
    );
    let other = marie(&harness.client)
        .push(leads(26)[1..].to_vec())
        .batch_size(10)
        .push_id("monday-7");
    assert_eq!(other.await.unwrap().replays, 0);
}
