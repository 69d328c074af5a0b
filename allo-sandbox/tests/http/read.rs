//! Reading the current queue page by page.

use serde_json::{Value, json};

use crate::api::{Api, CAMILLE, CURRENT, MARIE, START};

#[tokio::test]
async fn no_queue_is_an_answer_of_zeros_and_creates_nothing() {
    let api = Api::start().await;
    let answer = api.get(&format!("{CURRENT}?page=3&size=50")).await;
    let zeros =
        json!({ "page": 0, "size": 0, "total_count": 0, "total_pages": 0, "has_more": false });
    assert_eq!(answer.json(), json!({ "data": [], "pagination": zeros }));
    assert_eq!(api.control().queues_created(), 0);
}

#[tokio::test]
async fn an_empty_queue_is_not_the_same_as_none() {
    let api = Api::start().await;
    api.post(CURRENT, &json!({})).await.data();
    let page = api.get(CURRENT).await.json();
    let pagination =
        json!({ "page": 1, "size": 20, "total_count": 0, "total_pages": 0, "has_more": false });
    assert_eq!(page["pagination"], pagination);
    assert_eq!(page["queue"]["assignee_id"], CAMILLE);
}

#[tokio::test(start_paused = true)]
async fn a_page_has_the_documented_shape() {
    let api = Api::start().await;
    api.append(&["+12125550100"]).await.data();
    let mut page = api.get(CURRENT).await.json();
    page["queue"]["id"].take();
    let expected = json!({
        "data": [{
            "number_to": "+12125550100",
            "position": 0,
            "created_at": START,
            "updated_at": START,
            "call_start_date": null,
            "call_id": null,
            "routing_result": null,
            "sync_status": "NOT_SYNCED",
        }],
        "pagination": { "page": 1, "size": 20, "total_count": 1, "total_pages": 1, "has_more": false },
        "queue": {
            "id": null,
            "name": null,
            "creator_id": CAMILLE,
            "assignee_id": CAMILLE,
            "voicemail_handling": "NO_SKIP",
            "do_not_disturb": "DISABLED",
            "created_at": START,
            "updated_at": START,
        },
    });
    assert_eq!(page, expected);
}

#[tokio::test]
async fn pages_cover_the_queue_once_with_the_same_queue_on_each() {
    let api = Api::start().await;
    api.fill(250).await;
    let mut positions = Vec::new();
    let mut queues = Vec::new();
    for number in 1..=4 {
        let page = api
            .get(&format!("{CURRENT}?page={number}&size=100"))
            .await
            .json();
        let entries = page["data"].as_array().expect("a page");
        positions.extend(entries.iter().map(|entry| entry["position"].as_u64()));
        assert_eq!(page["pagination"]["page"], number);
        assert_eq!(page["pagination"]["total_count"], 250);
        assert_eq!(page["pagination"]["total_pages"], 3);
        assert_eq!(page["pagination"]["has_more"], number < 3, "page {number}");
        queues.push(page["queue"].clone());
    }
    assert_eq!(positions, (0..250).map(Some).collect::<Vec<_>>());
    queues.dedup();
    assert_eq!(queues.len(), 1);
}

#[tokio::test]
async fn page_and_size_are_checked_even_without_a_queue() {
    let api = Api::start().await;
    for size in ["0", "101", "-1", "ten", ""] {
        let error = api
            .get(&format!("{CURRENT}?size={size}"))
            .await
            .error(400, "INVALID_PAGE_SIZE");
        assert_eq!(error["param"], "size");
    }
    for page in ["0", "-1", "one", ""] {
        let answer = api.get(&format!("{CURRENT}?page={page}")).await;
        assert_eq!(answer.error(400, "INVALID_REQUEST_BODY")["param"], "page");
    }
}

#[tokio::test]
async fn queues_of_different_people_are_apart() {
    let api = Api::start().await;
    api.append(&["+12125550100"]).await.data();
    let of_marie = api.get(&format!("{CURRENT}?user_id={MARIE}")).await.json();
    assert_eq!(of_marie["queue"], Value::Null);
    assert_eq!(api.entries().await.len(), 1);
}
