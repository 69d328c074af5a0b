//! The target of the five dialer operations.

use allo_sandbox::{KeySpec, Status, UserSpec};
use serde_json::{Value, json};

use crate::api::{ANA, Api, ApiResponse, CAMILLE, CURRENT, MARIE, NUMBERS};

/// Sends each of the five operations with these target fields, in the query or the body.
async fn all_five(api: &Api, target: &[(&str, &str)]) -> Vec<ApiResponse> {
    let query: Vec<_> = target
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let query = query.join("&");
    let fields = target
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)));
    let body = Value::Object(fields.collect());
    let mut with_numbers = body.clone();
    with_numbers["numbers"] = json!([{ "number": "+12125550100" }]);
    vec![
        api.post(CURRENT, &body).await,
        api.patch(&body).await,
        api.post(NUMBERS, &with_numbers).await,
        api.get(&format!("{CURRENT}?{query}")).await,
        api.delete(&format!("unassigned=true&{query}")).await,
    ]
}

fn created_for(api: &Api) -> Vec<String> {
    let queues = api.control().queues();
    queues.into_iter().map(|queue| queue.assignee_id).collect()
}

#[tokio::test]
async fn a_team_mate_is_named_by_id_or_address_of_any_case() {
    let targets: [&[(&str, &str)]; 4] = [
        &[("user_id", MARIE)],
        &[("email", "marie@example.com")],
        &[("email", "Marie@EXAMPLE.com")],
        &[("user_id", MARIE), ("email", "jonas@example.com")],
    ];
    for target in targets {
        let api = Api::start().await;
        for answer in all_five(&api, target).await {
            assert_eq!(answer.status, 200, "{target:?}: {}", answer.text);
        }
        assert_eq!(created_for(&api), [MARIE], "{target:?}");
    }
}

#[tokio::test]
async fn the_creator_is_the_keys_owner() {
    let api = Api::start().await;
    let queue = api.post(CURRENT, &json!({ "user_id": MARIE })).await.data();
    assert_eq!(queue["creator_id"], CAMILLE);
    assert_eq!(queue["assignee_id"], MARIE);
}

#[tokio::test]
async fn an_id_wins_even_over_a_malformed_address() {
    let api = Api::start().await;
    for answer in all_five(&api, &[("user_id", MARIE), ("email", "nonsense")]).await {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test]
async fn without_a_target_or_naming_oneself_it_is_the_owner() {
    let targets: [&[(&str, &str)]; 3] = [
        &[],
        &[("user_id", CAMILLE)],
        &[("email", "camille@example.com")],
    ];
    for target in targets {
        let api = Api::start().await;
        for answer in all_five(&api, target).await {
            assert_eq!(answer.status, 200, "{target:?}: {}", answer.text);
        }
        assert_eq!(created_for(&api), [CAMILLE]);
    }
    let api = Api::start().await;
    api.post(CURRENT, &json!({ "user_id": null, "email": null }))
        .await
        .data();
    assert_eq!(created_for(&api), [CAMILLE]);
}

#[tokio::test]
async fn unknown_foreign_and_blocked_people_are_one_and_the_same_refusal() {
    let api = Api::start().await;
    let foreigner = UserSpec::new("Fay Reign", "fay@example.com").team("Elsewhere");
    let foreigner = api.control().add_user(foreigner);
    let targets = [
        ("user_id", "usr-0"),
        ("user_id", &foreigner),
        ("user_id", ANA),
        ("email", "nobody@example.com"),
        ("email", "fay@example.com"),
        ("email", "ana@example.com"),
    ];
    let mut messages = Vec::new();
    for target in targets {
        for answer in all_five(&api, &[target]).await {
            let error = answer.error(404, "ASSIGNEE_NOT_FOUND");
            messages.push((error["message"].clone(), error["suggestion"].clone()));
        }
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].1.is_string());
    assert_eq!(created_for(&api), [""; 0]);
}

#[tokio::test]
async fn an_unblocked_person_is_found_again() {
    let api = Api::start().await;
    api.control()
        .set_status(ANA, Status::Active)
        .expect("she exists");
    api.post(CURRENT, &json!({ "user_id": ANA })).await.data();
}

#[tokio::test]
async fn blank_ids_and_malformed_addresses_are_invalid() {
    let api = Api::start().await;
    let targets = [
        ("user_id", ""),
        ("email", ""),
        ("email", "marie"),
        ("email", "a@b@example.com"),
    ];
    for target in targets {
        for answer in all_five(&api, &[target]).await {
            let error = answer.error(400, "INVALID_REQUEST_BODY");
            assert_eq!(error["param"], target.0);
        }
    }
    let wrong_type = api.post(CURRENT, &json!({ "user_id": 7 })).await;
    wrong_type.error(400, "INVALID_REQUEST_BODY");
    assert_eq!(created_for(&api), [""; 0]);
}

#[tokio::test]
async fn only_the_reset_knows_the_older_name_of_the_id() {
    let api = Api::start().await;
    let both = json!({ "user_id": MARIE, "user_pid": "usr-0" });
    assert_eq!(api.post(CURRENT, &both).await.data()["assignee_id"], MARIE);
    let older = json!({ "user_pid": MARIE });
    assert_eq!(api.post(CURRENT, &older).await.data()["assignee_id"], MARIE);
    let unknown = api.post(CURRENT, &json!({ "user_pid": "usr-0" })).await;
    unknown.error(404, "ASSIGNEE_NOT_FOUND");
    assert_eq!(api.patch(&older).await.data()["assignee_id"], CAMILLE);
}

#[tokio::test]
async fn an_owner_without_team_fills_only_their_own_queue() {
    let mut api = Api::start().await;
    let loner = api
        .control()
        .add_user(UserSpec::new("Kim Lone", "kim@example.com").without_team());
    api.use_key(KeySpec::new(&loner));
    for answer in all_five(&api, &[("email", "kim@example.com")]).await {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    for answer in all_five(&api, &[("user_id", MARIE)]).await {
        answer.error(404, "ASSIGNEE_NOT_FOUND");
    }
}

#[tokio::test]
async fn only_reset_reports_an_api_key_without_owner() {
    let api = Api::start().await;
    assert!(api.control().remove_user(CAMILLE));
    let codes = ["USER_NOT_FOUND"]
        .into_iter()
        .chain(["ASSIGNEE_NOT_FOUND"; 4]);
    for (answer, code) in all_five(&api, &[]).await.iter().zip(codes) {
        answer.error(404, code);
    }
}
