//! Webhooks: the destinations of events, and the types of events.

use allo_client::OpenEnum;
use allo_client::types::WebhookTopic;
use tests::harness::Harness;

use crate::support::{all, done, ok, refused_as};

const UNKNOWN: &str = "WEBHOOK_NOT_FOUND";
const URL: &str = "https://hooks.example.com/calls";

pub(crate) async fn list_webhooks(harness: &Harness) {
    assert!(ok(harness.client.list_webhooks().send().await).is_empty());
    let about = harness.fixtures().await;
    let listed = all(ok(harness.client.list_webhooks().send().await));
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id, about.webhook);
    assert!(
        listed[0].signing_secret.is_absent(),
        "a list tells no secrets"
    );
}

pub(crate) async fn create_webhook(harness: &Harness) {
    let topics = [WebhookTopic::CallCompleted, WebhookTopic::SmsReceived];
    let create = harness.client.create_webhook(topics.clone(), URL);
    let made = done(
        create.description("For the CRM".to_owned()).send().await,
        201,
    );
    assert_eq!((made.url.as_str(), &made.topics[..]), (URL, &topics[..]));
    assert_eq!(made.enabled, Some(true));
    let kept = &harness.control.webhooks()[0];
    assert_eq!(
        made.signing_secret.as_deref(),
        Some(kept.signing_secret.as_str())
    );
    assert_eq!(made.description.as_deref(), Some("For the CRM"));

    let open = harness
        .client
        .create_webhook(topics, "http://hooks.example.com");
    let error = refused_as(open.send().await, 400, "INVALID_REQUEST_BODY");
    assert_eq!(error.param(), Some("url"));
    let unheard_of = harness.client.create_webhook(["doorbell.rang"], URL);
    refused_as(unheard_of.send().await, 400, "INVALID_REQUEST_BODY");
    assert_eq!(harness.control.webhooks().len(), 1);
}

pub(crate) async fn get_webhook(harness: &Harness) {
    let about = harness.fixtures().await;
    let found = ok(harness.client.get_webhook(&about.webhook).send().await);
    assert_eq!(found.url, URL);
    assert_eq!(found.id, about.webhook);
    assert!(found.signing_secret.as_option().is_some());
    let unknown = harness.client.get_webhook("whk-0000").send().await;
    refused_as(unknown, 404, UNKNOWN);
}

pub(crate) async fn update_webhook(harness: &Harness) {
    let about = harness.fixtures().await;
    let update = |id: &str| harness.client.update_webhook(id);
    let changed = update(&about.webhook)
        .enabled(false)
        .topics([WebhookTopic::TagAdded]);
    let changed = ok(changed.send().await);
    assert_eq!(changed.enabled, Some(false));
    assert_eq!(changed.topics, [WebhookTopic::TagAdded]);
    assert_eq!(changed.url, URL, "what was not named stays");

    let nowhere = update(&about.webhook).url("ftp://hooks.example.com");
    refused_as(nowhere.send().await, 400, "INVALID_REQUEST_BODY");
    refused_as(update("whk-0000").enabled(true).send().await, 404, UNKNOWN);
}

pub(crate) async fn delete_webhook(harness: &Harness) {
    let about = harness.fixtures().await;
    let delete = || harness.client.delete_webhook(&about.webhook).send();
    done(delete().await, 204);
    assert!(harness.control.webhooks().is_empty());
    refused_as(delete().await, 404, UNKNOWN);
}

pub(crate) async fn list_webhook_event_types(harness: &Harness) {
    let types = all(ok(harness.client.list_webhook_event_types().send().await));
    assert_eq!(types.len(), 11);
    for kind in types {
        assert!(
            WebhookTopic::from(kind.name.as_str()).is_known(),
            "{kind:?}"
        );
        assert!(kind.description.is_some_and(|text| !text.is_empty()));
    }
}
