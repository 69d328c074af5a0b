//! v1 of the API: `searchCalls`, `getNumbers` and the corresponding `listNumbers` of v2; also its
//! envelope and its daily quota.

use std::time::Duration;

use allo_sandbox::{CallRecord, KeySpec, PhoneNumber, Quotas};
use serde_json::{Value, json};

use crate::api::{Api, CAMILLE, CURRENT, JONAS, MARIE};
use crate::telephony::{ADA, LINE, LINE_QUERY, STRANGER, Small, hours_ago, start};

const CONTACTS: &str = "/v1/api/contacts";

/// The outbound call in the v1 format.
pub(crate) fn talk_of(small: &Small) -> Value {
    let line = |source: &str, text: &str, second: u8| {
        json!({
            "source": source,
            "text": text,
            "time": format!("2026-03-01T08:30:{second}"),
            "start_seconds": f64::from(second),
            "end_seconds": f64::from(second + 4),
        })
    };
    json!({
        "id": small.talk,
        "from_number": LINE,
        "to_number": ADA,
        "length_in_minutes": 2.5,
        "type": "OUTBOUND",
        "result": "ANSWERED",
        "summary": "Ada wants a turbine.",
        "tag": "interested",
        "recording_url": "https://media.example.com/recordings/talk.mp3",
        "start_date": "2026-03-01T08:30:00",
        "transcript": [
            line("USER", "Shall we talk about turbines?", 10),
            line("EXTERNAL", "Gladly.", 14),
        ],
    })
}

#[tokio::test]
async fn calls_of_a_number_are_listed_newest_first() {
    let small = start().await;
    let calls = small
        .api
        .get(&format!("/v1/api/calls?{LINE_QUERY}"))
        .await
        .data();
    assert_eq!(
        calls["metadata"],
        json!({ "total_pages": 1, "current_page": 0 })
    );
    assert_eq!(calls["results"][0]["id"], small.missed.as_str());
    assert_eq!(calls["results"][0]["from_number"], STRANGER);
    assert_eq!(calls["results"][0]["result"], "RECEIVED");
    assert_eq!(calls["results"][1], talk_of(&small));
    let with_ada = format!("/v1/api/calls?{LINE_QUERY}&contact_number=%2B12125550191");
    let with_ada = small.api.get(&with_ada).await.data();
    assert_eq!(with_ada["results"], json!([talk_of(&small)]));
    let unknown = small
        .api
        .get("/v1/api/calls?allo_number=%2B12125550199")
        .await
        .data();
    let nothing = json!({ "results": [], "metadata": { "total_pages": 0, "current_page": 0 } });
    assert_eq!(unknown, nothing);
}

#[tokio::test]
async fn pages_count_from_zero_and_hold_ten() {
    let small = start().await;
    for hour in 4..15 {
        let call = CallRecord::inbound(LINE, "anonymous").at(hours_ago(hour));
        small.api.control().add_call(call);
    }
    let mut seen = Vec::new();
    for (page, count) in [(0, 10), (1, 3), (2, 0)] {
        let path = format!("/v1/api/calls?{LINE_QUERY}&page={page}");
        let answer = small.api.get(&path).await.data();
        let results = answer["results"].as_array().expect("a list");
        assert_eq!(results.len(), count, "page {page}");
        assert_eq!(
            answer["metadata"],
            json!({ "total_pages": 2, "current_page": page })
        );
        seen.extend(results.iter().map(|call| call["id"].to_string()));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 13);
}

#[tokio::test]
async fn bad_requests_are_refused_in_the_old_envelope() {
    let small = start().await;
    let cases = [
        ("/v1/api/calls", "MISSING_PARAMETER", "allo_number"),
        (
            "/v1/api/calls?allo_number=",
            "MISSING_PARAMETER",
            "allo_number",
        ),
        (
            "/v1/api/calls?allo_number=12",
            "INVALID_PHONE_FORMAT",
            "allo_number",
        ),
        (
            "/v1/api/calls?allo_number=%2B12125550190&contact_number=x",
            "INVALID_PHONE_FORMAT",
            "contact_number",
        ),
        (
            "/v1/api/calls?allo_number=%2B12125550190&size=101",
            "INVALID_PAGE_SIZE",
            "size",
        ),
        ("/v1/api/contacts?size=0", "INVALID_PAGE_SIZE", "size"),
        ("/v1/api/contacts?page=-1", "INVALID_REQUEST_BODY", "page"),
    ];
    for (path, code, field) in cases {
        let details = small.api.get(path).await.v1_error(400, code);
        assert_eq!(details[0]["field"], field, "{path}");
        assert!(details[0]["message"].is_string());
    }
    let stranger = small.api.anonymous("GET", "/v1/api/calls").send().await;
    assert!(stranger.v1_error(401, "UNAUTHORIZED").is_null());
    let unknown = small.api.anonymous("GET", "/v1/api/calls");
    let unknown = unknown
        .header("authorization", "ak_live_unknown")
        .send()
        .await;
    assert!(unknown.v1_error(401, "API_KEY_INVALID").is_null());
    let plain = small.api.request("POST", CONTACTS).body("{}").send().await;
    plain.v1_error(415, "UNSUPPORTED_MEDIA_TYPE");
    let wrong = small.api.request("DELETE", CONTACTS).send().await;
    wrong.v1_error(405, "METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn numbers_are_listed_in_both_versions() {
    let api = Api::start().await;
    let numbers = api.get("/v2/api/numbers").await.data();
    let numbers = numbers.as_array().expect("a list");
    let jonas = json!({ "id": JONAS, "name": "Jonas Weber", "email": "jonas@example.com" });
    let front_door = json!({
        "number": "+12125550102",
        "name": "Front door",
        "country": "US",
        "type": "NUMBER",
        "capabilities": ["VOICE"],
        "users": [jonas],
    });
    assert!(numbers.contains(&front_door));
    let sender_id = json!({
        "number": null,
        "name": "LARCHST",
        "country": "FR",
        "type": "SENDER_ID",
        "capabilities": ["SMS"],
        "users": [],
    });
    assert!(numbers.contains(&sender_id));
    let brief = api.get("/v1/api/numbers").await.data();
    let brief = brief.as_array().expect("a list");
    assert_eq!(brief.len(), numbers.len());
    let main = json!({ "number": "+12125550100", "name": "Main line", "country": "US", "is_shared_number": true });
    assert_eq!(brief[0], main);
    assert_eq!(brief[1]["is_shared_number"], false);
    api.control()
        .add_phone_number(PhoneNumber::number("+12125550194", "US").users([MARIE]));
    let added = api.get("/v1/api/numbers").await.data();
    assert_eq!(added[brief.len()]["number"], "+12125550194");
}

#[tokio::test(start_paused = true)]
async fn the_old_version_has_a_daily_quota() {
    let quotas = Quotas::per_second(100, 100).v1_per_day(2);
    let mut api = Api::with(|builder| builder.quotas(quotas)).await;
    for _ in 0..2 {
        api.get("/v1/api/numbers").await.data();
    }
    let refused = api.get("/v1/api/numbers").await;
    let details = refused.v1_error(429, "API_KEY_QUOTA_EXCEEDED");
    // From half past eight to midnight.
    let left = 15 * 3_600 + 30 * 60;
    let expected =
        json!([{ "message": format!("limit=2;type=DAILY;reset_in={left}"), "field": "DAILY" }]);
    assert_eq!(details, expected);
    assert_eq!(refused.header("retry-after"), Some("55800"));
    api.get("/v2/api/numbers").await.data();
    api.use_key(KeySpec::new(CAMILLE));
    api.get("/v1/api/numbers").await.data();
    tokio::time::advance(Duration::from_secs(left)).await;
    api.get("/v1/api/numbers").await.data();
}

#[tokio::test(start_paused = true)]
async fn too_many_a_second_are_refused_in_the_old_envelope() {
    let api = Api::with(|builder| builder.quotas(Quotas::per_second(1, 1))).await;
    api.get("/v1/api/numbers").await.data();
    let refused = api.get("/v1/api/numbers").await;
    assert!(refused.v1_error(429, "RATE_LIMIT_EXCEEDED").is_null());
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
}

#[tokio::test]
async fn a_dialled_number_becomes_a_call_of_the_team() {
    let api = Api::start().await;
    api.append(&["+12125550198"]).await.data();
    let outcome = allo_sandbox::DialOutcome::result("TRANSFERRED_BLAND");
    api.control().dial(CAMILLE, 0, outcome).expect("the entry");
    let queue = api.get(CURRENT).await.json();
    let id = queue["data"][0]["call_id"].as_str().expect("a call");
    let item = api
        .get(&format!("/v2/api/conversations/items/{id}"))
        .await
        .data();
    assert_eq!(item["contact_number"], "+12125550198");
    assert_eq!(
        (&item["result"], &item["direction"]),
        (&json!("TRANSFERRED"), &json!("OUTBOUND"))
    );
    let call = api
        .get("/v1/api/calls?allo_number=%2B12125550100&size=1")
        .await
        .data();
    assert_eq!(call["results"][0]["result"], "TRANSFERRED_AI");
}
