//! Power Dialer: the current queue of a person and its numbers.

use allo_client::types::{
    DoNotDisturb, NewQueueNumber, RoutingResult, SkipReason, SyncStatus, VoicemailHandling,
};
use allo_client::{Error, ErrorCode, Response, Teammate, operations};
use allo_sandbox::{DialOutcome, KeySpec};
use serde_json::json;
use tests::harness::{BLOCKED, Harness, JONAS, OWNER, STRANGER, numbers};

use crate::support::{refused, scripted};

pub(crate) async fn get_current_dialing_queue(harness: &Harness) {
    harness.fill(45).await;
    let owner = harness.id_of(OWNER);
    harness
        .control
        .dial(&owner, 21, DialOutcome::voicemail(true))
        .unwrap();
    let answer = harness
        .client
        .get_current_dialing_queue()
        .page(2)
        .size(20)
        .send()
        .await
        .unwrap();
    assert_eq!((answer.status(), answer.attempts()), (200, 1));
    let page = answer.body();
    let positions: Vec<_> = page.data.iter().map(|number| number.position).collect();
    assert_eq!(positions, (20..40).collect::<Vec<_>>());
    let waiting = &page.data[0];
    assert_eq!(waiting.number_to, "+12125550120");
    assert!(waiting.call_id.is_null() && waiting.routing_result.is_null());
    assert!(waiting.voicemail_left.is_absent());
    assert_eq!(waiting.sync_status, Some(SyncStatus::NotSynced));
    let dialled = &page.data[1];
    assert_eq!(dialled.routing_result, RoutingResult::Voicemail.into());
    assert_eq!(dialled.voicemail_left, true.into());
    assert!(dialled.not_reached_destination_reason.is_null());
    let totals = page.pagination.as_ref().unwrap();
    assert_eq!(
        (
            totals.page,
            totals.size,
            totals.total_count,
            totals.total_pages,
            totals.has_more
        ),
        (Some(2), Some(20), Some(45), Some(3), Some(true))
    );
    let queue = page.queue.as_ref().unwrap();
    assert_eq!(queue.id, harness.control.queue_of(&owner).unwrap().id);
    assert_eq!(queue.creator_id, Some(owner.as_str().into()));

    let of_nobody = harness.client.get_current_dialing_queue();
    let error = refused(
        of_nobody
            .for_teammate(Teammate::email(STRANGER))
            .send()
            .await,
        404,
    );
    assert!(error.is_assignee_not_found() && error.is_not_found());
}

pub(crate) async fn reset_current_dialing_queue(harness: &Harness) {
    harness.fill(2).await;
    let owner = harness.id_of(OWNER);
    let answer = harness
        .client
        .reset_current_dialing_queue()
        .name("Tuesday follow-ups")
        .send()
        .await
        .unwrap();
    let queue = answer.body();
    assert_eq!(queue.name.as_deref(), Some("Tuesday follow-ups"));
    assert_eq!(queue.numbers.as_deref(), Some([].as_slice()));
    assert_eq!(queue.voicemail_handling, Some(VoicemailHandling::NoSkip));
    assert_eq!(harness.control.queues_created(), 2);
    assert_eq!(queue.id, harness.control.queue_of(&owner).unwrap().id);

    let of_nobody = harness.client.reset_current_dialing_queue();
    let error = refused(
        of_nobody
            .for_teammate(Teammate::id("usr-0000"))
            .send()
            .await,
        404,
    );
    assert!(error.is_assignee_not_found());
    let homeless = harness.client_of(&harness.control.add_key(KeySpec::new("usr-gone")));
    let error = refused(homeless.reset_current_dialing_queue().send().await, 404);
    assert_eq!(error.code(), Some(&ErrorCode::UserNotFound));
    assert!(!error.is_assignee_not_found());
    assert_eq!(harness.control.queues_created(), 2);

    // The sandbox accepts everything that a typed request can express.
    let error = scripted(
        harness,
        &operations::RESET_CURRENT_DIALING_QUEUE,
        400,
        "INVALID_REQUEST_BODY",
    );
    let error = error.await;
    assert_eq!(error.param(), Some("name"));
}

pub(crate) async fn upsert_current_dialing_queue(harness: &Harness) {
    harness.fill(2).await;
    let answer = harness
        .client
        .upsert_current_dialing_queue()
        .voicemail_handling(VoicemailHandling::Skip)
        .do_not_disturb("ENABLED")
        .send()
        .await
        .unwrap();
    let queue = answer.body();
    assert_eq!(queue.voicemail_handling, Some(VoicemailHandling::Skip));
    assert_eq!(queue.do_not_disturb, Some(DoNotDisturb::Enabled));
    assert!(queue.name.is_null(), "what was not set stays as it was");
    assert_eq!(queue.numbers.as_ref().unwrap().len(), 2);
    assert_eq!(harness.control.queues_created(), 1);
    let renamed = harness
        .client
        .upsert_current_dialing_queue()
        .name("Renamed");
    let renamed = renamed.send().await.unwrap().into_inner();
    assert_eq!(renamed.name.as_deref(), Some("Renamed"));
    assert_eq!(renamed.voicemail_handling, Some(VoicemailHandling::Skip));

    let unheard_of = harness.client.upsert_current_dialing_queue();
    let error = refused(unheard_of.voicemail_handling("PERHAPS").send().await, 400);
    assert_eq!(error.code(), Some(&ErrorCode::InvalidRequestBody));
    assert_eq!(error.param(), Some("voicemail_handling"));
    assert_eq!(error.field_errors()[0].field(), Some("voicemail_handling"));
    let of_nobody = harness.client.upsert_current_dialing_queue();
    let error = refused(
        of_nobody
            .for_teammate(Teammate::email(BLOCKED))
            .send()
            .await,
        404,
    );
    assert!(error.is_assignee_not_found());
}

pub(crate) async fn append_dialing_queue_numbers(harness: &Harness) {
    let lead = NewQueueNumber::new("(+1) 212-555-0143")
        .name("Nadia")
        .last_name("Brandt")
        .emails(vec!["nadia@example.com".to_owned()]);
    let leads = [lead, "ext. 9".into(), "+12125550144".into()];
    let append = harness.client.append_dialing_queue_numbers(leads);
    let report = append.send().await.unwrap().into_inner();
    let added: Vec<_> = report
        .added
        .iter()
        .map(|number| (number.position, number.number_to.expose()))
        .collect();
    assert_eq!(added, [(0, "+12125550143"), (1, "+12125550144")]);
    assert!(report.added[0].sync_status.is_none() && report.added[0].call_id.is_absent());
    assert_eq!(report.skipped.len(), 1);
    assert_eq!(report.skipped[0].number, "ext. 9");
    assert_eq!(report.skipped[0].reason, SkipReason::InvalidPhoneNumber);
    let queue = harness.control.queue_of(&harness.id_of(OWNER)).unwrap();
    assert_eq!(
        json!(queue.entries[0].contact),
        json!({"name": "Nadia", "last_name": "Brandt", "emails": ["nadia@example.com"]})
    );

    let append = harness.client.append_dialing_queue_numbers(numbers(999));
    let error = refused(append.send().await, 400);
    assert_eq!(error.code(), Some(&ErrorCode::DialingQueueLimitReached));
    let of_nobody = harness.client.append_dialing_queue_numbers(numbers(1));
    let error = refused(
        of_nobody
            .for_teammate(Teammate::email(STRANGER))
            .send()
            .await,
        404,
    );
    assert!(error.is_assignee_not_found());
    let operation = &operations::APPEND_DIALING_QUEUE_NUMBERS;
    let error = scripted(harness, operation, 409, "DIALING_QUEUE_APPEND_CONFLICT").await;
    assert!(error.is_conflict());
    let queue = harness.control.queue_of(&harness.id_of(OWNER)).unwrap();
    assert_eq!(queue.entries.len(), 2, "a refusal appends nothing");
}

pub(crate) async fn clear_dialing_queue_numbers(harness: &Harness) {
    let owner = harness.id_of(OWNER);
    let clear = || harness.client.clear_dialing_queue_numbers();
    let error = refused(clear().unassigned(true).send().await, 404);
    assert_eq!(error.code(), Some(&ErrorCode::DialingQueueNotFound));

    harness.fill(102).await;
    let removed = |answer: Result<Response<_>, Error>| {
        let answer: allo_client::types::ClearedQueueNumbers = answer.unwrap().into_inner();
        answer.removed
    };
    assert_eq!(removed(clear().number("+1 212 555 0101").send().await), 2);
    assert_eq!(removed(clear().position(7).send().await), 1);
    assert_eq!(
        removed(clear().number("+12125550109").position(9).send().await),
        1
    );
    harness
        .control
        .dial(&owner, 3, DialOutcome::answered())
        .unwrap();
    assert_eq!(removed(clear().unassigned(true).send().await), 97);
    assert_eq!(removed(clear().number("+12125550150").send().await), 0);
    let left = harness.control.queue_of(&owner).unwrap().entries;
    assert_eq!(left.len(), 1);

    let table = [
        (clear(), 400, ErrorCode::DialingQueueDeleteFilterRequired),
        (
            clear().unassigned(true).position(3),
            400,
            ErrorCode::DialingQueueDeleteFilterConflict,
        ),
        (clear().number("12"), 400, ErrorCode::InvalidPhoneNumber),
        (
            clear().position(500),
            404,
            ErrorCode::QueueNumberPositionNotFound,
        ),
        (
            clear().position(3).for_teammate(Teammate::email(JONAS)),
            404,
            ErrorCode::DialingQueueNotFound,
        ),
        (
            clear().position(3).for_teammate(Teammate::email(STRANGER)),
            404,
            ErrorCode::AssigneeNotFound,
        ),
    ];
    for (builder, status, code) in table {
        let error = refused(builder.send().await, status);
        assert_eq!(error.code(), Some(&code));
    }
    assert_eq!(harness.control.queue_of(&owner).unwrap().entries, left);
}
