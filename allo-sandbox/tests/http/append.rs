//! Appending numbers.

use serde_json::{Value, json};

use crate::api::{Api, CAMILLE, CURRENT, NUMBERS, START};

#[tokio::test(start_paused = true)]
async fn rows_of_added_numbers_have_four_keys() {
    let api = Api::start().await;
    let added = api
        .append(&["+1 (212) 555-0100", "001 212 555 0101"])
        .await
        .data();
    let row = |number: &str, position: u64| json!({ "number_to": number, "position": position, "created_at": START, "updated_at": START });
    let rows = [row("+12125550100", 0), row("+12125550101", 1)];
    assert_eq!(added, json!({ "added": rows, "skipped": [] }));
}

#[tokio::test]
async fn bad_numbers_are_skipped_as_they_were_sent() {
    let api = Api::start().await;
    let data = api
        .append(&["212 555 0100", "+12125550101", " ext. 34", "", "+1212"])
        .await
        .data();
    let skipped = ["212 555 0100", " ext. 34", "", "+1212"];
    let skipped =
        skipped.map(|number| json!({ "number": number, "reason": "INVALID_PHONE_NUMBER" }));
    assert_eq!(data["skipped"], json!(skipped));
    assert_eq!(data["added"][0]["position"], 0);
    assert_eq!(api.entries().await, [(0, "+12125550101".to_owned())]);
}

#[tokio::test]
async fn nothing_but_bad_numbers_still_creates_the_queue() {
    let api = Api::start().await;
    let data = api.append(&["34"]).await.data();
    assert_eq!(data["added"], json!([]));
    assert_eq!(api.control().queues_created(), 1);
}

#[tokio::test]
async fn numbers_go_to_the_tail_and_may_repeat() {
    let api = Api::start().await;
    api.append(&["+12125550100", "+12125550101"]).await.data();
    let again = api.append(&["+12125550100"]).await.data();
    assert_eq!(again["added"][0]["position"], 2);
    assert_eq!(api.control().queues_created(), 1);
}

#[tokio::test]
async fn the_limit_is_all_or_nothing() {
    let api = Api::start().await;
    api.fill(999).await;
    let over = api.append(&["+12125550100", "+12125550101"]).await;
    over.error(400, "DIALING_QUEUE_LIMIT_REACHED");
    let held = || {
        api.control()
            .queue_of(CAMILLE)
            .map(|queue| queue.entries.len())
    };
    assert_eq!(held(), Some(999));
    api.append(&["+12125550100", "bad"]).await.data();
    assert_eq!(held(), Some(1_000));
    assert_eq!(api.append(&["bad"]).await.data()["added"], json!([]));
    api.append(&["+12125550101"])
        .await
        .error(400, "DIALING_QUEUE_LIMIT_REACHED");
}

#[tokio::test]
async fn no_queue_is_created_over_the_limit() {
    let api = Api::start().await;
    let numbers = vec![json!({ "number": "+12125550100" }); 1_001];
    let answer = api.post(NUMBERS, &json!({ "numbers": numbers })).await;
    answer.error(400, "DIALING_QUEUE_LIMIT_REACHED");
    assert_eq!(api.control().queues_created(), 0);
}

#[tokio::test]
async fn contact_details_are_kept_but_not_sent_back() {
    let api = Api::start().await;
    let details = json!({
        "name": "Lena",
        "last_name": null,
        "company": "Quay Hotel",
        "emails": ["lena@example.com"],
        "addresses": null,
    });
    let mut number = details.clone();
    number["number"] = json!("+12125550100");
    number["unknown"] = json!(1);
    let added = api
        .post(NUMBERS, &json!({ "numbers": [number] }))
        .await
        .data();
    assert_eq!(
        added["added"][0].as_object().map(serde_json::Map::len),
        Some(4)
    );
    let page = api.get(CURRENT).await;
    assert!(
        !page.text.contains("Quay") && !page.text.contains("lena@"),
        "{}",
        page.text
    );
    let queue = api.control().queue_of(CAMILLE).expect("a queue");
    let kept = json!({ "name": "Lena", "company": "Quay Hotel", "emails": ["lena@example.com"] });
    assert_eq!(Value::Object(queue.entries[0].contact.clone()), kept);
}

#[tokio::test]
async fn malformed_bodies_are_refused_whole() {
    let api = Api::start().await;
    let good = json!({ "number": "+12125550100" });
    let cases = [
        (json!({}), "numbers"),
        (json!({ "numbers": null }), "numbers"),
        (json!({ "numbers": [] }), "numbers"),
        (json!({ "numbers": "+12125550100" }), "numbers"),
        (json!({ "numbers": [good, "+12125550101"] }), "numbers[1]"),
        (json!({ "numbers": [good, {}] }), "numbers[1].number"),
        (
            json!({ "numbers": [good, { "number": null }] }),
            "numbers[1].number",
        ),
        (
            json!({ "numbers": [{ "number": 12_125_550_100_u64 }] }),
            "numbers[0].number",
        ),
        (
            json!({ "numbers": [{ "number": "+12125550100", "name": 7 }] }),
            "numbers[0].name",
        ),
        (
            json!({ "numbers": [{ "number": "+12125550100", "emails": "a" }] }),
            "numbers[0].emails",
        ),
    ];
    for (body, field) in cases {
        let error = api
            .post(NUMBERS, &body)
            .await
            .error(400, "INVALID_REQUEST_BODY");
        assert_eq!(error["param"], field, "{body}");
        assert_eq!(error["errors"].as_array().map(Vec::len), Some(1), "{body}");
    }
    let none = api.request("POST", NUMBERS).send().await;
    none.error(400, "INVALID_REQUEST_BODY");
    assert_eq!(api.control().queues_created(), 0);
}
