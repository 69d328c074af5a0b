//! Every operation, against the sandbox: what it does when it succeeds, and each refusal the API's document declares.

use std::collections::BTreeSet;
use std::time::Duration;

use allo_client::operation::Operation;
use allo_client::types::{
    DoNotDisturb, NewQueueNumber, RoutingResult, SkipReason, SyncStatus, UserRole, UserStatus,
    VoicemailHandling,
};
use allo_client::{Error, ErrorCode, Outcome, Response, TargetTeammate, Teammate, operations};
use allo_sandbox::{DialOutcome, KeySpec, Quotas};
use serde_json::json;
use tests::stage::{BLOCKED, JONAS, MARIE, OWNER, STRANGER, Stage, numbers};
use tests::{calls, document};

/// Runs the scenario of an operation.
async fn drive(operation: &Operation, stage: &Stage) {
    match operation.id {
        "getCurrentDialingQueue" => get_current_dialing_queue(stage).await,
        "resetCurrentDialingQueue" => reset_current_dialing_queue(stage).await,
        "upsertCurrentDialingQueue" => upsert_current_dialing_queue(stage).await,
        "appendDialingQueueNumbers" => append_dialing_queue_numbers(stage).await,
        "clearDialingQueueNumbers" => clear_dialing_queue_numbers(stage).await,
        "getMe" => get_me(stage).await,
        "listUsers" => list_users(stage).await,
        "getUser" => get_user(stage).await,
        new => panic!(
            "{new} has no conformance test: write its scenario in tests/tests/operations.rs, with \
             a success and every declared refusal, and name it in `drive`"
        ),
    }
}

#[tokio::test]
async fn every_operation_does_its_work_and_is_refused_as_declared() {
    for operation in operations::ALL {
        let stage = Stage::start().await;
        drive(operation, &stage).await;
        refusals_of_every_operation(operation, &stage).await;
        let requests = stage.take_requests().into_iter();
        let seen: BTreeSet<u16> = requests
            .filter(|request| request.operation == Some(operation.id))
            .map(|request| request.status)
            .chain(over_quota(operation).await)
            .collect();
        let declared = document::statuses(operation.id);
        let missing: Vec<_> = declared.difference(&seen).collect();
        assert!(
            missing.is_empty(),
            "openapi/allo.yaml declares {missing:?} for {}, which its scenario never provokes",
            operation.id
        );
    }
}

#[tokio::test]
async fn resources_give_the_same_builders_as_the_client() {
    fn both<T>(one: T, other: T) -> [T; 2] {
        [one, other]
    }
    let stage = Stage::start().await;
    stage.fill(3).await;
    let user = stage.id_of(MARIE);
    let (client, dialer, users) = (
        &stage.client,
        stage.client.power_dialer(),
        stage.client.users(),
    );
    let mut asked = 0;
    macro_rules! same {
        ($resource:expr, $call:ident ( $($argument:expr),* )) => {
            for builder in both(client.$call($($argument),*), $resource.$call($($argument),*)) {
                let _ = builder.send().await;
            }
            let requests = stage.take_requests();
            assert_eq!(requests.len(), 2);
            let told: Vec<_> = requests
                .iter()
                .map(|request| (request.operation, &request.path, &request.query, &request.body))
                .collect();
            assert_eq!(told[0], told[1], "{}", stringify!($call));
            asked += 1;
        };
    }
    same!(dialer, get_current_dialing_queue());
    same!(dialer, reset_current_dialing_queue());
    same!(dialer, upsert_current_dialing_queue());
    same!(dialer, append_dialing_queue_numbers(["+12125550100"]));
    same!(dialer, clear_dialing_queue_numbers());
    same!(users, get_me());
    same!(users, list_users());
    same!(users, get_user(user.as_str()));
    assert_eq!(
        asked,
        operations::ALL.len(),
        "a new operation: compare its builder by resource here as well"
    );
}

async fn get_current_dialing_queue(stage: &Stage) {
    stage.fill(45).await;
    let owner = stage.id_of(OWNER);
    stage
        .control
        .dial(&owner, 21, DialOutcome::voicemail(true))
        .unwrap();
    let answer = stage
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
    assert_eq!(queue.id, stage.control.queue_of(&owner).unwrap().id);
    assert_eq!(queue.creator_id.as_deref(), Some(owner.as_str()));

    let of_nobody = stage.client.get_current_dialing_queue();
    let error = refused(
        of_nobody
            .for_teammate(Teammate::email(STRANGER))
            .send()
            .await,
        404,
    );
    assert!(error.is_assignee_not_found() && error.is_not_found());
}

async fn reset_current_dialing_queue(stage: &Stage) {
    stage.fill(2).await;
    let owner = stage.id_of(OWNER);
    let answer = stage
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
    assert_eq!(stage.control.queues_created(), 2);
    assert_eq!(stage.control.queue_of(&owner).unwrap().id, queue.id);

    let of_nobody = stage.client.reset_current_dialing_queue();
    let error = refused(
        of_nobody
            .for_teammate(Teammate::id("usr-0000"))
            .send()
            .await,
        404,
    );
    assert!(error.is_assignee_not_found());
    let homeless = stage.client_of(&stage.control.add_key(KeySpec::new("usr-gone")));
    let error = refused(homeless.reset_current_dialing_queue().send().await, 404);
    assert_eq!(error.code(), Some(ErrorCode::UserNotFound));
    assert!(!error.is_assignee_not_found());
    assert_eq!(stage.control.queues_created(), 2);

    // Nothing that a typed request can say is refused by the sandbox.
    let error = scripted(
        stage,
        &operations::RESET_CURRENT_DIALING_QUEUE,
        400,
        "INVALID_REQUEST_BODY",
    );
    let error = error.await;
    assert_eq!(error.param(), Some("name"));
}

async fn upsert_current_dialing_queue(stage: &Stage) {
    stage.fill(2).await;
    let answer = stage
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
    assert_eq!(stage.control.queues_created(), 1);
    let renamed = stage.client.upsert_current_dialing_queue().name("Renamed");
    let renamed = renamed.send().await.unwrap().into_inner();
    assert_eq!(renamed.name.as_deref(), Some("Renamed"));
    assert_eq!(renamed.voicemail_handling, Some(VoicemailHandling::Skip));

    let unheard_of = stage.client.upsert_current_dialing_queue();
    let error = refused(unheard_of.voicemail_handling("PERHAPS").send().await, 400);
    assert_eq!(error.code(), Some(ErrorCode::InvalidRequestBody));
    assert_eq!(error.param(), Some("voicemail_handling"));
    assert_eq!(error.field_errors()[0].field(), Some("voicemail_handling"));
    let of_nobody = stage.client.upsert_current_dialing_queue();
    let error = refused(
        of_nobody
            .for_teammate(Teammate::email(BLOCKED))
            .send()
            .await,
        404,
    );
    assert!(error.is_assignee_not_found());
}

async fn append_dialing_queue_numbers(stage: &Stage) {
    let lead = NewQueueNumber::new("(+1) 212-555-0143")
        .name("Nadia")
        .last_name("Brandt")
        .emails(vec!["nadia@example.com".to_owned()]);
    let leads = [lead, "ext. 9".into(), "+12125550144".into()];
    let append = stage.client.append_dialing_queue_numbers(leads);
    let report = append.send().await.unwrap().into_inner();
    let added: Vec<_> = report
        .added
        .iter()
        .map(|number| (number.position, number.number_to.as_str()))
        .collect();
    assert_eq!(added, [(0, "+12125550143"), (1, "+12125550144")]);
    assert!(report.added[0].sync_status.is_none() && report.added[0].call_id.is_absent());
    assert_eq!(report.skipped.len(), 1);
    assert_eq!(report.skipped[0].number, "ext. 9");
    assert_eq!(report.skipped[0].reason, SkipReason::InvalidPhoneNumber);
    let queue = stage.control.queue_of(&stage.id_of(OWNER)).unwrap();
    assert_eq!(
        json!(queue.entries[0].contact),
        json!({"name": "Nadia", "last_name": "Brandt", "emails": ["nadia@example.com"]})
    );

    let append = stage.client.append_dialing_queue_numbers(numbers(999));
    let error = refused(append.send().await, 400);
    assert_eq!(error.code(), Some(ErrorCode::DialingQueueLimitReached));
    let of_nobody = stage.client.append_dialing_queue_numbers(numbers(1));
    let error = refused(
        of_nobody
            .for_teammate(Teammate::email(STRANGER))
            .send()
            .await,
        404,
    );
    assert!(error.is_assignee_not_found());
    let operation = &operations::APPEND_DIALING_QUEUE_NUMBERS;
    let error = scripted(stage, operation, 409, "DIALING_QUEUE_APPEND_CONFLICT").await;
    assert!(error.is_conflict());
    let queue = stage.control.queue_of(&stage.id_of(OWNER)).unwrap();
    assert_eq!(queue.entries.len(), 2, "a refusal appends nothing");
}

async fn clear_dialing_queue_numbers(stage: &Stage) {
    let owner = stage.id_of(OWNER);
    let clear = || stage.client.clear_dialing_queue_numbers();
    let error = refused(clear().unassigned(true).send().await, 404);
    assert_eq!(error.code(), Some(ErrorCode::DialingQueueNotFound));

    stage.fill(102).await;
    let removed = |answer: Result<Response<_>, Error>| {
        let answer: allo_client::types::ClearQueueNumbersResponse = answer.unwrap().into_inner();
        answer.removed
    };
    assert_eq!(removed(clear().number("+1 212 555 0101").send().await), 2);
    assert_eq!(removed(clear().position(7).send().await), 1);
    assert_eq!(
        removed(clear().number("+12125550109").position(9).send().await),
        1
    );
    stage
        .control
        .dial(&owner, 3, DialOutcome::answered())
        .unwrap();
    assert_eq!(removed(clear().unassigned(true).send().await), 97);
    assert_eq!(removed(clear().number("+12125550150").send().await), 0);
    let left = stage.control.queue_of(&owner).unwrap().entries;
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
        assert_eq!(error.code(), Some(code));
    }
    assert_eq!(stage.control.queue_of(&owner).unwrap().entries, left);
}

async fn get_me(stage: &Stage) {
    let me = stage.client.get_me().send().await.unwrap().into_inner();
    assert!(me.api_key_id.starts_with("api-"));
    assert!(me.scopes.iter().any(|scope| scope == "USERS_READ"));
    let team = me.team.as_option().unwrap();
    assert_eq!(team.name.as_deref(), Some("Larch Street Sales"));
    let limits = me.rate_limits.as_ref().unwrap();
    assert_eq!(
        (limits.read_per_second, limits.write_per_second),
        (Some(20), Some(5))
    );
    let endpoints = me.endpoints.as_ref().unwrap();
    let users = endpoints
        .iter()
        .find(|endpoint| endpoint.path.as_deref() == Some("/v2/api/users"));
    assert_eq!(users.unwrap().scope.as_deref(), Some("USERS_READ"));

    let homeless = stage.control.add_key(KeySpec::new("usr-gone"));
    let me = stage.client_of(&homeless).get_me().send().await.unwrap();
    assert!(me.body().team.is_null());
}

async fn list_users(stage: &Stage) {
    let names = |answer: Response<allo_client::List<allo_client::types::User>>| {
        let users = answer.into_inner().into_iter();
        users.map(|user| user.name).collect::<Vec<_>>()
    };
    let everybody = names(stage.client.list_users().send().await.unwrap());
    assert_eq!(
        everybody,
        [
            "Camille Laurent",
            "Marie Dupont",
            "Jonas Weber",
            "Alex Martin",
            "Alex Martin"
        ]
    );
    let blocked = stage.client.list_users().status(UserStatus::Blocked);
    assert_eq!(names(blocked.send().await.unwrap()), ["Ana Silva"]);
    let managers = stage.client.list_users().role("MANAGER");
    assert_eq!(names(managers.send().await.unwrap()), ["Camille Laurent"]);

    let unheard_of = stage.client.list_users().role("WIZARD");
    let error = refused(unheard_of.send().await, 400);
    assert_eq!(error.param(), Some("role"));
    let homeless = stage.client_of(&stage.control.add_key(KeySpec::new("usr-gone")));
    let error = refused(homeless.list_users().send().await, 404);
    assert_eq!(error.code(), Some(ErrorCode::TeamNotFound));
}

async fn get_user(stage: &Stage) {
    let id = stage.id_of(MARIE);
    let user = stage
        .client
        .get_user(&id)
        .send()
        .await
        .unwrap()
        .into_inner();
    assert_eq!((user.id, user.email.as_str()), (id, MARIE));
    assert_eq!(user.name, "Marie Dupont");
    assert_eq!(user.role, Some(UserRole::Member));
    assert_eq!(user.status, Some(UserStatus::Active));
    assert!(user.image_url.as_option().is_some());
    let other = stage.client.get_user(stage.id_of(JONAS)).send().await;
    assert!(other.unwrap().body().image_url.is_null());

    let error = refused(stage.client.get_user("usr-0000").send().await, 404);
    assert_eq!(error.code(), Some(ErrorCode::MemberNotFound));
    assert!(!error.is_assignee_not_found());
}

/// Keys that will not do, and a server that fails.
async fn refusals_of_every_operation(operation: &Operation, stage: &Stage) {
    let user = stage.id_of(MARIE);
    let unknown = stage.client_of("ak_live_nobody");
    let error = refused(calls::plain(&unknown, operation, &user, |o| o).await, 401);
    assert_eq!(error.code(), Some(ErrorCode::ApiKeyInvalid));
    let key = stage.control.add_key(KeySpec::new(stage.id_of(OWNER)));
    stage.control.revoke(&key);
    let error = calls::plain(&stage.client_of(&key), operation, &user, |o| o).await;
    let error = refused(error, 401);
    assert_eq!(error.code(), Some(ErrorCode::ApiKeyRevoked));
    assert!(error.is_unauthorized());

    let no_scopes = KeySpec::new(stage.id_of(OWNER)).scopes(<[&str; 0]>::default());
    let scopeless = stage.client_of(&stage.control.add_key(no_scopes));
    let answer = calls::plain(&scopeless, operation, &user, |o| o).await;
    if let [scope] = operation.scopes {
        let error = refused(answer, 403);
        assert_eq!(error.code(), Some(ErrorCode::ApiKeyInsufficientScope));
        assert!(error.is_forbidden() && error.message().contains(scope));
    } else {
        assert_eq!(operation.scopes, <[&str; 0]>::default(), "{}", operation.id);
        answer.unwrap();
    }

    let error = scripted(stage, operation, 500, "INTERNAL_SERVER_ERROR").await;
    assert!(error.is_server_error());
}

/// The status of a request over the quota.
async fn over_quota(operation: &Operation) -> Option<u16> {
    let stage = Stage::with(|builder| builder.quotas(Quotas::per_second(0, 0))).await;
    let user = stage.id_of(MARIE);
    let error = refused(
        calls::plain(&stage.client, operation, &user, |o| o.with_max_attempts(1)).await,
        429,
    );
    assert_eq!(error.code(), Some(ErrorCode::RateLimitExceeded));
    assert!(error.is_rate_limited());
    assert_eq!(error.retryable(), Some(true));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    error.status()
}

/// The error of a plain call that is answered with a scripted refusal.
async fn scripted(stage: &Stage, operation: &Operation, status: u16, code: &str) -> Error {
    let body = json!({"error": {
        "type": "conflict_error", "code": code, "message": "As scripted.", "retryable": false,
        "param": "name",
    }});
    let json = [("content-type", "application/json")];
    stage
        .control
        .respond_once(operation.id, status, &json, body.to_string())
        .unwrap();
    let user = stage.id_of(MARIE);
    let once = |o: allo_client::CallOptions| o.with_max_attempts(1);
    let error = calls::plain(&stage.client, operation, &user, once).await;
    let error = error.expect_err("a scripted refusal");
    assert_eq!(error.status(), Some(status));
    assert_eq!(error.code(), Some(code.into()));
    error
}

/// The error of a refused call, after checking what holds for all of them.
#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<Response<T>, Error>, status: u16) -> Error {
    let error = answer.expect_err("a refusal");
    assert!(error.is_status(), "{error}");
    assert_eq!(error.status(), Some(status), "{error}");
    assert_eq!(error.attempts(), 1);
    assert!(error.request_id().is_some_and(|id| id.starts_with("req_")));
    assert!(!error.message().is_empty() && error.suggestion().is_some());
    if status < 500 {
        assert_eq!(*error.outcome(), Outcome::NotExecuted);
    }
    error
}
