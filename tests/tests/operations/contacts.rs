//! The address book of the first version of the API.

use allo_client::Nullable;
use allo_client::types::{ContactActivityKind, ContactItemKind, Engagement};
use tests::fixtures::{CONTACT_NUMBER, LINE};
use tests::harness::Harness;

use crate::support::{all, ok, refused_as};

const UNKNOWN: &str = "CONTACT_NOT_FOUND";

pub(crate) async fn search_contacts(harness: &Harness) {
    let page = |number| harness.client.search_contacts().size(5).page(number).send();
    let first = ok(page(0).await).data;
    let last = ok(page(1).await).data;
    let metadata = first
        .metadata
        .clone()
        .into_option()
        .and_then(|metadata| metadata.pagination);
    assert_eq!(metadata.expect("metadata").total_pages, Some(2));
    let names = |page: allo_client::types::ContactResults| {
        let contacts = all(page.results.into_option().expect("results")).into_iter();
        contacts
            .map(|contact| contact.name.into_option().expect("a name"))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(first).len(), 5);
    assert_eq!(names(last).len(), 2);
}

pub(crate) async fn create_contact(harness: &Harness) {
    let create = harness
        .client
        .create_contact([CONTACT_NUMBER])
        .name("Ines".to_owned());
    let made = ok(create
        .website("https://ines.example.com".to_owned())
        .send()
        .await);
    assert_eq!(made.name.as_deref(), Some("Ines"));
    assert!(made.last_name.is_null());
    assert_eq!(made.numbers, Some(vec![CONTACT_NUMBER.into()]));
    let known = ok(harness.client.get_contact_context(&made.id).send().await);
    assert_eq!(known.website.as_deref(), Some("https://ines.example.com"));
    refused_as(
        harness.client.create_contact(["12"]).send().await,
        400,
        "INVALID_PHONE_FORMAT",
    );
}

pub(crate) async fn update_contact(harness: &Harness) {
    let about = harness.fixtures().await;
    let update = |id: &str| harness.client.update_contact(id);
    let changed = update(&about.contact)
        .last_name("Duarte".to_owned())
        .name(Nullable::Null);
    let changed = ok(changed.send().await);
    assert_eq!(changed.last_name.as_deref(), Some("Duarte"));
    assert!(changed.name.is_null(), "null clears");
    let again = ok(update(&about.contact)
        .job_title("Lawyer".to_owned())
        .send()
        .await);
    assert_eq!(again.last_name.as_deref(), Some("Duarte"), "absent keeps");
    let unknown = update("cnt-0000").name("Nobody".to_owned()).send().await;
    let error = refused_as(unknown, 400, UNKNOWN);
    assert!(error.is_not_found(), "by its code");
}

pub(crate) async fn get_contact_context(harness: &Harness) {
    let about = harness.fixtures().await;
    let get = || harness.client.get_contact_context(&about.contact);
    let plain = ok(get().send().await);
    assert_eq!(plain.id, about.contact);
    assert_eq!(plain.name.as_deref(), Some("Ines"));
    assert!(plain.engagement.is_absent() && plain.activity.is_absent());
    let full = ok(get().extend("engagement,activity").send().await);
    assert_eq!(full.engagement, Engagement::Engaged.into());
    let activity = all(full.activity.into_option().expect("activity"));
    let kinds: Vec<_> = activity.into_iter().map(|entry| entry.kind).collect();
    assert!(kinds.contains(&ContactActivityKind::InboundSms));
    assert!(kinds.contains(&ContactActivityKind::OutboundCall));

    let unknown = harness.client.get_contact_context("cnt-0000").send().await;
    refused_as(unknown, 400, UNKNOWN);
    refused_as(
        get().extend("weather").send().await,
        400,
        "UNSUPPORTED_EXTEND_VALUE",
    );
}

pub(crate) async fn get_contact_conversation(harness: &Harness) {
    let about = harness.fixtures().await;
    let get = || {
        harness
            .client
            .get_contact_conversation(&about.contact)
            .allo_number(LINE)
    };
    let page = ok(get().send().await).data;
    let items = all(page.results.expect("results"));
    assert_eq!(items.len(), 2);
    for item in items {
        let is_call = item.kind == ContactItemKind::Call;
        assert_eq!(
            (item.call.is_null(), item.message.is_null()),
            (!is_call, is_call)
        );
    }
    let elsewhere = harness.client.get_contact_conversation(&about.contact);
    let elsewhere = ok(elsewhere.allo_number("+12125550101").send().await);
    assert!(elsewhere.data.results.expect("results").is_empty());

    let unknown = harness
        .client
        .get_contact_conversation("cnt-0000")
        .send()
        .await;
    refused_as(unknown, 400, UNKNOWN);
}
