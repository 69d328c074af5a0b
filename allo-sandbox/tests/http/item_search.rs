//! `searchAllConversations`.

use allo_sandbox::{CallRecord, MessageRecord};
use serde_json::{Value, json};

use crate::api::{Api, ApiResponse, CAMILLE, MARIE};
use crate::telephony::{ADA, LINE, STRANGER, hours_ago, start};

const PATH: &str = "/v2/api/conversations/items/search";

/// Searches only the phone number of the tests.
async fn search(api: &Api, mut body: Value) -> ApiResponse {
    body["allo_number"] = LINE.into();
    api.post(PATH, &body).await
}

async fn ids(api: &Api, body: Value) -> Vec<String> {
    let data = search(api, body).await.data();
    let ids = data.as_array().expect("a list").iter();
    ids.filter_map(|item| item["id"].as_str())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn without_a_body_everything_is_found_newest_first() {
    let small = start().await;
    let all = small.api.request("POST", PATH).send().await.json();
    let demo_items = 16 + 6;
    assert_eq!(all["pagination"]["total_count"], demo_items + 3);
    assert_eq!(all["data"].as_array().map(Vec::len), Some(20));
    let dates: Vec<_> = all["data"].as_array().into_iter().flatten().collect();
    let sorted = dates
        .windows(2)
        .all(|pair| pair[0]["date"].as_str() >= pair[1]["date"].as_str());
    assert!(sorted);
    assert_eq!(all["data"][0]["id"], small.text.as_str());
}

#[tokio::test]
async fn a_listed_item_has_the_keys_of_its_kind() {
    let small = start().await;
    let found = search(&small.api, json!({})).await.data();
    let contacts = json!([{ "id": small.ada, "name": "Ada" }]);
    let text = json!({
        "id": small.text,
        "type": "SMS",
        "direction": "INBOUND",
        "allo_number": LINE,
        "contact_number": ADA,
        "contacts": contacts,
        "user": { "id": CAMILLE, "name": "Camille Laurent" },
        "date": "2026-03-02T06:30:00Z",
        "content": "The turbine arrived.",
        "status": "DELIVERED",
        "message_type": "SMS",
    });
    assert_eq!(found[0], text);
    let mut talk = json!({
        "id": small.talk,
        "type": "CALL",
        "direction": "OUTBOUND",
        "allo_number": LINE,
        "contact_number": ADA,
        "contacts": contacts,
        "user": { "id": MARIE, "name": "Marie Dupont" },
        "date": "2026-03-01T08:30:00Z",
        "duration": 150,
        "result": "ANSWERED",
        "recording_url": "https://media.example.com/recordings/talk.mp3",
        "summary": "Ada wants a turbine.",
        "tags": ["interested"],
    });
    assert_eq!(found[2], talk);
    let extended = search(&small.api, json!({ "extend": "transcript" }))
        .await
        .data();
    talk["transcript"] = json!([
        { "source": "USER", "time": "2026-03-01T08:30:10Z", "text": "Shall we talk about turbines?" },
        { "source": "EXTERNAL", "time": "2026-03-01T08:30:14Z", "text": "Gladly." },
    ]);
    assert_eq!(extended[2], talk);
}

#[tokio::test]
async fn every_filter_narrows_and_all_of_them_must_hold() {
    let small = start().await;
    let (talk, text, missed) = (&small.talk, &small.text, &small.missed);
    let cases = [
        (json!({ "contact_number": STRANGER }), vec![missed]),
        (json!({ "user_id": MARIE }), vec![talk]),
        (json!({ "direction": "INBOUND" }), vec![text, missed]),
        (json!({ "type": "CALL" }), vec![missed, talk]),
        (json!({ "type": "SMS" }), vec![text]),
        (json!({ "type": "ALL" }), vec![text, missed, talk]),
        (json!({ "result": "ANSWERED" }), vec![talk]),
        (json!({ "result": "VOICEMAIL" }), vec![]),
        (json!({ "tags": ["interested"] }), vec![talk]),
        (json!({ "tags": ["interested", "call_back"] }), vec![]),
        (json!({ "unread": true }), vec![text, missed, talk]),
        (json!({ "unread": false }), vec![]),
        (json!({ "unresponded": true }), vec![text, missed]),
        (json!({ "unresponded": false }), vec![talk]),
        (
            json!({ "date": { "from": "2026-03-01", "to": "2026-03-02" } }),
            vec![text, missed, talk],
        ),
        (
            json!({ "date": { "from": "2026-02-28", "to": "2026-03-01" } }),
            vec![talk],
        ),
        (
            json!({ "date": { "from": "2026-03-02", "to": "2026-03-02" } }),
            vec![text, missed],
        ),
        (json!({ "search": "TURB" }), vec![text, talk]),
        (json!({ "search": "turbine, gladly!" }), vec![talk]),
        (json!({ "search": "urbine" }), vec![]),
        (
            json!({ "search": "turbine", "type": "SMS", "user_id": CAMILLE }),
            vec![text],
        ),
        (json!({ "sort": "DATE_ASC" }), vec![talk, missed, text]),
        (
            json!({ "sort": "RELEVANCE", "search": "turbine" }),
            vec![talk, text],
        ),
        (json!({ "size": 1, "page": 3 }), vec![talk]),
    ];
    for (body, expected) in cases {
        let expected: Vec<_> = expected.into_iter().cloned().collect();
        assert_eq!(ids(&small.api, body.clone()).await, expected, "{body}");
    }
}

#[tokio::test]
async fn a_response_or_a_later_call_responds_to_missed_items() {
    let small = start().await;
    let control = small.api.control();
    let reply = MessageRecord::outbound(LINE, ADA, "Good to hear.").at(hours_ago(1));
    control.add_message(reply);
    let waiting = json!({ "unresponded": true });
    let still = ids(&small.api, waiting.clone()).await;
    assert_eq!(still, [small.missed.as_str()]);
    control
        .add_call(CallRecord::inbound(LINE, STRANGER).answered(std::time::Duration::from_secs(9)));
    assert_eq!(ids(&small.api, waiting).await, [""; 0]);
    assert_eq!(ids(&small.api, json!({ "unread": true })).await, [""; 0]);
}

#[tokio::test]
async fn transferred_calls_are_found_under_one_name() {
    let small = start().await;
    let control = small.api.control();
    let ended = |result: &str| {
        let call = CallRecord::inbound(LINE, STRANGER).at(hours_ago(1));
        control.add_call(call.ended(result, std::time::Duration::from_secs(70)))
    };
    let transferred = [ended("TRANSFERRED_AI"), ended("TRANSFERRED_EXTERNAL")];
    ended("CLOSED");
    let mut found = ids(&small.api, json!({ "result": "TRANSFERRED" })).await;
    found.reverse();
    assert_eq!(found, transferred);
    let path = format!("/v2/api/conversations/items/{}", transferred[0]);
    assert_eq!(small.api.get(&path).await.data()["result"], "TRANSFERRED");
}

#[tokio::test]
async fn bad_searches_are_refused() {
    let small = start().await;
    let range = |from: &str, to: &str| json!({ "date": { "from": from, "to": to } });
    let cases = [
        (json!({ "search": "!?" }), "INVALID_SEARCH_QUERY", "search"),
        (json!({ "search": "" }), "INVALID_SEARCH_QUERY", "search"),
        (json!({ "size": 0 }), "INVALID_PAGE_SIZE", "size"),
        (json!({ "size": 101 }), "INVALID_PAGE_SIZE", "size"),
        (json!({ "page": 0 }), "INVALID_REQUEST_BODY", "page"),
        (json!({ "sort": "DATE" }), "INVALID_REQUEST_BODY", "sort"),
        (json!({ "type": "call" }), "INVALID_REQUEST_BODY", "type"),
        (
            json!({ "result": "RECEIVED" }),
            "INVALID_REQUEST_BODY",
            "result",
        ),
        (
            json!({ "direction": 1 }),
            "INVALID_REQUEST_BODY",
            "direction",
        ),
        (
            json!({ "tags": "interested" }),
            "INVALID_REQUEST_BODY",
            "tags",
        ),
        (
            json!({ "unread": "true" }),
            "INVALID_REQUEST_BODY",
            "unread",
        ),
        (
            json!({ "extend": "notes" }),
            "UNSUPPORTED_EXTEND_VALUE",
            "extend",
        ),
        (
            json!({ "contact_number": "12" }),
            "INVALID_PHONE_FORMAT",
            "contact_number",
        ),
        (
            range("2026-03-02", "2026-03-01"),
            "INVALID_DATE_RANGE",
            "date",
        ),
        (
            range("2026-3-2", "2026-03-03"),
            "INVALID_REQUEST_BODY",
            "date.from",
        ),
        (
            range("2026-03-02", "2026-03-03T00:00:00"),
            "INVALID_REQUEST_BODY",
            "date.to",
        ),
        (
            json!({ "date": { "from": "2026-03-02" } }),
            "INVALID_REQUEST_BODY",
            "date.to",
        ),
    ];
    for (body, code, param) in cases {
        let answer = search(&small.api, body.clone()).await;
        assert_eq!(answer.error(400, code)["param"], param, "{body}");
    }
    let number = small.api.post(PATH, &json!({ "allo_number": "x" })).await;
    number.error(400, "INVALID_PHONE_FORMAT");
}
