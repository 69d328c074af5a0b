//! The prepared request of a call, and refusals before sending. No I/O.

use serde_json::json;

use super::*;
use crate::generated::operations;
use crate::model::nullable::Nullable;
use crate::model::operation::Body;

fn client() -> Client {
    Client::builder()
        .api_key("abc-s3cret")
        .base_url("http://localhost:9")
        .build()
        .unwrap()
}

fn call(operation: &'static Operation) -> Call {
    Call::new(client(), operation)
}

fn aimed(operation: &'static Operation, teammate: Teammate) -> Result<(String, Value), Error> {
    let mut call = call(operation);
    call.set_teammate(teammate);
    if operation.body != Body::None {
        call = call.json(&json!({"name": "a", "numbers": [{"number": "b"}]}));
    }
    let prepared = call.prepare(Decoded::unit)?;
    let body = prepared
        .body
        .map(|bytes| serde_json::from_slice(&bytes).unwrap());
    Ok((prepared.query, body.unwrap_or_default()))
}

#[test]
fn a_teammate_travels_where_the_operation_takes_it() {
    let sent = [
        (Teammate::Me, "", vec![]),
        (Teammate::id("usr-1"), "user_id=usr-1", vec!["user_id"]),
        (
            Teammate::email("m@example.com"),
            "email=m%40example.com",
            vec!["email"],
        ),
    ];
    for (teammate, expected, fields) in sent {
        let (query, body) =
            aimed(&operations::GET_CURRENT_DIALING_QUEUE, teammate.clone()).unwrap();
        assert_eq!((query.as_str(), body), (expected, Value::Null));
        let (query, body) = aimed(&operations::APPEND_DIALING_QUEUE_NUMBERS, teammate).unwrap();
        assert_eq!(query, "");
        let all: Vec<_> = body.as_object().unwrap().keys().collect();
        let others = all
            .iter()
            .filter(|key| !["name", "numbers"].contains(&key.as_str()));
        assert_eq!(
            others.collect::<Vec<_>>(),
            fields.iter().collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_reset_names_the_teammate_under_both_names() {
    let (_, body) = aimed(
        &operations::RESET_CURRENT_DIALING_QUEUE,
        Teammate::id("usr-1"),
    )
    .unwrap();
    assert_eq!(
        (&body["user_id"], &body["user_pid"]),
        (&json!("usr-1"), &json!("usr-1"))
    );
}

#[test]
fn who_cannot_be_told_is_refused() {
    let queue = &operations::GET_CURRENT_DIALING_QUEUE;
    assert_eq!(
        aimed(queue, Teammate::id(" ")).unwrap_err().param(),
        Some("user_id")
    );
    assert_eq!(
        aimed(queue, Teammate::email("m")).unwrap_err().param(),
        Some("email")
    );
    assert!(
        aimed(&operations::LIST_USERS, Teammate::id("usr-1"))
            .unwrap_err()
            .is_invalid_request()
    );
}

#[test]
fn a_body_that_says_nothing_is_left_out_where_it_may_be() {
    let optional = call(&operations::RESET_CURRENT_DIALING_QUEUE);
    assert_eq!(
        optional
            .clone()
            .json(&json!({}))
            .prepare(Decoded::unit)
            .unwrap()
            .body,
        None
    );
    assert_eq!(optional.clone().prepare(Decoded::unit).unwrap().body, None);
    let cleared = optional
        .json(&json!({"name": null}))
        .prepare(Decoded::unit)
        .unwrap()
        .body;
    assert_eq!(cleared.as_deref(), Some(br#"{"name":null}"#.as_slice()));
    let required = call(&operations::UPSERT_CURRENT_DIALING_QUEUE).json(&json!({}));
    assert_eq!(
        required.prepare(Decoded::unit).unwrap().body.as_deref(),
        Some(b"{}".as_slice())
    );
}

#[test]
fn writes_have_a_key_and_reads_have_none() {
    let key = |call: Call| call.prepare(Decoded::unit).map(|prepared| prepared.key);
    let write = call(&operations::RESET_CURRENT_DIALING_QUEUE);
    let (one, other) = (key(write.clone()).unwrap(), key(write.clone()).unwrap());
    assert!(one.is_some() && one != other);
    let mut given = write;
    given.change_options(|o| o.with_idempotency_key("mine"));
    assert_eq!(key(given).unwrap().unwrap().as_str(), "mine");
    let mut read = call(&operations::GET_ME);
    assert_eq!(key(read.clone()).unwrap(), None);
    read.change_options(|o| o.with_idempotency_key("mine"));
    assert_eq!(key(read).unwrap_err().param(), Some("idempotency_key"));
}

#[test]
fn options_add_up() {
    let mut call = call(&operations::GET_ME);
    call.change_options(|o| o.with_request_id("req-1"));
    call.change_options(|o| o.with_timeout(std::time::Duration::from_secs(1)));
    let options = call.prepare(Decoded::unit).unwrap().options;
    assert_eq!(options.request_id(), Some("req-1"));
    assert!(options.timeout().is_some());
}

#[test]
fn what_was_not_set_is_not_sent() {
    let call = call(&operations::GET_CURRENT_DIALING_QUEUE)
        .query("page", &None::<u64>)
        .query("size", &Some(20_u64))
        .query("other", &Nullable::<String>::Absent);
    assert_eq!(call.prepare(Decoded::unit).unwrap().query, "size=20");
}

#[test]
fn a_limit_stops_the_call_before_it_is_sent() {
    let size = call(&operations::GET_CURRENT_DIALING_QUEUE).query("size", &101_u64);
    let error = size.prepare(Decoded::unit).map(|_| ()).unwrap_err();
    assert!(
        error.is_invalid_request() && error.message().contains("100"),
        "{error}"
    );
    let name = json!({"name": "n".repeat(256)});
    let name = call(&operations::RESET_CURRENT_DIALING_QUEUE).json(&name);
    assert_eq!(
        name.prepare(Decoded::unit).map(|_| ()).unwrap_err().param(),
        Some("name")
    );
    let none = call(&operations::APPEND_DIALING_QUEUE_NUMBERS).json(&json!({"numbers": []}));
    assert_eq!(
        none.prepare(Decoded::unit).map(|_| ()).unwrap_err().param(),
        Some("numbers")
    );
}

#[test]
fn debug_of_a_call_and_of_its_builder_shows_nothing_personal() {
    let builder = client()
        .reset_current_dialing_queue()
        .for_teammate(Teammate::email("marie@example.com"))
        .name("for Marie");
    let shown = format!("{builder:?} {:?}", call(&operations::GET_ME));
    for secret in ["s3cret", "marie", "Marie"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("Call(getMe)"));
}

#[test]
fn a_body_is_an_object_where_there_is_one() {
    let append = || call(&operations::APPEND_DIALING_QUEUE_NUMBERS);
    // A body that is sent as `{}` is checked as `{}`.
    for nothing in [append(), append().json(&Value::Null)] {
        let error = nothing.prepare(Decoded::unit).err().expect("it is refused");
        assert!(error.to_string().contains("numbers is required"), "{error}");
    }
    let optional = call(&operations::RESET_CURRENT_DIALING_QUEUE);
    for body in [json!([]), json!("numbers"), json!(7), json!(true)] {
        for call in [append(), optional.clone()] {
            let call = call.json(&body);
            let mut aimed = call.clone();
            aimed.set_teammate(Teammate::id("usr-1"));
            for call in [call, aimed] {
                let error = call.prepare(Decoded::unit).err().expect("it is refused");
                assert_eq!(error.param(), Some("body"), "{body}");
            }
        }
    }
    let none = call(&operations::GET_USER).path("id", &"usr-1".to_owned());
    assert!(none.clone().prepare(Decoded::unit).is_ok());
    let error = none
        .json(&json!({"a": 1}))
        .prepare(Decoded::unit)
        .err()
        .expect("it is refused");
    assert_eq!(error.param(), Some("body"));
}
