//! Requests on the wire: headers, idempotency key, path and query.

use std::collections::{BTreeSet, HashSet};

use allo_client::operation::RateClass;
use allo_client::{AuthScheme, ErrorCode, IdempotencyKey, Nullable, Outcome, Teammate};
use allo_sandbox::{LoggedRequest, UserSpec};
use serde_json::json;
use tests::calls;
use tests::harness::{Harness, OWNER, numbers};

/// One minimal request of every operation, in the order of the table.
async fn one_of_each(harness: &Harness) -> Vec<LoggedRequest> {
    let about = harness.fixtures().await;
    let append = harness.client.append_dialing_queue_numbers(numbers(2));
    let append = append.for_teammate(Teammate::id(&about.user));
    append.send().await.unwrap();
    harness.control.clear_log();
    for operation in calls::covered() {
        let answer = calls::bare(&harness.client, operation, &about).await;
        answer.unwrap_or_else(|error| panic!("{error}"));
    }
    harness.take_requests()
}

#[tokio::test]
async fn only_known_headers_are_sent() {
    let harness = Harness::start().await;
    let requests = one_of_each(&harness).await;
    for (operation, request) in calls::covered().iter().zip(&requests) {
        let headers: Vec<_> = request
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let unique: BTreeSet<_> = headers.iter().copied().collect();
        assert_eq!(unique.len(), headers.len(), "no header twice: {headers:?}");
        let mut expected = BTreeSet::from(["accept", "authorization", "host", "user-agent"]);
        if operation.rate_class() == RateClass::Write {
            expected.insert("idempotency-key");
        }
        if request.body.is_some() {
            expected.extend(["content-length", "content-type"]);
        }
        // A write without a body may send `Content-Length: 0`.
        let empty = request.header("content-length") == Some("0");
        assert!(!empty || request.method != "GET");
        let told: BTreeSet<_> = unique
            .into_iter()
            .filter(|name| !(empty && *name == "content-length"))
            .collect();
        assert_eq!(told, expected, "{}", operation.id);
        assert_eq!(request.header("accept"), Some("application/json"));
        if request.body.is_some() {
            assert_eq!(request.header("content-type"), Some("application/json"));
        }
    }
}

#[tokio::test]
async fn the_key_is_sent_in_the_form_that_was_chosen() {
    let harness = Harness::start().await;
    for (scheme, form) in [
        (None, "Api-Key"),
        (Some(AuthScheme::Prefixed), "Api-Key"),
        (Some(AuthScheme::Raw), "raw"),
    ] {
        let client = harness.client_with(|builder| match scheme {
            Some(scheme) => builder.auth_scheme(scheme),
            None => builder,
        });
        client.get_me().send().await.unwrap();
        let request = harness.take_request();
        assert_eq!(request.header("authorization"), Some(form));
        assert!(request.executed, "the key itself is right");
    }
}

#[tokio::test]
async fn the_user_agent_names_this_sdk_and_the_program() {
    let harness = Harness::start().await;
    let sdk = format!("allo-client/{}", env!("CARGO_PKG_VERSION"));
    harness.client.get_me().send().await.unwrap();
    assert_eq!(
        harness.take_request().header("user-agent"),
        Some(sdk.as_str())
    );
    let client = harness.client_with(|builder| builder.user_agent("dialer-sync/1.2"));
    client.get_me().send().await.unwrap();
    let both = format!("dialer-sync/1.2 {sdk}");
    assert_eq!(
        harness.take_request().header("user-agent"),
        Some(both.as_str())
    );
}

#[tokio::test]
async fn every_write_and_no_read_has_an_idempotency_key() {
    let mut keys = HashSet::new();
    for round in 1..=2 {
        let requests = one_of_each(&Harness::start().await).await;
        for (operation, request) in calls::covered().iter().zip(requests) {
            let key = request.header("idempotency-key");
            assert_eq!(key.is_some(), request.method != "GET", "{}", operation.id);
            assert_eq!(key.is_some(), operation.takes_idempotency_key());
            keys.extend(key.map(str::to_owned));
        }
        let writes = calls::covered()
            .into_iter()
            .filter(|operation| operation.takes_idempotency_key());
        assert_eq!(keys.len(), round * writes.count(), "each call has its own");
    }
}

#[tokio::test]
async fn a_given_key_is_used_and_its_repetition_is_not_executed() {
    let harness = Harness::start().await;
    let key = IdempotencyKey::new("monday/leads-1").unwrap();
    let append = || {
        let append = harness.client.append_dialing_queue_numbers(numbers(3));
        append.options(|o| o.with_idempotency_key(&key))
    };
    let first = append().send().await.unwrap();
    let again = append().send().await.unwrap();
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(first.body(), again.body());
    let requests = harness.take_requests();
    for request in &requests {
        assert_eq!(request.header("idempotency-key"), Some("monday/leads-1"));
    }
    let executed: Vec<_> = requests.iter().map(|request| request.executed).collect();
    assert_eq!(executed, [true, false]);
    let queue = harness.control.queue_of(&harness.id_of(OWNER)).unwrap();
    assert_eq!(queue.entries.len(), 3);
}

#[tokio::test]
async fn a_builder_that_is_sent_twice_is_two_calls() {
    let harness = Harness::start().await;
    let reset = harness.client.reset_current_dialing_queue();
    reset.clone().send().await.unwrap();
    reset.send().await.unwrap();
    assert_eq!(harness.control.queues_created(), 2);
}

#[tokio::test]
async fn a_key_of_another_operation_is_refused() {
    let harness = Harness::start().await;
    let keyed = |o: allo_client::CallOptions| o.with_idempotency_key("once");
    let reset = harness.client.reset_current_dialing_queue().options(keyed);
    reset.send().await.unwrap();
    let append = harness.client.append_dialing_queue_numbers(numbers(1));
    let error = append.options(keyed).send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::IdempotencyKeyReuse));
    assert!(error.is_conflict() && *error.outcome() == Outcome::NotExecuted);
    let queue = harness.control.queue_of(&harness.id_of(OWNER)).unwrap();
    assert!(queue.entries.is_empty());
}

#[tokio::test]
async fn a_key_can_be_used_again_after_a_refusal() {
    let harness = Harness::start().await;
    let reset = |teammate| {
        let reset = harness.client.reset_current_dialing_queue();
        let reset = reset.for_teammate(teammate);
        reset.options(|o| o.with_idempotency_key("once"))
    };
    let unknown = reset(Teammate::id("usr-0000")).send().await;
    assert!(unknown.unwrap_err().is_assignee_not_found());
    let done = reset(Teammate::Me).send().await.unwrap();
    assert!(!done.is_replayed());
    assert_eq!(harness.control.queues_created(), 1);
}

#[tokio::test]
async fn a_request_id_goes_both_ways() {
    let harness = Harness::start().await;
    let answer = harness.client.get_me().send().await.unwrap();
    let request = harness.take_request();
    assert_eq!(request.header("x-request-id"), None);
    assert_eq!(answer.request_id(), Some(request.request_id.as_str()));

    let mine = |o: allo_client::CallOptions| o.with_request_id("nightly-7");
    let answer = harness.client.get_me().options(mine).send().await.unwrap();
    assert_eq!(answer.request_id(), Some("nightly-7"));
    assert_eq!(
        harness.take_request().header("x-request-id"),
        Some("nightly-7")
    );
    let error = harness
        .client
        .get_user("usr-0000")
        .options(mine)
        .send()
        .await;
    assert_eq!(error.unwrap_err().request_id(), Some("nightly-7"));

    // If a gateway sends no request id, the caller's is kept.
    harness.control.respond_once("getMe", 502, &[], "").unwrap();
    let once = |o: allo_client::CallOptions| mine(o).with_max_attempts(1);
    let error = harness
        .client
        .get_me()
        .options(once)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.request_id(), Some("nightly-7"));
}

#[tokio::test]
async fn a_path_segment_arrives_as_it_was_given() {
    let harness = Harness::start().await;
    for (id, path) in [
        ("usr-0/../../v2/api/me", "usr-0%2F..%2F..%2Fv2%2Fapi%2Fme"),
        ("a?b#c", "a%3Fb%23c"),
        ("%2e%2e", "%252e%252e"),
        ("+12125550195", "%2B12125550195"),
        ("é ;=&", "%C3%A9%20%3B%3D%26"),
        ("...", "..."),
        ("\r\nhost: elsewhere", "%0D%0Ahost%3A%20elsewhere"),
    ] {
        let error = harness.client.get_user(id).send().await.unwrap_err();
        assert_eq!(error.code(), Some(&ErrorCode::MemberNotFound), "{id}");
        let request = harness.take_request();
        assert_eq!(request.operation, Some("getUser"));
        assert_eq!(request.path, format!("/v2/api/users/{path}"));
    }
}

/// The API promises no form of ids, and not all of its numbers are in E.164.
#[tokio::test]
async fn ids_and_numbers_of_any_form_are_read_and_sent() {
    let harness = Harness::start().await;
    for text in ["anonymous", "22000", "Lou (mobile)", "+1 212 555 0100"] {
        let entry = json!({"number_to": text, "position": 0, "call_id": text});
        let page = json!({ "data": [entry] });
        let headers = [("content-type", "application/json")];
        let scripted =
            harness
                .control
                .respond_once("getCurrentDialingQueue", 200, &headers, page.to_string());
        scripted.unwrap();
        let page = harness.client.get_current_dialing_queue().await.unwrap();
        let entry = &page.body().data[0];
        assert_eq!(entry.number_to.expose(), text);
        assert_eq!(entry.call_id, Nullable::from(text));

        assert_eq!(harness.take_requests().len(), 1);
        let call = entry.call_id.as_option().unwrap();
        let unknown = harness.client.get_conversation_item(call).await;
        let error = unknown.unwrap_err();
        let code = error.code().unwrap();
        assert_eq!(code, &ErrorCode::InvalidItemId, "it was sent: {text}");
        assert_eq!(harness.take_requests().len(), 1);
        let _ = harness.client.list_conversations(&entry.number_to).await;
        let sent = ("allo_number".to_owned(), text.to_owned());
        assert_eq!(harness.take_request().query, [sent]);
    }
}

#[tokio::test]
async fn a_query_arrives_as_it_was_given() {
    let harness = Harness::start().await;
    let plus = "marie+calls@example.com";
    let id = harness.control.add_user(UserSpec::new("Marie Plus", plus));
    let append = harness
        .client
        .append_dialing_queue_numbers(["+12125550195"]);
    append
        .for_teammate(Teammate::email(plus))
        .send()
        .await
        .unwrap();
    harness.control.clear_log();
    let clear = harness.client.clear_dialing_queue_numbers();
    let clear = clear
        .number("+12125550195")
        .for_teammate(Teammate::email(plus));
    assert_eq!(clear.send().await.unwrap().body().removed, 1);
    assert!(harness.control.queue_of(&id).unwrap().entries.is_empty());
    let mut query = harness.take_request().query;
    query.sort();
    let expected = [("email", plus), ("number", "+12125550195")];
    assert_eq!(
        query,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );

    let odd = "a&b=c d/é+?#%";
    let clear = harness.client.clear_dialing_queue_numbers().number(odd);
    let error = clear.send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::InvalidPhoneNumber));
    let expected = [("number".to_owned(), odd.to_owned())];
    assert_eq!(harness.take_request().query, expected);
}

#[tokio::test]
async fn what_was_not_set_is_not_in_the_query() {
    let harness = Harness::start().await;
    harness.client.list_users().send().await.unwrap();
    harness
        .client
        .get_current_dialing_queue()
        .send()
        .await
        .unwrap();
    for request in harness.take_requests() {
        assert_eq!(request.query, [], "{:?}", request.operation);
    }
    let read = harness.client.get_current_dialing_queue().page(2).size(7);
    read.send().await.unwrap();
    assert_eq!(
        json!(harness.take_request().query),
        json!([["page", "2"], ["size", "7"]])
    );
}

#[tokio::test]
async fn a_base_url_with_a_path_is_kept() {
    let harness = Harness::start().await;
    let base = format!("{}/gateway/", harness.base_url());
    let client = harness.client_with(|builder| builder.base_url(base));
    let error = client.get_user("usr-1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::EndpointNotFound));
    assert_eq!(harness.take_request().path, "/gateway/v2/api/users/usr-1");
}
