//! Partner accounts.

use allo_sandbox::{KeySpec, PartnerBilling};
use serde_json::{Value, json};

use crate::api::{Api, CAMILLE};

const ACCOUNTS: &str = "/v2/api/partner/accounts";

fn body() -> Value {
    json!({
        "email": "ines@example.com",
        "name": "Ines Vidal",
        "personal_mobile": "+12125550160",
        "partner_client_ref": "client-17",
        "number_preference": { "country": "US", "prefix": null },
    })
}

/// A different user for each number.
fn body_of(n: u32) -> Value {
    let mut body = body();
    body["email"] = json!(format!("client{n}@example.com"));
    body["personal_mobile"] = json!(format!("+12125550{n}"));
    body
}

fn path(account: &Value) -> String {
    format!("{ACCOUNTS}/{}", account["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn an_account_is_somebody_with_a_number_and_a_key() {
    let mut api = Api::start().await;
    let account = api.post(ACCOUNTS, &body()).await.created();
    let expected = json!({
        "id": account["id"],
        "api_key": account["api_key"],
        "phone_numbers": account["phone_numbers"],
        "status": "ACTIVE",
        "activated": false,
        "partner_client_ref": "client-17",
    });
    assert_eq!(account, expected);
    let number = account["phone_numbers"][0].as_str().expect("a number");
    assert!(number.starts_with("+1212555"));

    let key = account["api_key"].as_str().expect("a key").to_owned();
    api.use_value(key);
    let me = api.get("/v2/api/me").await.data();
    assert_eq!(me["team"]["name"], "Ines Vidal");
    let users = api.get("/v2/api/users").await.data();
    assert_eq!(users[0]["id"], account["id"]);
    assert_eq!(users[0]["email"], "ines@example.com");
    let numbers = api.get("/v2/api/numbers").await.data();
    assert_eq!(numbers[0]["number"], number);
    let reselling = api.post(ACCOUNTS, &body()).await;
    reselling.error(403, "API_KEY_INSUFFICIENT_SCOPE");
}

#[tokio::test]
async fn the_key_is_shown_once_and_only_the_opener_sees_the_account() {
    let mut api = Api::start().await;
    let mut account = api.post(ACCOUNTS, &body()).await.created();
    account["api_key"] = Value::Null;
    assert_eq!(api.get(&path(&account)).await.data(), account);
    let control = api.control();
    let id = account["id"].as_str().expect("an id");
    control.activate_partner_account(id).expect("it is there");
    account["activated"] = json!(true);
    assert_eq!(api.get(&path(&account)).await.data(), account);
    assert!(control.activate_partner_account("usr-0").is_err());

    api.use_key(KeySpec::new(CAMILLE));
    let get = api.get(&path(&account)).await;
    get.error(404, "PARTNER_ACCOUNT_NOT_FOUND");
    let delete = api.request("DELETE", &path(&account)).send().await;
    delete.error(404, "PARTNER_ACCOUNT_NOT_FOUND");
}

#[tokio::test]
async fn a_reference_and_a_prefix_are_optional() {
    let api = Api::start().await;
    let mut french = body();
    let given = french.as_object_mut().expect("an object");
    given.remove("partner_client_ref");
    french["number_preference"] = json!({ "country": "FR", "prefix": "+331" });
    let account = api.post(ACCOUNTS, &french).await.created();
    assert_eq!(account["partner_client_ref"], Value::Null);
    let number = account["phone_numbers"][0].as_str();
    assert!(number.is_some_and(|number| number.starts_with("+331")));
}

#[tokio::test]
async fn a_cancelled_account_works_until_the_period_ends() {
    let mut api = Api::start().await;
    let account = api.post(ACCOUNTS, &body()).await.created();
    let kept = api.post(ACCOUNTS, &body_of(161)).await.created();
    let delete = || api.request("DELETE", &path(&account)).send();
    delete().await.no_content();
    delete().await.no_content();
    assert_eq!(api.get(&path(&account)).await.data()["status"], "ACTIVE");

    let control = api.control();
    assert_eq!(control.end_billing_period(), 1);
    let gone = api.get(&path(&account)).await;
    gone.error(404, "PARTNER_ACCOUNT_NOT_FOUND");
    delete().await.error(404, "PARTNER_ACCOUNT_NOT_FOUND");
    api.get(&path(&kept)).await.data();
    let left: Vec<_> = control
        .partner_accounts()
        .into_iter()
        .map(|a| a.id)
        .collect();
    assert_eq!(left, [kept["id"].as_str().expect("an id")]);

    api.post(ACCOUNTS, &body()).await.created();
    api.use_value(account["api_key"].as_str().expect("a key").to_owned());
    api.get("/v2/api/me").await.error(401, "API_KEY_REVOKED");
}

#[tokio::test]
async fn a_login_or_mobile_in_use_is_refused() {
    let api = Api::start().await;
    api.post(ACCOUNTS, &body()).await.created();
    let mut same_email = body_of(162);
    same_email["email"] = json!("INES@example.com");
    let mut same_mobile = body_of(163);
    same_mobile["personal_mobile"] = body()["personal_mobile"].clone();
    let mut of_the_team = body_of(164);
    of_the_team["email"] = json!("marie@example.com");
    for taken in [body(), same_email, same_mobile, of_the_team] {
        let refused = api.post(ACCOUNTS, &taken).await;
        refused.error(409, "PARTNER_ACCOUNT_ALREADY_EXISTS");
    }
    assert_eq!(api.control().partner_accounts().len(), 1);
}

#[tokio::test]
async fn without_a_number_nothing_is_opened() {
    let api = Api::start().await;
    let users = api.control().users().len();
    for preference in [
        json!({ "country": "DE" }),
        json!({ "country": "US", "prefix": "+33" }),
    ] {
        let mut nowhere = body();
        nowhere["number_preference"] = preference;
        let refused = api.post(ACCOUNTS, &nowhere).await;
        refused.error(409, "NO_NUMBER_AVAILABLE");
    }
    assert!(api.control().partner_accounts().is_empty());
    assert_eq!(api.control().users().len(), users);
    for n in 160..164 {
        api.post(ACCOUNTS, &body_of(n)).await.created();
    }
    let last = api.post(ACCOUNTS, &body_of(164)).await;
    last.error(409, "NO_NUMBER_AVAILABLE");
}

#[tokio::test]
async fn an_account_without_payment_is_not_created() {
    let api = Api::start().await;
    let control = api.control();
    let cases = [
        (
            PartnerBilling::NotBillable,
            "PARTNER_SUBSCRIPTION_NOT_BILLABLE",
        ),
        (PartnerBilling::Fails, "PARTNER_BILLING_FAILED"),
    ];
    for (billing, code) in cases {
        control.partner_billing(billing);
        api.post(ACCOUNTS, &body()).await.error(402, code);
    }
    assert!(control.partner_accounts().is_empty());
    control.partner_billing(PartnerBilling::Works);
    api.post(ACCOUNTS, &body()).await.created();
}

#[tokio::test]
async fn wrong_bodies_are_refused() {
    let api = Api::start().await;
    let cases = [
        ("email", Value::Null, "email"),
        ("email", json!("ines"), "email"),
        ("name", json!(""), "name"),
        ("name", Value::Null, "name"),
        ("personal_mobile", Value::Null, "personal_mobile"),
        ("number_preference", Value::Null, "number_preference"),
        ("number_preference", json!("US"), "number_preference"),
        ("number_preference", json!({}), "number_preference.country"),
        (
            "number_preference",
            json!({ "country": "USA" }),
            "number_preference.country",
        ),
        (
            "number_preference",
            json!({ "country": "US", "prefix": 1 }),
            "number_preference.prefix",
        ),
        ("partner_client_ref", json!(17), "partner_client_ref"),
    ];
    for (field, value, param) in cases {
        let mut wrong = body();
        wrong[field] = value;
        let refused = api.post(ACCOUNTS, &wrong).await;
        assert_eq!(refused.error(400, "INVALID_REQUEST_BODY")["param"], param);
    }
    let mut national = body();
    national["personal_mobile"] = json!("212 555 0160");
    let refused = api.post(ACCOUNTS, &national).await;
    assert_eq!(
        refused.error(400, "INVALID_PHONE_FORMAT")["param"],
        "personal_mobile"
    );
    assert!(api.control().partner_accounts().is_empty());
}
