//! `getConversationItem` and `batchGetConversationItems`.

use serde_json::{Value, json};

use crate::api::{Api, CAMILLE, MARIE};
use crate::telephony::{ADA, LINE, STRANGER, Small, start};

const BATCH: &str = "/v2/api/conversations/items/batch";

fn item(id: &str) -> String {
    format!("/v2/api/conversations/items/{id}")
}

fn call_of(small: &Small, transcript: Value) -> Value {
    json!({
        "id": small.talk,
        "type": "CALL",
        "direction": "OUTBOUND",
        "allo_number": LINE,
        "contact_number": ADA,
        "contacts": [{ "id": small.ada, "name": "Ada", "company": null, "deals": [] }],
        "user": { "id": MARIE, "name": "Marie Dupont", "email": "marie@example.com" },
        "date": "2026-03-01T08:30:00Z",
        "duration": 150,
        "result": "ANSWERED",
        "recording_url": "https://media.example.com/recordings/talk.mp3",
        "summary": "Ada wants a turbine.",
        "tags": ["interested"],
        "transcript": transcript,
        "content": null,
        "status": null,
        "message_type": null,
    })
}

fn spoken() -> Value {
    json!([
        { "source": "USER", "time": "2026-03-01T08:30:10Z", "text": "Shall we talk about turbines?" },
        { "source": "EXTERNAL", "time": "2026-03-01T08:30:14Z", "text": "Gladly." },
    ])
}

#[tokio::test]
async fn a_call_has_every_key_and_its_transcript_when_asked_for() {
    let small = start().await;
    let path = item(&small.talk);
    assert_eq!(
        small.api.get(&path).await.data(),
        call_of(&small, Value::Null)
    );
    let extended = small
        .api
        .get(&format!("{path}?extend=transcript"))
        .await
        .data();
    assert_eq!(extended, call_of(&small, spoken()));
}

#[tokio::test]
async fn a_text_has_null_where_only_calls_have_something() {
    let small = start().await;
    let expected = json!({
        "id": small.text,
        "type": "SMS",
        "direction": "INBOUND",
        "allo_number": LINE,
        "contact_number": ADA,
        "contacts": [{ "id": small.ada, "name": "Ada", "company": null, "deals": [] }],
        "user": { "id": CAMILLE, "name": "Camille Laurent", "email": "camille@example.com" },
        "date": "2026-03-02T06:30:00Z",
        "duration": null,
        "result": null,
        "recording_url": null,
        "summary": null,
        "tags": null,
        "transcript": null,
        "content": "The turbine arrived.",
        "status": "DELIVERED",
        "message_type": "SMS",
    });
    let path = format!("{}?extend=transcript", item(&small.text));
    assert_eq!(small.api.get(&path).await.data(), expected);
}

#[tokio::test]
async fn a_missed_call_of_a_stranger_has_neither_user_nor_contacts() {
    let small = start().await;
    let missed = small.api.get(&item(&small.missed)).await.data();
    assert_eq!(missed["contact_number"], STRANGER);
    assert_eq!(missed.get("user"), None);
    assert_eq!(
        (&missed["contacts"], &missed["result"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(
        (&missed["tags"], &missed["duration"]),
        (&json!([]), &json!(0))
    );
}

#[tokio::test]
async fn bad_and_unknown_ids_are_told_apart() {
    let api = Api::start().await;
    for id in ["usr-1", "call-1", "cll", "CLL-1"] {
        let answer = api.get(&item(id)).await;
        assert_eq!(answer.error(400, "INVALID_ITEM_ID")["param"], "id");
    }
    for id in ["cll-1", "cll_1", "msg-1", "msg_1"] {
        api.get(&item(id))
            .await
            .error(404, "CONVERSATION_ITEM_NOT_FOUND");
    }
    let extended = api.get(&format!("{}?extend=notes", item("cll-1"))).await;
    extended.error(400, "UNSUPPORTED_EXTEND_VALUE");
}

#[tokio::test]
async fn a_batch_keeps_the_order_and_omits_unknown_ids() {
    let small = start().await;
    let ids = json!({ "ids": [small.text, "cll-gone", small.talk] });
    let found = small.api.post(BATCH, &ids).await.data();
    assert_eq!(found.as_array().map(Vec::len), Some(2));
    assert_eq!(found[0]["id"], small.text.as_str());
    assert_eq!(
        found[1],
        call_of(&small, spoken()),
        "a batch has transcripts"
    );
    let empty = small.api.post(BATCH, &json!({ "ids": [] })).await.data();
    assert_eq!(empty, json!([]));
}

#[tokio::test]
async fn bad_batches_are_refused() {
    let api = Api::start().await;
    let ids = |count: usize| json!({ "ids": vec!["cll-1"; count] });
    assert_eq!(api.post(BATCH, &ids(100)).await.data(), json!([]));
    api.post(BATCH, &ids(101))
        .await
        .error(400, "BATCH_TOO_LARGE");
    let malformed = api.post(BATCH, &json!({ "ids": ["cll-1", "x"] })).await;
    assert_eq!(malformed.error(400, "INVALID_ITEM_ID")["param"], "ids");
    for body in [json!({}), json!({ "ids": "cll-1" }), json!({ "ids": [1] })] {
        let answer = api.post(BATCH, &body).await;
        assert_eq!(answer.error(400, "INVALID_REQUEST_BODY")["param"], "ids");
    }
    api.request("POST", BATCH)
        .send()
        .await
        .error(400, "INVALID_REQUEST_BODY");
}
