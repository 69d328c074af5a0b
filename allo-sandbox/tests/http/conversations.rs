//! `listConversations` and `executeConversationAction`.

use serde_json::{Value, json};

use crate::api::{Api, ApiResponse, CAMILLE};
use crate::telephony::{ADA, LINE, LINE_QUERY, STRANGER, hours_ago, start};
use allo_sandbox::{KeySpec, MessageRecord};

const PATH: &str = "/v2/api/conversations";

async fn list(api: &Api, query: &str) -> ApiResponse {
    api.get(&format!("{PATH}?{LINE_QUERY}{query}")).await
}

async fn numbers(api: &Api, query: &str) -> Vec<String> {
    let data = list(api, query).await.data();
    let rows = data.as_array().expect("a list").iter();
    let numbers = rows.filter_map(|row| row["contact_number"].as_str());
    numbers.map(str::to_owned).collect()
}

async fn act(api: &Api, contact: &str, body: &Value) -> ApiResponse {
    let contact = contact.replace('+', "%2B");
    api.put(&format!("{PATH}/{contact}/action"), body).await
}

async fn done(api: &Api, contact: &str, action: &str) {
    let answer = act(api, contact, &json!({ "action": action })).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{action}");
}

#[tokio::test]
async fn one_entry_for_each_contact_with_its_last_item_in_brief() {
    let small = start().await;
    let answer = list(&small.api, "").await;
    let ada = json!({
        "contact_number": ADA,
        "contacts": [{ "id": small.ada, "name": "Ada", "company": null, "deals": [] }],
        "last_activity": "2026-03-02T06:30:00Z",
        "last_item": {
            "id": small.text,
            "type": "SMS",
            "direction": "INBOUND",
            "date": "2026-03-02T06:30:00Z",
            "content": "The turbine arrived.",
            "status": "DELIVERED",
            "message_type": "SMS",
        },
    });
    let stranger = json!({
        "contact_number": STRANGER,
        "contacts": [],
        "last_activity": "2026-03-02T05:30:00Z",
        "last_item": {
            "id": small.missed,
            "type": "CALL",
            "direction": "INBOUND",
            "date": "2026-03-02T05:30:00Z",
            "duration": 0,
            "result": null,
            "summary": null,
        },
    });
    let pagination =
        json!({ "page": 1, "size": 20, "total_count": 2, "total_pages": 1, "has_more": false });
    let expected = json!({ "data": [ada, stranger], "pagination": pagination });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn pages_and_times_narrow_the_list() {
    let small = start().await;
    assert_eq!(numbers(&small.api, "&size=1&page=2").await, [STRANGER]);
    let past = list(&small.api, "&page=9").await.json();
    assert_eq!(
        (&past["data"], &past["pagination"]["total_count"]),
        (&json!([]), &json!(2))
    );
    for since in [
        "2026-03-02T06:30:00Z",
        "2026-03-02T07:30:00%2B01:00",
        "2026-03-02T06:30:00",
    ] {
        let query = format!("&last_activity_since={since}");
        assert_eq!(numbers(&small.api, &query).await, [ADA], "{since}");
    }
    assert!(
        numbers(&small.api, "&last_activity_since=2026-03-02T06:30:01Z")
            .await
            .is_empty()
    );
    let extended = list(&small.api, "&extend=transcript").await.data();
    assert_eq!(extended[1]["last_item"]["transcript"], json!([]));
}

#[tokio::test]
async fn conversations_are_marked_archived_and_unarchived() {
    let small = start().await;
    let api = &small.api;
    assert_eq!(numbers(api, "&unread=true").await, [ADA, STRANGER]);
    for _ in 0..2 {
        done(api, ADA, "READ").await;
        assert_eq!(numbers(api, "&unread=true").await, [STRANGER]);
        assert_eq!(numbers(api, "&unread=false").await, [ADA]);
    }
    done(api, ADA, "UNREAD").await;
    assert_eq!(numbers(api, "&unread=false").await, [""; 0]);
    done(api, ADA, "ARCHIVE").await;
    assert_eq!(numbers(api, "").await, [STRANGER]);
    done(api, ADA, "UNARCHIVE").await;
    assert_eq!(
        numbers(api, "&unread=false").await,
        [ADA],
        "archiving marks as read"
    );
    done(api, ADA, "ARCHIVE").await;
    api.control()
        .add_message(MessageRecord::inbound(LINE, ADA, "Still there?"));
    assert_eq!(
        numbers(api, "&unread=true").await,
        [ADA, STRANGER],
        "news bring it back"
    );
}

#[tokio::test]
async fn an_action_can_be_limited_to_one_number() {
    let small = start().await;
    let api = &small.api;
    let elsewhere = "+12125550100";
    let message = MessageRecord::inbound(elsewhere, ADA, "Wrong line.").at(hours_ago(1));
    api.control().add_message(message);
    let narrow = json!({ "action": "READ", "allo_number": elsewhere });
    assert_eq!(act(api, ADA, &narrow).await.status, 200);
    assert_eq!(numbers(api, "&unread=true").await, [ADA, STRANGER]);
    let other = format!("{PATH}?allo_number=%2B12125550100&unread=false&size=100");
    let other = api.get(&other).await.data();
    let has_ada = |row: &Value| row["contact_number"] == ADA;
    assert!(
        other
            .as_array()
            .is_some_and(|rows| rows.iter().any(has_ada))
    );
}

#[tokio::test]
async fn a_number_that_is_not_the_teams_has_no_conversations() {
    let small = start().await;
    let path = format!("{PATH}?allo_number=%2B12125550199");
    let answer = small.api.get(&path).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["data"], json!([]));
    assert_eq!(answer.json()["pagination"]["total_count"], 0);
}

#[tokio::test]
async fn bad_lists_are_refused() {
    let small = start().await;
    let missing = small.api.get(PATH).await;
    assert_eq!(
        missing.error(400, "MISSING_ALLO_NUMBER")["param"],
        "allo_number"
    );
    let cases = [
        ("allo_number=", 400, "MISSING_ALLO_NUMBER"),
        ("allo_number=5550190", 400, "INVALID_PHONE_FORMAT"),
        (
            "allo_number=%2B12125550190&size=0",
            400,
            "INVALID_PAGE_SIZE",
        ),
        (
            "allo_number=%2B12125550190&size=101",
            400,
            "INVALID_PAGE_SIZE",
        ),
        (
            "allo_number=%2B12125550190&page=0",
            400,
            "INVALID_REQUEST_BODY",
        ),
        (
            "allo_number=%2B12125550190&unread=yes",
            400,
            "INVALID_REQUEST_BODY",
        ),
        (
            "allo_number=%2B12125550190&last_activity_since=soon",
            400,
            "INVALID_REQUEST_BODY",
        ),
        (
            "allo_number=%2B12125550190&extend=everything",
            400,
            "UNSUPPORTED_EXTEND_VALUE",
        ),
    ];
    for (query, status, code) in cases {
        small
            .api
            .get(&format!("{PATH}?{query}"))
            .await
            .error(status, code);
    }
}

#[tokio::test]
async fn bad_actions_are_refused() {
    let small = start().await;
    let read = json!({ "action": "READ" });
    let cases = [
        (ADA, json!({}), 400, "INVALID_REQUEST_BODY"),
        (ADA, json!({ "action": "read" }), 400, "INVALID_ACTION"),
        ("anonymous", read.clone(), 400, "INVALID_PHONE_FORMAT"),
        ("+12125550199", read, 404, "CONVERSATION_ITEM_NOT_FOUND"),
        (
            ADA,
            json!({ "action": "READ", "allo_number": "x" }),
            400,
            "INVALID_PHONE_FORMAT",
        ),
        (
            ADA,
            json!({ "action": "READ", "allo_number": "+12125550199" }),
            404,
            "PHONE_NUMBER_NOT_FOUND",
        ),
        (
            ADA,
            json!({ "action": "READ", "allo_number": "+12125550101" }),
            404,
            "CONVERSATION_ITEM_NOT_FOUND",
        ),
    ];
    for (contact, body, status, code) in cases {
        act(&small.api, contact, &body).await.error(status, code);
    }
}

#[tokio::test]
async fn other_teams_and_people_without_one_see_nothing() {
    let mut small = start().await;
    let control = small.api.control();
    let rival = allo_sandbox::UserSpec::new("Rae Vance", "rae@example.com").team("Rivals");
    small.api.use_key(KeySpec::new(control.add_user(rival)));
    assert_eq!(list(&small.api, "").await.data(), json!([]));
    let item = format!("/v2/api/conversations/items/{}", small.talk);
    small
        .api
        .get(&item)
        .await
        .error(404, "CONVERSATION_ITEM_NOT_FOUND");
    let search = small
        .api
        .post("/v2/api/conversations/items/search", &json!({}))
        .await;
    assert_eq!(search.data(), json!([]));
    let loner = allo_sandbox::UserSpec::new("Kim Lone", "kim@example.com").without_team();
    small.api.use_key(KeySpec::new(control.add_user(loner)));
    list(&small.api, "").await.error(404, "TEAM_NOT_FOUND");
    let old = small.api.get("/v1/api/numbers").await;
    assert!(old.v1_error(400, "TEAM_NOT_FOUND").is_null());
    small.api.use_key(KeySpec::new(CAMILLE));
    assert_eq!(numbers(&small.api, "").await.len(), 2);
}
