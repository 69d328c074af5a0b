//! The five operations on contacts in v1 of the API.

use allo_sandbox::CallRecord;
use serde_json::{Value, json};

use crate::api::Api;
use crate::telephony::{ADA, LINE, hours_ago, start};
use crate::v1::talk_of;

const CONTACTS: &str = "/v1/api/contacts";

#[tokio::test]
async fn a_contact_is_added_changed_and_listed() {
    let small = start().await;
    let api = &small.api;
    let body = json!({
        "name": "Grace",
        "last_name": "Hill",
        "job_title": "Engineer",
        "website": "https://hill.example.com",
        "emails": ["grace@example.com"],
        "numbers": ["+12125550195"],
    });
    let added = api.post(CONTACTS, &body).await.data();
    let id = added["id"].as_str().expect("an id").to_owned();
    assert!(id.starts_with("cnt-"));
    let created_at = added["created_at"].clone();
    let expected = json!({
        "id": id,
        "name": "Grace",
        "last_name": "Hill",
        "job_title": "Engineer",
        "website": "https://hill.example.com",
        "status": null,
        "is_archived": false,
        "created_at": created_at,
        "updated_at": created_at,
        "numbers": ["+12125550195"],
        "is_whitelisted": false,
        "last_activity_date": created_at,
        "engagement": null,
    });
    assert_eq!(added, expected);
    let change = json!({ "last_name": "Hopper", "website": null, "emails": ["g@example.com", "h@example.com"] });
    let changed = api.put(&format!("{CONTACTS}/{id}"), &change).await.data();
    assert_eq!(changed["last_name"], "Hopper");
    assert_eq!(
        (&changed["name"], &changed["website"]),
        (&json!("Grace"), &Value::Null)
    );
    let known = api.get(&format!("/v1/api/contact/{id}")).await.data();
    assert_eq!(known["emails"], change["emails"]);
    let list = api.get(&format!("{CONTACTS}?size=100")).await.data();
    assert_eq!(
        list["metadata"],
        json!({ "pagination": { "total_pages": 1, "current_page": 0 } })
    );
    let rows = list["results"].as_array().expect("a list");
    assert_eq!(rows.len(), 9, "seven of the demo team, Ada, Grace");
    assert_eq!(rows[0]["company"]["name"], "Copper Lane Bakery");
    assert_eq!(rows[0]["engagement"], "ENGAGED");
    assert_eq!(rows[8]["last_name"], "Hopper");
    assert_eq!(
        (&rows[8]["company"], &rows[8]["engagement"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(rows[7]["last_activity_date"], rows[7]["created_at"]);
}

#[tokio::test]
async fn engagement_decreases_with_time() {
    let small = start().await;
    let control = small.api.control();
    for (number, days, expected) in [
        ("+12125550195", 29, "ENGAGED"),
        ("+12125550196", 60, "COOLING"),
        ("+12125550197", 91, "COLD"),
    ] {
        let id = control.add_contact("Quiet", [number]);
        control.add_call(CallRecord::outbound(LINE, number).at(hours_ago(days * 24)));
        let path = format!("/v1/api/contact/{id}?extend=engagement");
        assert_eq!(small.api.get(&path).await.data()["engagement"], expected);
    }
}

#[tokio::test]
async fn bad_contacts_are_refused() {
    let small = start().await;
    let cases = [
        (json!({}), "INVALID_REQUEST_BODY"),
        (json!({ "numbers": [] }), "INVALID_REQUEST_BODY"),
        (json!({ "numbers": "+12125550195" }), "INVALID_REQUEST_BODY"),
        (
            json!({ "numbers": ["+12125550195"], "name": 7 }),
            "INVALID_REQUEST_BODY",
        ),
        (
            json!({ "numbers": ["12125550195"] }),
            "INVALID_PHONE_FORMAT",
        ),
    ];
    for (body, code) in cases {
        small.api.post(CONTACTS, &body).await.v1_error(400, code);
    }
    let ada = format!("{CONTACTS}/{}", small.ada);
    let none = json!({ "numbers": [] });
    let details = small
        .api
        .put(&ada, &none)
        .await
        .v1_error(400, "INVALID_REQUEST_BODY");
    assert_eq!(details[0]["field"], "numbers");
    small
        .api
        .put(&ada, &json!({ "numbers": ["x"] }))
        .await
        .v1_error(400, "INVALID_PHONE_FORMAT");
    let unchanged = json!({ "numbers": null });
    assert_eq!(
        small.api.put(&ada, &unchanged).await.data()["numbers"],
        json!([ADA])
    );
}

#[tokio::test]
async fn an_unknown_contact_is_a_bad_request() {
    let api = Api::start().await;
    for path in [
        "/v1/api/contact/cnt-0",
        "/v1/api/contact/cnt-0/conversation",
    ] {
        assert!(
            api.get(path)
                .await
                .v1_error(400, "CONTACT_NOT_FOUND")
                .is_null()
        );
    }
    let answer = api
        .put(&format!("{CONTACTS}/cnt-0"), &json!({ "name": "x" }))
        .await;
    assert!(answer.v1_error(400, "CONTACT_NOT_FOUND").is_null());
}

#[tokio::test]
async fn a_contacts_context_has_more_when_asked_for() {
    let small = start().await;
    let path = format!("/v1/api/contact/{}", small.ada);
    let plain = json!({
        "id": small.ada,
        "name": "Ada",
        "last_name": null,
        "numbers": [ADA],
        "emails": [],
        "company": null,
        "job_title": null,
        "website": null,
        "integration_data": {},
        "custom_properties": null,
        "conversation_url": format!("/v1/api/contact/{}/conversation", small.ada),
    });
    assert_eq!(small.api.get(&path).await.data(), plain);
    let mut full = plain;
    full["engagement"] = "ENGAGED".into();
    full["activity"] = json!([
        {
            "type": "INBOUND_SMS",
            "made_by": "Camille Laurent",
            "made_at": "2026-03-02T06:30:00",
            "allo_number": null,
            "content": "The turbine arrived.",
        },
        {
            "type": "OUTBOUND_CALL",
            "made_by": "Marie Dupont",
            "made_at": "2026-03-01T08:30:00",
            "allo_number": LINE,
            "content": null,
        },
    ]);
    let extended = small
        .api
        .get(&format!("{path}?extend=engagement,%20activity"))
        .await;
    assert_eq!(extended.data(), full);
    let bad = small.api.get(&format!("{path}?extend=notes")).await;
    bad.v1_error(400, "UNSUPPORTED_EXTEND_VALUE");
}

#[tokio::test]
async fn a_contacts_history_holds_calls_and_texts() {
    let small = start().await;
    let path = format!("/v1/api/contact/{}/conversation", small.ada);
    let history = small.api.get(&path).await.data();
    let message = json!({
        "from_number": ADA,
        "sender_id": null,
        "to_number": LINE,
        "type": "INBOUND",
        "content": "The turbine arrived.",
        "start_date": "2026-03-02T06:30:00",
    });
    let mut call = talk_of(&small);
    call["tags"] = json!(["interested"]);
    let expected = json!({
        "results": [
            { "type": "TEXT_MESSAGE", "call": null, "message": message },
            { "type": "CALL", "call": call, "message": null },
        ],
        "metadata": { "pagination": { "total_pages": 1, "current_page": 0 } },
    });
    assert_eq!(history, expected);
    let other = small
        .api
        .get(&format!("{path}?allo_number=%2B12125550100"))
        .await
        .data();
    assert_eq!(other["results"], json!([]));
    let last = small.api.get(&format!("{path}?size=1&page=1")).await.data();
    assert_eq!(last["results"][0]["type"], "CALL");
    let bad = small.api.get(&format!("{path}?allo_number=home")).await;
    bad.v1_error(400, "INVALID_PHONE_FORMAT");
}
