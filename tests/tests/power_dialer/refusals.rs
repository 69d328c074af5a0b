//! What the server refuses during a push: batches that are too large, invalid leads, a queue that another client has
//! filled, a revoked key.

use allo_client::{ErrorCode, Pacing};
use allo_sandbox::{Fault, FaultPlan, Quotas};
use serde_json::json;
use tests::harness::{Harness, MARIE};
use tests::virtual_time::ticking;

use crate::setup::{APPEND, as_queued, leads, marie, of, queued, statuses, with_faults};

pub(crate) fn refusal(status: u16, code: &str, param: Option<&str>) -> (u16, String) {
    let error = json!({"code": code, "message": "No.", "param": param, "retryable": false});
    (status, json!({ "error": error }).to_string())
}

/// The numbers of leads in the appends so far.
pub(crate) fn batches(harness: &Harness) -> Vec<usize> {
    let appends = of(&harness.take_requests(), APPEND);
    let length = |body: &serde_json::Value| body["numbers"].as_array().map_or(0, Vec::len);
    appends
        .iter()
        .filter_map(|one| one.body.as_ref().map(length))
        .collect()
}

pub(crate) fn respond(harness: &Harness, (status, body): (u16, String)) {
    let json = [("content-type", "application/json")];
    harness
        .control
        .respond_once(APPEND, status, &json, body)
        .unwrap();
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_halved_and_so_are_those_after_it() {
    for too_large in [
        (413, "<html>too large</html>".to_owned()),
        refusal(400, "BATCH_TOO_LARGE", None),
    ] {
        let harness = Harness::start().await;
        respond(&harness, too_large.clone());
        respond(&harness, too_large);
        let leads = leads(100);
        let report = marie(&harness.client)
            .push(leads.clone())
            .batch_size(64)
            .await
            .unwrap();
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(batches(&harness), [64, 32, 16, 16, 16, 16, 16, 16, 4]);
        assert_eq!(queued(&harness), as_queued(&leads));
    }
}

#[tokio::test]
async fn a_lead_that_the_server_refuses_is_found_by_halving() {
    let harness = Harness::start().await;
    let wrong = refusal(400, "INVALID_REQUEST_BODY", Some("numbers[2].emails"));
    // A refusal of eight leads, and of the first four of those.
    respond(&harness, wrong.clone());
    respond(&harness, wrong.clone());
    let leads = leads(12);
    let report = {
        let push = marie(&harness.client).push(leads.clone()).batch_size(8);
        let control = harness.control.clone();
        let mut seen = 0;
        let push = push.on_progress(move |event| {
            // After the first quarter was added, the second quarter contains the invalid lead.
            if matches!(event, allo_client::power_dialer::PushEvent::Batch { .. }) && seen < 1 {
                seen += 1;
                for _ in 0..2 {
                    let (status, body) =
                        refusal(400, "INVALID_REQUEST_BODY", Some("numbers[0].emails"));
                    let json = [("content-type", "application/json")];
                    control.respond_once(APPEND, status, &json, body).unwrap();
                }
            }
        });
        push.await.unwrap()
    };
    assert_eq!(batches(&harness), [8, 4, 2, 2, 1, 1, 8]);
    let statuses = statuses(&report);
    assert_eq!(statuses[2], "skipped INVALID_REQUEST_BODY");
    assert_eq!(
        (statuses[3].as_str(), statuses[11].as_str()),
        ("added 2", "added 10")
    );
    let mut expected = leads;
    expected.remove(2);
    assert_eq!(queued(&harness), as_queued(&expected));
}

#[tokio::test]
async fn a_push_stops_after_consecutive_refusals_of_single_leads() {
    let harness = Harness::start().await;
    for _ in 0..100 {
        respond(&harness, refusal(400, "INVALID_REQUEST_BODY", None));
    }
    let report = marie(&harness.client).push(leads(64)).await.unwrap();
    assert!(report.requests < 20, "{report:?}");
    assert!(report.stopped().unwrap().contains("INVALID_REQUEST_BODY"));
    assert!(report.error().is_some());
    assert_eq!(report.counts().not_sent, 61);
}

#[tokio::test]
async fn a_queue_that_another_client_fills_stops_the_push_in_order() {
    let harness = Harness::start().await;
    let other = harness.client.clone();
    let control = harness.control.clone();
    let id = harness.id_of(MARIE);
    let dialer = marie(&harness.client);
    // The plan finds room; the leads of another client are added between the first batch and the second.
    let hold = harness.control.hold_next(APPEND).unwrap();
    let push = tokio::spawn(dialer.push(leads(300)).send());
    hold.arrived().await;
    let append = other.append_dialing_queue_numbers((0..800).map(crate::setup::number));
    let append =
        allo_client::TargetTeammate::for_teammate(append, allo_client::Teammate::email(MARIE));
    append.send().await.unwrap();
    hold.release();
    let report = push.await.unwrap().unwrap();
    let counts = report.counts();
    assert_eq!((counts.added, counts.not_sent), (200, 100));
    assert_eq!(
        report.error().unwrap().code(),
        Some(&ErrorCode::DialingQueueLimitReached)
    );
    assert_eq!(report.remaining().len(), 100);
    assert_eq!(control.queue_of(&id).unwrap().entries.len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn an_append_conflict_is_retried_until_it_ends() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .times(9)
        .inject(Fault::AppendConflict);
    let (harness, client) = with_faults(plan).await;
    let leads = leads(20);
    let report = marie(&client)
        .push(leads.clone())
        .batch_size(10)
        .await
        .unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(queued(&harness), as_queued(&leads));
    assert!(report.waits >= 2 && !report.waited.is_zero());
    assert_eq!(report.requests, 1 + 2 + 9);
}

#[tokio::test(start_paused = true)]
async fn two_programs_that_push_to_one_queue_both_finish() {
    let harness = Harness::with(|builder| {
        builder
            .quotas(Quotas::off())
            .append_time(std::time::Duration::from_millis(40))
    });
    let harness = harness.await;
    let clients = [(); 2].map(|()| harness.client_with(|builder| builder.pacing(Pacing::off())));
    let pushes = clients.map(|client| marie(&client).push(leads(100)).batch_size(20).send());
    let [one, other] = pushes;
    let (one, other) = ticking(async { tokio::join!(one, other) }).await;
    assert!(one.unwrap().is_complete() && other.unwrap().is_complete());
    let conflicts = harness
        .take_requests()
        .iter()
        .filter(|one| one.status == 409)
        .count();
    assert!(conflicts > 0, "they never met");
    assert_eq!(queued(&harness).len(), 200);
}

#[tokio::test]
async fn a_revoked_key_stops_the_push() {
    let harness = Harness::start().await;
    let control = harness.control.clone();
    let key = harness.api_key().to_owned();
    let push = marie(&harness.client).push(leads(30)).batch_size(10);
    let push = push.on_progress(move |event| {
        if matches!(
            event,
            allo_client::power_dialer::PushEvent::Batch { done: 10, .. }
        ) {
            control.revoke(&key);
        }
    });
    let report = push.await.unwrap();
    assert!(report.error().unwrap().is_unauthorized());
    assert_eq!((report.counts().added, report.counts().not_sent), (10, 20));
}

#[tokio::test]
async fn skipped_leads_are_reported_with_their_reason() {
    let harness = Harness::start().await;
    let added = json!([{"number_to": "+33199000000", "position": 0}, {"number_to": "+33199000002", "position": 1}]);
    let skipped = json!([{"number": "+33199000001", "reason": "ON_A_LIST"}]);
    let body = json!({"data": {"added": added, "skipped": skipped}}).to_string();
    respond(&harness, (200, body));
    let report = marie(&harness.client).push(leads(3)).await.unwrap();
    assert_eq!(
        statuses(&report),
        ["added 0", "skipped ON_A_LIST", "added 1"]
    );
    assert!(!report.is_complete() && report.stopped().is_none());
}

#[tokio::test]
async fn a_batch_is_unknown_if_its_response_misses_a_number() {
    let harness = Harness::start().await;
    let added = json!([{"number_to": "+33199000000", "position": 0}]);
    let body = json!({"data": {"added": added, "skipped": []}}).to_string();
    respond(&harness, (200, body));
    let report = marie(&harness.client)
        .push(leads(4))
        .batch_size(2)
        .await
        .unwrap();
    assert_eq!(
        statuses(&report),
        ["unknown", "unknown", "not sent", "not sent"]
    );
    assert!(report.stopped().unwrap().contains("does not account"));
}
