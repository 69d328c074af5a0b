//! `getTeamMetrics` and `getAnalyticsOutbound`, for known calls.

use std::time::Duration;

use allo_sandbox::{CallRecord, PhoneNumber};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::api::{Api, ApiResponse, JONAS, MARIE};
use crate::telephony::{ADA, LINE};

const OVERVIEW: &str = "/v2/api/analytics/overview";
const OUTBOUND: &str = "/v2/api/analytics/outbound";

fn call(at: &str, user: &str, rang: u64, talked: u64) -> CallRecord {
    let at: Timestamp = at.parse().expect("a time");
    let call = CallRecord::outbound(LINE, ADA).user(user).at(at);
    let call = call.rang(Duration::from_secs(rang));
    match talked {
        0 => call,
        talked => call.answered(Duration::from_secs(talked)),
    }
}

/// Six outbound calls in the first two weeks of 2025, two before, and one inbound.
async fn start() -> Api {
    let api = Api::start().await;
    let control = api.control();
    control.add_phone_number(PhoneNumber::number(LINE, "US").named("Tests"));
    let calls = [
        call("2024-12-30T09:00:00Z", MARIE, 5, 100),
        call("2024-12-30T10:00:00Z", MARIE, 5, 0),
        call("2025-01-06T09:10:00Z", MARIE, 10, 120).tags(["demo_booked"]),
        call("2025-01-06T09:50:00Z", MARIE, 20, 0),
        call("2025-01-07T14:00:00Z", MARIE, 6, 30).tags(["demo_booked"]),
        call("2025-01-14T09:00:00Z", JONAS, 12, 300),
        call("2025-01-14T10:00:00Z", JONAS, 8, 0).ended("VOICEMAIL", Duration::from_secs(15)),
        call("2025-01-19T23:59:59Z", JONAS, 4, 0),
    ];
    for call in calls {
        control.add_call(call);
    }
    let at = "2025-01-08T12:00:00Z".parse().expect("a time");
    let inbound = CallRecord::inbound(LINE, ADA).user(JONAS).at(at);
    control.add_call(inbound.answered(Duration::from_secs(60)));
    api
}

fn fortnight() -> Value {
    json!({
        "date": { "from": "2025-01-06", "to": "2025-01-19" },
        "allo_numbers": [LINE],
    })
}

fn with(extra: Value) -> Value {
    let mut body = fortnight();
    for (name, value) in extra.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

fn compared() -> Value {
    with(json!({ "compare_date": { "from": "2024-12-23", "to": "2025-01-05" } }))
}

#[tokio::test]
async fn the_team_and_each_user_have_metrics() {
    let api = start().await;
    let metrics = api.post(OVERVIEW, &fortnight()).await.data();
    assert_eq!(metrics["date"], fortnight()["date"]);
    assert_eq!(metrics.get("compare_date"), None);
    let summary = json!({
        "total_calls": { "value": 7 },
        "talk_time_seconds": { "value": 510 },
        "calls_over_1_min": { "value": 2 },
        "answer_rate": { "value": 0.5714 },
    });
    assert_eq!(metrics["summary"], summary);
    let jonas = json!({
        "user": { "id": JONAS, "name": "Jonas Weber", "email": "jonas@example.com" },
        "calls": { "value": 4 },
        "talk_time_seconds": { "value": 360 },
        "calls_over_1_min": { "value": 1 },
        "answer_rate": { "value": 0.5 },
    });
    assert_eq!(metrics["breakdown"][0], jonas);
    assert_eq!(metrics["breakdown"][1]["user"]["id"], MARIE);
    assert_eq!(metrics["breakdown"].as_array().map(Vec::len), Some(2));
    let updated = metrics["last_updated"].as_str().expect("a time");
    assert!(updated.starts_with("2026-03-02T08:3") && updated.ends_with('Z'));
}

#[tokio::test]
async fn metrics_are_compared_with_the_previous_period() {
    let api = start().await;
    let metrics = api.post(OVERVIEW, &compared()).await.data();
    assert_eq!(metrics["compare_date"], compared()["compare_date"]);
    let calls = json!({ "value": 7, "previous": 2, "change": 2.5 });
    assert_eq!(metrics["summary"]["total_calls"], calls);
    assert_eq!(
        metrics["breakdown"][1]["calls"],
        json!({ "value": 3, "change": 0.5 })
    );
    let unknown = json!({ "value": 4, "change": null });
    assert_eq!(
        metrics["breakdown"][0]["calls"], unknown,
        "nothing to compare with"
    );
}

#[tokio::test]
async fn metrics_can_be_limited_to_users() {
    let api = start().await;
    let mut body = fortnight();
    body["user_ids"] = json!([MARIE]);
    api.post(OVERVIEW, &body)
        .await
        .error(400, "INVALID_REQUEST_BODY");
    body.as_object_mut()
        .expect("an object")
        .remove("allo_numbers");
    let metrics = api.post(OVERVIEW, &body).await.data();
    assert_eq!(metrics["summary"]["total_calls"], json!({ "value": 3 }));
    body["user_ids"] = json!([]);
    let nothing = api.post(OVERVIEW, &body).await.data();
    assert_eq!(nothing["summary"]["answer_rate"], json!({ "value": 0 }));
    assert_eq!(nothing["breakdown"], json!([]));
}

#[tokio::test]
async fn the_funnel_narrows() {
    let api = start().await;
    let mut body = compared();
    body["tags"] = json!(["demo_booked"]);
    let funnel = api.post(OUTBOUND, &body).await.data()["funnel"].clone();
    let stage = |value: u64, previous: u64, change: Value, rate: f64| json!({ "count": { "value": value, "previous": previous, "change": change }, "rate": rate });
    assert_eq!(
        funnel["dials"]["count"],
        json!({ "value": 6, "previous": 2, "change": 2 })
    );
    assert_eq!(funnel["dials"]["rate"], 1);
    assert_eq!(funnel["connected"], stage(3, 1, json!(2), 0.5));
    assert_eq!(funnel["conversations"], stage(2, 1, json!(1), 0.3333));
    assert_eq!(funnel["conversions"], stage(2, 0, Value::Null, 0.3333));
    let untagged = api.post(OUTBOUND, &fortnight()).await.data();
    assert_eq!(
        untagged["funnel"]["conversions"],
        json!({ "count": { "value": 0 }, "rate": 0 })
    );
    let empty = json!({ "date": { "from": "2020-01-01", "to": "2020-01-02" } });
    let empty = api.post(OUTBOUND, &empty).await.data();
    assert_eq!(
        empty["funnel"]["dials"],
        json!({ "count": { "value": 0 }, "rate": null })
    );
    assert_eq!(empty["leaderboard"], json!([]));
}

fn points(series: &Value) -> Vec<(String, f64)> {
    let points = series.as_array().expect("a list").iter();
    let point =
        |point: &Value| Some((point["date"].as_str()?.to_owned(), point["value"].as_f64()?));
    points.map(|value| point(value).expect("a point")).collect()
}

#[tokio::test]
async fn time_series_have_a_point_for_every_span() {
    let api = start().await;
    let body = with(json!({ "granularity": "WEEK", "tags": ["demo_booked"] }));
    let weeks = api.post(OUTBOUND, &body).await.data()["time_series"].clone();
    let of = |first: f64, second: f64| {
        vec![
            ("2025-01-06".to_owned(), first),
            ("2025-01-13".to_owned(), second),
        ]
    };
    assert_eq!(points(&weeks["dials"]), of(3.0, 3.0));
    assert_eq!(points(&weeks["connected"]), of(2.0, 1.0));
    assert_eq!(points(&weeks["connection_rate"]), of(0.6667, 0.3333));
    assert_eq!(points(&weeks["conversions"]), of(2.0, 0.0));
    let days = api.post(OUTBOUND, &fortnight()).await.data()["time_series"]["dials"].clone();
    let days = points(&days);
    assert_eq!(days.len(), 14, "days are the default");
    assert_eq!(
        (days[0].1, days[1].1, days[2].1, days[13].1),
        (2.0, 1.0, 0.0, 1.0)
    );
    let body = with(json!({ "granularity": "MONTH" }));
    let months = api.post(OUTBOUND, &body).await.data()["time_series"]["dials"].clone();
    assert_eq!(points(&months), [("2025-01-01".to_owned(), 6.0)]);
}

#[tokio::test]
async fn hours_people_and_time_are_told() {
    let api = start().await;
    let data = api.post(OUTBOUND, &compared()).await.data();
    let cell =
        |day: &str, hour: u8, value: Value| json!({ "day": day, "hour": hour, "value": value });
    let dials = json!([
        cell("MONDAY", 9, json!(2)),
        cell("TUESDAY", 9, json!(1)),
        cell("TUESDAY", 10, json!(1)),
        cell("TUESDAY", 14, json!(1)),
        cell("SUNDAY", 23, json!(1)),
    ]);
    assert_eq!(data["heatmap"]["dials"], dials);
    assert_eq!(data["heatmap"]["connected"][0], cell("MONDAY", 9, json!(1)));
    assert_eq!(
        data["heatmap"]["connection_rate"][0],
        cell("MONDAY", 9, json!(0.5))
    );
    let leaders = data["leaderboard"].as_array().expect("a list");
    let leaders: Vec<_> = leaders
        .iter()
        .map(|row| (&row["user"]["id"], &row["connected"]))
        .collect();
    assert_eq!(
        leaders,
        [(&json!(MARIE), &json!(2)), (&json!(JONAS), &json!(1))]
    );
    let time = json!({
        "avg_ringing_time_seconds": { "value": 10, "previous": 5, "change": 1 },
        "avg_conversation_time_seconds": { "value": 150, "previous": 100, "change": 0.5 },
        "total_conversation_time_seconds": { "value": 450, "previous": 100, "change": 3.5 },
    });
    assert_eq!(data["time_spent"], time);
    assert_eq!(data.get("items"), None);
}

#[tokio::test]
async fn the_calls_behind_a_stage_can_be_listed() {
    let api = start().await;
    let wish = |stage: &str| {
        with(json!({ "extend": "items", "stage": stage, "tags": ["demo_booked"], "size": 2 }))
    };
    for (stage, total) in [
        ("DIAL", 6),
        ("CONNECTED", 3),
        ("CONVERSATION", 2),
        ("CONVERSION", 2),
    ] {
        let items = api.post(OUTBOUND, &wish(stage)).await.data()["items"].clone();
        assert_eq!(items["pagination"]["total_count"], total, "{stage}");
        assert_eq!(items["data"].as_array().map(Vec::len), Some(2), "{stage}");
    }
    let mut last = wish("DIAL");
    last["page"] = 3.into();
    let last = api.post(OUTBOUND, &last).await.data()["items"].clone();
    let oldest = json!({
        "user": { "id": MARIE, "name": "Marie Dupont", "email": "marie@example.com" },
        "allo_number": LINE,
        "allo_number_label": "Tests",
        "contact_number": ADA,
        "stage": "CONVERSION",
        "voicemail": false,
        "duration": 120,
        "date": "2025-01-06T09:10:00Z",
    });
    let mut shown = last["data"][1].clone();
    let id = shown.as_object_mut().and_then(|item| item.remove("id"));
    assert!(id.is_some_and(|id| id.as_str().is_some_and(|id| id.starts_with("cll-"))));
    assert_eq!(shown, oldest);
    assert_eq!(last["pagination"]["has_more"], false);
    let dials = api.post(OUTBOUND, &wish("DIAL")).await.data()["items"]["data"].clone();
    assert_eq!(
        (&dials[1]["stage"], &dials[1]["voicemail"]),
        (&json!("DIAL"), &json!(true))
    );
}

async fn both(api: &Api, body: &Value) -> [ApiResponse; 2] {
    [
        api.post(OVERVIEW, body).await,
        api.post(OUTBOUND, body).await,
    ]
}

#[tokio::test]
async fn bad_ranges_are_refused_by_both() {
    let api = Api::start().await;
    let range = |from: &str, to: &str| json!({ "date": { "from": from, "to": to } });
    let mut compare = range("2025-01-01", "2025-01-02");
    compare["compare_date"] = json!({ "from": "2024-01-02", "to": "2024-01-01" });
    let cases = [
        (json!({}), "INVALID_REQUEST_BODY", "date"),
        (
            json!({ "date": "2025-01-01" }),
            "INVALID_REQUEST_BODY",
            "date",
        ),
        (json!({ "date": {} }), "INVALID_REQUEST_BODY", "date.from"),
        (
            range("2025-13-01", "2025-01-02"),
            "INVALID_REQUEST_BODY",
            "date.from",
        ),
        (
            range("2025-01-02", "2025-01-01"),
            "INVALID_DATE_RANGE",
            "date",
        ),
        (compare, "INVALID_DATE_RANGE", "compare_date"),
        (
            range("2024-01-01", "2025-01-01"),
            "DATE_RANGE_TOO_WIDE",
            "date",
        ),
    ];
    for (body, code, param) in cases {
        for answer in both(&api, &body).await {
            assert_eq!(answer.error(400, code)["param"], param, "{body}");
        }
    }
    for answer in both(&api, &range("2024-01-01", "2024-12-31")).await {
        answer.data();
    }
}

#[tokio::test]
async fn bad_account_requests_are_refused() {
    let api = Api::start().await;
    let cases = [
        (
            json!({ "granularity": "HOUR" }),
            "INVALID_GRANULARITY",
            "granularity",
        ),
        (json!({ "extend": "items" }), "MISSING_PARAMETER", "stage"),
        (
            json!({ "extend": "calls", "stage": "DIAL" }),
            "UNSUPPORTED_EXTEND_VALUE",
            "extend",
        ),
        (json!({ "stage": "LOST" }), "INVALID_REQUEST_BODY", "stage"),
        (json!({ "size": 101 }), "INVALID_PAGE_SIZE", "size"),
        (json!({ "page": 0 }), "INVALID_REQUEST_BODY", "page"),
        (
            json!({ "tags": "demo_booked" }),
            "INVALID_REQUEST_BODY",
            "tags",
        ),
    ];
    for (extra, code, param) in cases {
        let answer = api.post(OUTBOUND, &with(extra.clone())).await;
        assert_eq!(answer.error(400, code)["param"], param, "{extra}");
    }
}
