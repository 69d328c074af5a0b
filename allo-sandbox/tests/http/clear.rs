//! Deleting numbers: the filters, the order of the checks, and the positions afterwards.

use allo_sandbox::{DialOutcome, PositionsAfterDelete};
use serde_json::json;

use crate::api::{Api, CAMILLE, CURRENT};

const A: &str = "+12125550100";
const B: &str = "+12125550101";
const A_ENCODED: &str = "%2B12125550100";

async fn with_entries() -> Api {
    let api = Api::start().await;
    api.append(&[A, B, A]).await.data();
    api
}

async fn removed(api: &Api, query: &str) -> serde_json::Value {
    api.delete(query).await.data()
}

async fn positions(api: &Api) -> Vec<u64> {
    let entries = api.entries().await.into_iter();
    entries.map(|(position, _)| position).collect()
}

#[tokio::test]
async fn a_number_deletes_all_its_entries_however_it_is_written() {
    for number in [A_ENCODED, "00%201%20(212)%20555-0100"] {
        let api = with_entries().await;
        assert_eq!(
            removed(&api, &format!("number={number}")).await,
            json!({ "removed": 2 })
        );
        assert_eq!(positions(&api).await, [1]);
        assert_eq!(
            removed(&api, &format!("number={number}")).await,
            json!({ "removed": 0 })
        );
    }
}

#[tokio::test]
async fn a_position_deletes_one_entry_if_the_number_agrees() {
    let api = with_entries().await;
    let wrong = api.delete("position=1&number=%2B12125550100").await;
    let error = wrong.error(404, "QUEUE_NUMBER_POSITION_NOT_FOUND");
    assert_eq!(error["param"], "position");
    assert!(error["suggestion"].is_string());
    assert_eq!(
        removed(&api, "position=2&number=%2B12125550100").await,
        json!({ "removed": 1 })
    );
    assert_eq!(
        removed(&api, "position=0&unassigned=false").await,
        json!({ "removed": 1 })
    );
    api.delete("position=0")
        .await
        .error(404, "QUEUE_NUMBER_POSITION_NOT_FOUND");
    assert_eq!(positions(&api).await, [1]);
}

#[tokio::test]
async fn unassigned_spares_numbers_that_were_called() {
    let api = with_entries().await;
    let control = api.control();
    control.start_call(CAMILLE, 0).expect("an entry");
    control
        .dial(CAMILLE, 1, DialOutcome::answered())
        .expect("an entry");
    assert_eq!(
        removed(&api, "unassigned=true").await,
        json!({ "removed": 1 })
    );
    assert_eq!(positions(&api).await, [0, 1]);
    assert_eq!(
        removed(&api, "unassigned=true").await,
        json!({ "removed": 0 })
    );
    assert_eq!(removed(&api, "position=0").await, json!({ "removed": 1 }));
}

#[tokio::test]
async fn filters_are_checked_in_order_before_anything_else() {
    let api = Api::start().await;
    let stranger = "user_id=usr-0";
    let cases = [
        ("", 400, "DIALING_QUEUE_DELETE_FILTER_REQUIRED"),
        (
            "unassigned=false",
            400,
            "DIALING_QUEUE_DELETE_FILTER_REQUIRED",
        ),
        (
            "unassigned=true&number=bad",
            400,
            "DIALING_QUEUE_DELETE_FILTER_CONFLICT",
        ),
        (
            "unassigned=true&position=0",
            400,
            "DIALING_QUEUE_DELETE_FILTER_CONFLICT",
        ),
        ("number=34", 400, "INVALID_PHONE_NUMBER"),
        ("number=", 400, "INVALID_PHONE_NUMBER"),
        ("number=34&position=0", 400, "INVALID_PHONE_NUMBER"),
        ("position=-1", 400, "INVALID_REQUEST_BODY"),
        ("position=first", 400, "INVALID_REQUEST_BODY"),
        ("unassigned=maybe", 400, "INVALID_REQUEST_BODY"),
        ("position=0", 404, "ASSIGNEE_NOT_FOUND"),
    ];
    for (query, status, code) in cases {
        api.delete(&format!("{query}&{stranger}"))
            .await
            .error(status, code);
    }
    let error = api
        .delete("number=34")
        .await
        .error(400, "INVALID_PHONE_NUMBER");
    assert_eq!(error["param"], "number");
    assert!(error["suggestion"].is_string());
    let error = api
        .delete("position=0")
        .await
        .error(404, "DIALING_QUEUE_NOT_FOUND");
    assert!(error["suggestion"].is_string());
    assert_eq!(api.control().queues_created(), 0);
}

#[tokio::test]
async fn an_empty_queue_is_a_queue() {
    let api = Api::start().await;
    api.post(CURRENT, &json!({})).await.data();
    assert_eq!(
        removed(&api, "unassigned=true").await,
        json!({ "removed": 0 })
    );
    api.delete("position=0")
        .await
        .error(404, "QUEUE_NUMBER_POSITION_NOT_FOUND");
}

#[tokio::test]
async fn positions_stay_and_the_next_is_one_past_the_last() {
    let api = with_entries().await;
    removed(&api, "position=1").await;
    let added = api.append(&[B]).await.data();
    assert_eq!(added["added"][0]["position"], 3);
    assert_eq!(positions(&api).await, [0, 2, 3]);
}

#[tokio::test]
async fn positions_can_be_closed_up_instead() {
    let api = with_entries().await;
    api.control()
        .positions_after_delete(PositionsAfterDelete::Compact);
    removed(&api, "position=0").await;
    assert_eq!(api.entries().await, [(0, B.to_owned()), (1, A.to_owned())]);
}
