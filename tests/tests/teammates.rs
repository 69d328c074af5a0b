//! The teammate of a call: where each dialer operation carries it, and that no other person's queue is ever used.

use std::collections::BTreeMap;

use allo_client::operation::{Operation, Place};
use allo_client::{Client, Error, ErrorCode, Nullable, Outcome, Teammate, operations};
use allo_sandbox::{LoggedRequest, Role, UserSpec};
use serde_json::{Value, json};
use tests::coverage::AIMED;
use tests::harness::{BLOCKED, Harness, JONAS, MARIE, OWNER, STRANGER};

/// The operations that take a teammate. The test of conformance reports a missing one.
fn aimed() -> impl Iterator<Item = &'static Operation> {
    let all = operations::ALL.iter().copied();
    all.filter(|operation| AIMED.contains(&operation.id))
}

/// Calls an operation for each of `teammates`, one after another on the same builder.
async fn call(client: &Client, operation: &Operation, teammates: &[Teammate]) -> Result<(), Error> {
    macro_rules! send {
        ($builder:expr) => {{
            let mut builder = $builder;
            for teammate in teammates {
                builder = builder.for_teammate(teammate);
            }
            let request_id = |o: allo_client::CallOptions| o.with_request_id("load-7");
            builder.options(request_id).send().await.map(|_| ())
        }};
    }
    match operation.id {
        "getCurrentDialingQueue" => send!(client.get_current_dialing_queue()),
        "resetCurrentDialingQueue" => send!(client.reset_current_dialing_queue()),
        "upsertCurrentDialingQueue" => send!(client.upsert_current_dialing_queue()),
        "appendDialingQueueNumbers" => {
            send!(client.append_dialing_queue_numbers(["+12125550100"]))
        }
        "clearDialingQueueNumbers" => send!(client.clear_dialing_queue_numbers().unassigned(true)),
        new => panic!("{new} is in AIMED of tests/src/coverage.rs: add its row here as well"),
    }
}

/// Everything in a request that can identify a teammate, as `location.field`.
fn named(request: &LoggedRequest) -> BTreeMap<String, String> {
    let names = ["user_id", "user_pid", "email"];
    let query = request
        .query
        .iter()
        .map(|(name, value)| ("query", name.as_str(), value.clone()));
    let body = request.body.iter().filter_map(Value::as_object).flatten();
    let body = body.map(|(name, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        ("body", name.as_str(), text)
    });
    let found = query
        .chain(body)
        .filter(|(_, name, _)| names.contains(name));
    found
        .map(|(place, name, value)| (format!("{place}.{name}"), value))
        .collect()
}

/// Fields and their values.
type Pairs<'a> = &'a [(&'a str, &'a str)];

fn expected(fields: Pairs<'_>) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    fields.iter().map(owned).collect()
}

/// A sandbox in which every dialer operation succeeds for the owner, Marie and Jonas.
async fn with_queues() -> Harness {
    let harness = Harness::start().await;
    for email in [OWNER, MARIE, JONAS] {
        let append = harness
            .client
            .append_dialing_queue_numbers(["+12125550180"]);
        let append = append.for_teammate(Teammate::email(email));
        append.send().await.unwrap();
    }
    harness.control.clear_log();
    harness
}

#[tokio::test]
async fn each_operation_says_where_a_teammate_travels() {
    let harness = with_queues().await;
    let id = harness.id_of(MARIE);
    let by_query = [("query.user_id", id.as_str())];
    let by_body = [("body.user_id", id.as_str())];
    let by_both = [("body.user_id", id.as_str()), ("body.user_pid", &id)];
    let table: [(&str, Pairs<'_>, &str); 5] = [
        ("getCurrentDialingQueue", &by_query, "query.email"),
        ("resetCurrentDialingQueue", &by_both, "body.email"),
        ("upsertCurrentDialingQueue", &by_body, "body.email"),
        ("appendDialingQueueNumbers", &by_body, "body.email"),
        ("clearDialingQueueNumbers", &by_query, "query.email"),
    ];
    assert_eq!(aimed().count(), table.len());
    for (operation, (name, by_id, by_email)) in aimed().zip(table) {
        assert_eq!(operation.id, name);
        for (teammate, fields) in [
            (Teammate::Me, vec![]),
            (Teammate::id(&id), by_id.to_vec()),
            (Teammate::email(MARIE), vec![(by_email, MARIE)]),
        ] {
            call(&harness.client, operation, &[teammate]).await.unwrap();
            let request = harness.take_request();
            assert_eq!(request.operation, Some(name));
            assert!(request.executed);
            assert_eq!(named(&request), expected(&fields), "{name}");
        }
        // The request matches the operation table.
        let place = operation.teammate.unwrap().place;
        assert_eq!(place == Place::Query, by_email.starts_with("query"));
    }
}

#[tokio::test]
async fn the_queue_meant_is_the_queue_touched() {
    let harness = Harness::start().await;
    let (owner, marie) = (harness.id_of(OWNER), harness.id_of(MARIE));
    for (teammate, whose) in [
        (Teammate::Me, &owner),
        (Teammate::id(&marie), &marie),
        (Teammate::email("MARIE@example.com"), &marie),
    ] {
        let before = harness.control.queues_created();
        let reset = harness.client.reset_current_dialing_queue();
        let queue = reset.for_teammate(&teammate).send().await.unwrap();
        assert_eq!(harness.control.queues_created(), before + 1);
        assert_eq!(queue.body().assignee_id, Nullable::from(whose));
        assert_eq!(queue.body().creator_id, Some(owner.as_str().into()));
        assert_eq!(queue.body().id, harness.control.queue_of(whose).unwrap().id);
    }
}

#[tokio::test]
async fn the_last_teammate_named_is_the_only_one() {
    let harness = with_queues().await;
    let id = harness.id_of(JONAS);
    let marie = [Teammate::id(harness.id_of(MARIE)), Teammate::email(MARIE)];
    for operation in aimed() {
        for first in &marie {
            for last in [Teammate::Me, Teammate::id(&id), Teammate::email(JONAS)] {
                call(&harness.client, operation, &[first.clone(), last.clone()])
                    .await
                    .unwrap();
                let twice = named(&harness.take_request());
                call(&harness.client, operation, &[last]).await.unwrap();
                assert_eq!(twice, named(&harness.take_request()), "{}", operation.id);
            }
        }
    }
}

#[tokio::test]
async fn a_stranger_is_an_error_and_never_the_owner() {
    let strangers = [
        Teammate::id("usr-0000000000000000000000000000000000000000"),
        Teammate::id("me"),
        Teammate::email(STRANGER),
        Teammate::email(BLOCKED),
        Teammate::email("visitor@example.com"),
    ];
    for operation in aimed() {
        let harness = Harness::start().await;
        let visitor = UserSpec::new("Remy Visitor", "visitor@example.com").team("Elsewhere");
        harness.control.add_user(visitor.role(Role::Admin));
        for stranger in &strangers {
            let error = call(&harness.client, operation, std::slice::from_ref(stranger)).await;
            let error = error.unwrap_err();
            assert!(
                error.is_assignee_not_found() && error.is_not_found(),
                "{error}"
            );
            assert_eq!(error.code(), Some(&ErrorCode::AssigneeNotFound));
            assert_eq!(error.request_id(), Some("load-7"));
            assert_eq!(
                error.suggestion(),
                Some("Use an id from GET /v2/api/users.")
            );
            assert_eq!(*error.outcome(), Outcome::NotExecuted);
        }
        assert!(
            harness
                .take_requests()
                .iter()
                .all(|request| !request.executed)
        );
        assert_eq!(harness.control.queues_created(), 0);
        assert_eq!(harness.control.queue_of(&harness.id_of(OWNER)), None);
    }
}

#[tokio::test]
async fn an_unknown_teammate_is_told_in_one_line() {
    let harness = Harness::start().await;
    let append = harness
        .client
        .append_dialing_queue_numbers(["+12125550181"]);
    let append = append.for_teammate(Teammate::email(STRANGER));
    let append = append.options(|o| o.with_request_id("monday-load-7"));
    let error = append.send().await.unwrap_err();
    insta::assert_snapshot!(error, @"appendDialingQueueNumbers failed: 404 ASSIGNEE_NOT_FOUND: No team member matches the given user_id or email; Use an id from GET /v2/api/users (request monday-load-7)");
}

#[tokio::test]
async fn who_could_be_taken_for_nobody_is_not_sent() {
    let harness = with_queues().await;
    for teammate in [
        Teammate::id(""),
        Teammate::id("  "),
        Teammate::email(""),
        Teammate::email("marie"),
        Teammate::email("marie@"),
    ] {
        for operation in aimed() {
            let error = call(&harness.client, operation, std::slice::from_ref(&teammate)).await;
            let error = error.unwrap_err();
            assert!(error.is_invalid_request(), "{error}");
            assert_eq!(*error.outcome(), Outcome::NotSent);
        }
    }
    assert!(harness.take_requests().is_empty());
}

#[tokio::test]
async fn find_resolves_a_name_to_an_id() {
    let harness = Harness::start().await;
    let found = Teammate::find(&harness.client, " marie  DUPONT")
        .await
        .unwrap();
    assert_eq!(found, Teammate::id(harness.id_of(MARIE)));
    assert_eq!(harness.take_request().operation, Some("listUsers"));
    let listed = harness.client.list_users().send().await.unwrap();
    let users = listed.body();
    let jonas = users.iter().find(|user| user.email == JONAS).unwrap();
    assert_eq!(Teammate::from(jonas), Teammate::id(harness.id_of(JONAS)));
}

#[tokio::test]
async fn find_refuses_an_ambiguous_name_with_the_candidates() {
    let harness = Harness::start().await;
    let error = Teammate::find(&harness.client, "Alex Martin")
        .await
        .unwrap_err();
    assert!(
        error.is_assignee_not_found() && !error.is_status(),
        "{error}"
    );
    let candidates = ["alex.martin@example.com", "alex.m@example.com"];
    for candidate in candidates.map(|email| harness.id_of(email)) {
        assert!(error.to_string().contains(&candidate), "{error}");
    }
    assert!(!error.to_string().contains(&harness.id_of(MARIE)));
    assert_eq!(error.operation(), Some("listUsers"));
    assert!(
        error
            .suggestion()
            .is_some_and(|advice| advice.contains("Teammate::id"))
    );
}

#[tokio::test]
async fn find_finds_neither_strangers_nor_the_blocked() {
    let harness = Harness::start().await;
    for name in [
        "Quentin Nobody",
        "Ana Silva",
        "Marie",
        "",
        "marie@example.com",
    ] {
        let error = Teammate::find(&harness.client, name).await.unwrap_err();
        assert!(error.is_assignee_not_found(), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(name.is_empty() || !shown.contains(name), "{shown}");
    }
    // If a member of the team cannot be decoded, it may be a second Marie.
    let users = json!({"data": [
        {"id": "usr-1", "name": "Marie Dupont", "email": MARIE},
        {"id": 2, "name": "Marie Dupont"},
    ]});
    let json = [("content-type", "application/json")];
    let users = users.to_string();
    harness
        .control
        .respond_once("listUsers", 200, &json, users)
        .unwrap();
    let error = Teammate::find(&harness.client, "Marie Dupont")
        .await
        .unwrap_err();
    assert!(error.is_assignee_not_found(), "{error}");
}

#[tokio::test]
async fn find_passes_on_what_the_list_fails_with() {
    let harness = Harness::start().await;
    harness.control.revoke(harness.api_key());
    let error = Teammate::find(&harness.client, "Marie Dupont")
        .await
        .unwrap_err();
    assert!(
        error.is_unauthorized() && !error.is_assignee_not_found(),
        "{error}"
    );
}
