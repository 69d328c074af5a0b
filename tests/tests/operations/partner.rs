//! Accounts that a partner creates for other people.

use allo_client::types::NumberPreference;
use allo_sandbox::PartnerBilling;
use tests::harness::{Harness, OWNER};

use crate::support::{done, ok, refused_as};

const MOBILE: &str = "+12125550150";

pub(crate) async fn create_partner_account(harness: &Harness) {
    let open = |email: &str, mobile: &str| {
        let number = NumberPreference::new("US").prefix("+1212".to_owned());
        let open = harness
            .client
            .create_partner_account()
            .email(email)
            .name("Lou Abara")
            .number_preference(number)
            .personal_mobile(mobile);
        open.partner_client_ref("client-17").send()
    };
    let account = done(open("lou@example.com", MOBILE).await, 201);
    assert_eq!(account.partner_client_ref.as_deref(), Some("client-17"));
    assert_eq!(account.activated, Some(false));
    assert_eq!(account.phone_numbers.map(|numbers| numbers.len()), Some(1));
    let key = account.api_key.into_option().expect("shown once");
    let me = ok(harness.client_of(&key).get_me().send().await);
    assert!(!me.scopes.iter().any(|scope| scope == "PARTNER"));

    refused_as(
        open("kim@example.com", "12").await,
        400,
        "INVALID_PHONE_FORMAT",
    );
    let taken = open(OWNER, "+12125550151").await;
    let error = refused_as(taken, 409, "PARTNER_ACCOUNT_ALREADY_EXISTS");
    assert!(error.is_conflict());
    let nowhere = NumberPreference::new("AQ");
    let client = &harness.client;
    let open_there = client
        .create_partner_account()
        .email("kim@example.com")
        .name("Kim")
        .number_preference(nowhere)
        .personal_mobile("+12125550154");
    refused_as(open_there.send().await, 409, "NO_NUMBER_AVAILABLE");
    for (billing, code) in [
        (PartnerBilling::Fails, "PARTNER_BILLING_FAILED"),
        (
            PartnerBilling::NotBillable,
            "PARTNER_SUBSCRIPTION_NOT_BILLABLE",
        ),
    ] {
        harness.control.partner_billing(billing);
        refused_as(open("kim@example.com", "+12125550152").await, 402, code);
    }
    assert_eq!(
        harness.control.partner_accounts().len(),
        1,
        "a refusal opens nothing"
    );
}

pub(crate) async fn get_partner_account(harness: &Harness) {
    let about = harness.fixtures().await;
    let get = || harness.client.get_partner_account(&about.account).send();
    let account = ok(get().await);
    assert_eq!(account.id, about.account);
    assert_eq!(account.activated, Some(false));
    assert!(account.api_key.is_null(), "the key is shown once only");
    harness
        .control
        .activate_partner_account(&about.account)
        .unwrap();
    assert_eq!(ok(get().await).activated, Some(true));

    let unknown = harness.client.get_partner_account("usr-0000").send().await;
    let error = refused_as(unknown, 404, "PARTNER_ACCOUNT_NOT_FOUND");
    assert!(error.is_not_found());
}

pub(crate) async fn delete_partner_account(harness: &Harness) {
    let about = harness.fixtures().await;
    let client = &harness.client;
    done(
        client.delete_partner_account(&about.account).send().await,
        204,
    );
    assert!(harness.control.partner_accounts()[0].cancelled);
    ok(client.get_partner_account(&about.account).send().await);
    assert_eq!(harness.control.end_billing_period(), 1);
    let gone = client.delete_partner_account(&about.account).send().await;
    refused_as(gone, 404, "PARTNER_ACCOUNT_NOT_FOUND");
}
