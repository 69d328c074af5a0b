//! `sendSMS` and `sendSMSFrance`, which share an endpoint.

use allo_sandbox::PhoneNumber;
use serde_json::{Value, json};

use crate::api::{Api, ApiResponse};
use crate::telephony::{ADA, LINE, LINE_QUERY, start};

const PATH: &str = "/v1/api/sms";
const PARIS: &str = "+33199000177";

fn text(from: &str, to: &str) -> Value {
    json!({ "from": from, "to": to, "message": "On our way." })
}

fn french(sender_id: &str, to: &str) -> Value {
    json!({ "sender_id": sender_id, "to": to, "message": "Nous arrivons." })
}

/// The operation of the last request in the log.
fn logged(api: &Api) -> Option<&'static str> {
    api.control().requests().last()?.operation
}

#[tokio::test]
async fn a_text_is_sent_and_shows_in_the_conversation() {
    let small = start().await;
    let sent = small.api.post(PATH, &text(LINE, ADA)).await.data();
    let start_date = sent["start_date"].clone();
    let expected = json!({
        "from_number": LINE,
        "sender_id": null,
        "to_number": ADA,
        "type": "OUTBOUND",
        "content": "On our way.",
        "start_date": start_date,
    });
    assert_eq!(sent, expected);
    assert_eq!(logged(&small.api), Some("sendSMS"));
    let path = format!("/v2/api/conversations?{LINE_QUERY}");
    let conversation = small.api.get(&path).await.data()[0].clone();
    assert_eq!(conversation["contact_number"], ADA);
    assert_eq!(conversation["last_item"]["content"], "On our way.");
    assert_eq!(conversation["last_item"]["status"], "SENT");
    assert_eq!(small.api.control().messages()[0].content, "On our way.");
}

#[tokio::test]
async fn a_text_to_france_goes_under_a_name() {
    let api = Api::start().await;
    let contact = api.control().add_contact("Remy", [PARIS]);
    let sent = api.post(PATH, &french("LARCHST", PARIS)).await.data();
    assert_eq!(sent["from_number"], Value::Null);
    assert_eq!(
        (&sent["sender_id"], &sent["to_number"]),
        (&json!("LARCHST"), &json!(PARIS))
    );
    assert_eq!(logged(&api), Some("sendSMSFrance"));
    let path = format!("/v1/api/contact/{contact}/conversation");
    assert_eq!(api.get(&path).await.data()["results"][0]["message"], sent);
    let id = api.control().messages()[0].id.clone();
    let item = api
        .get(&format!("/v2/api/conversations/items/{id}"))
        .await
        .data();
    assert_eq!(item.get("allo_number"), None);
    assert_eq!(item["user"]["name"], "Camille Laurent");
}

#[tokio::test]
async fn a_scripted_answer_is_for_the_operation_meant() {
    let api = Api::start().await;
    let control = api.control();
    control
        .respond_once("sendSMSFrance", 500, &[], "")
        .expect("an operation");
    assert_eq!(api.post(PATH, &text("+12125550100", ADA)).await.status, 200);
    assert_eq!(api.post(PATH, &french("LARCHST", PARIS)).await.status, 500);
}

async fn refused(answer: ApiResponse, status: u16, code: &str) {
    assert!(answer.v1_error(status, code).is_null(), "{code}");
}

#[tokio::test]
async fn texts_that_cannot_be_sent_are_refused() {
    let api = Api::start().await;
    let before = api.control().messages().len();
    let main = "+12125550100";
    let long = |length: usize| json!({ "from": main, "to": ADA, "message": "x".repeat(length) });
    let cases = [
        (long(0), 400, "INVALID_LENGTH"),
        (long(1_001), 400, "INVALID_LENGTH"),
        (text(main, "12"), 400, "INVALID_TO_NUMBER"),
        (text("+12125550199", ADA), 400, "FROM_NUMBER_NOT_FOUND"),
        (text("12", ADA), 400, "FROM_NUMBER_NOT_FOUND"),
        (text(main, PARIS), 400, "TO_NUMBER_COUNTRY_MISMATCH"),
        (text("+33199000110", PARIS), 400, "PROVIDER_NOT_SUPPORTED"),
        (text("+12125550102", ADA), 400, "NUMBER_NOT_SMS_ENABLED"),
        (text("+12125550103", ADA), 403, "A2P_NOT_ENABLED"),
        (french("UNKNOWN", PARIS), 400, "INVALID_SENDER_ID"),
        (french("LARCHNEW", PARIS), 400, "SENDER_ID_NOT_ACTIVE"),
        (french("LARCHST", ADA), 400, "INVALID_TO_NUMBER"),
        (french("LARCHST", "+3312"), 400, "INVALID_TO_NUMBER"),
        (
            json!({ "sender_id": "LARCHST", "to": PARIS, "message": "" }),
            400,
            "INVALID_LENGTH",
        ),
    ];
    for (body, status, code) in cases {
        refused(api.post(PATH, &body).await, status, code).await;
    }
    assert_eq!(api.control().messages().len(), before);
    api.post(PATH, &long(1_000)).await.data();
}

#[tokio::test]
async fn the_body_decides_and_must_be_whole() {
    let api = Api::start().await;
    let cases = [
        (json!({}), "sendSMS", "from"),
        (json!({ "from": LINE, "to": ADA }), "sendSMS", "message"),
        (
            json!({ "sender_id": "LARCHST", "message": "x" }),
            "sendSMSFrance",
            "to",
        ),
        (
            json!({ "sender_id": 7, "to": PARIS, "message": "x" }),
            "sendSMSFrance",
            "sender_id",
        ),
        (
            json!({ "from": LINE, "sender_id": "LARCHST", "to": ADA, "message": "x" }),
            "sendSMS",
            "sender_id",
        ),
    ];
    for (body, operation, field) in cases {
        let details = api
            .post(PATH, &body)
            .await
            .v1_error(400, "INVALID_REQUEST_BODY");
        assert_eq!(details[0]["field"], field, "{body}");
        assert_eq!(logged(&api), Some(operation), "{body}");
    }
}

#[tokio::test]
async fn a_repeated_text_with_its_key_is_sent_once() {
    let api = Api::start().await;
    api.control()
        .add_phone_number(PhoneNumber::number(LINE, "CA"));
    let before = api.control().messages().len();
    for replayed in [None, Some("true")] {
        let request = api
            .request("POST", PATH)
            .header("idempotency-key", "text-1");
        let answer = request.json(&text(LINE, ADA)).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    assert_eq!(api.control().messages().len(), before + 1);
    let elsewhere = api
        .request("POST", "/v1/api/contacts")
        .header("idempotency-key", "text-1");
    let elsewhere = elsewhere.json(&json!({ "numbers": [ADA] })).send().await;
    elsewhere.v1_error(409, "IDEMPOTENCY_KEY_REUSE");
}
