//! Conversations with their calls and messages, and the tags of calls.

use allo_client::types::{ConversationAction, ItemKind, ItemKindFilter};
use allo_sandbox::AbsentTag;
use tests::fixtures::{CONTACT_NUMBER, LINE};
use tests::harness::{Harness, OWNER};

use crate::support::{all, ok, refused_as};

pub(crate) async fn list_conversations(harness: &Harness) {
    let about = harness.fixtures().await;
    let page = ok(harness.client.list_conversations(LINE).size(1).send().await);
    assert_eq!(
        page.pagination.as_ref().and_then(|pages| pages.has_more),
        Some(true)
    );
    let newest = all(page.data).remove(0);
    assert_eq!(newest.contact_number, CONTACT_NUMBER);
    let contacts = all(newest.contacts.expect("contacts"));
    assert_eq!(contacts[0].id, about.contact);
    let last = newest.last_item.expect("an item");
    assert!(last.id == about.call || last.id == about.message);
    let unread = ok(harness
        .client
        .list_conversations(LINE)
        .unread(true)
        .send()
        .await);
    assert!(
        all(unread.data)
            .iter()
            .any(|one| one.contact_number == CONTACT_NUMBER)
    );
    let since = "2026-03-09T00:00:00Z".parse().expect("a time");
    let later = harness
        .client
        .list_conversations(LINE)
        .last_activity_since(since);
    assert!(ok(later.send().await).data.is_empty());

    let unknown = harness
        .client
        .list_conversations("+12125550177")
        .send()
        .await;
    assert!(ok(unknown).data.is_empty(), "no 404 is declared");
}

pub(crate) async fn search_all_conversations(harness: &Harness) {
    let about = harness.fixtures().await;
    let search = || {
        harness
            .client
            .search_all_conversations()
            .contact_number(CONTACT_NUMBER)
    };
    let ids = |list| {
        all(list)
            .into_iter()
            .map(|item: allo_client::types::ConversationItem| item.id)
    };
    let found = ok(search().kind(ItemKindFilter::Sms).send().await);
    assert_eq!(
        found
            .pagination
            .as_ref()
            .and_then(|pages| pages.total_count),
        Some(1)
    );
    assert!(ids(found.data).eq([about.message.as_str()]));
    let found = ok(search().tags(["interested"]).send().await);
    assert!(ids(found.data).eq([about.call.as_str()]));
    let found = ok(search().search("long lease").send().await);
    assert!(ids(found.data).eq([about.call.as_str()]));

    let unheard_of = search().kind("FAX").send().await;
    let error = refused_as(unheard_of, 400, "INVALID_REQUEST_BODY");
    assert_eq!(error.param(), Some("type"));
    refused_as(
        search().search("?!").send().await,
        400,
        "INVALID_SEARCH_QUERY",
    );
}

pub(crate) async fn get_conversation_item(harness: &Harness) {
    let about = harness.fixtures().await;
    let get = |id: &str| harness.client.get_conversation_item(id);
    let call = ok(get(&about.call).send().await);
    assert_eq!(call.kind, ItemKind::Call);
    assert_eq!(call.id, about.call);
    assert_eq!(call.duration, 75.into());
    let with_transcript = ok(get(&about.call).extend("transcript").send().await);
    assert!(!with_transcript.transcript.is_absent());
    let message = ok(get(&about.message).send().await);
    assert_eq!(message.kind, ItemKind::Sms);
    assert_eq!(message.content.as_deref(), Some("Is four o'clock fine?"));

    let unknown = get("cll-0000").send().await;
    refused_as(unknown, 404, "CONVERSATION_ITEM_NOT_FOUND");
    refused_as(get("per-1").send().await, 400, "INVALID_ITEM_ID");
}

pub(crate) async fn batch_get_conversation_items(harness: &Harness) {
    let about = harness.fixtures().await;
    let batch = |ids: [&str; 3]| harness.client.batch_get_conversation_items(ids).send();
    let items = all(ok(batch([&about.message, "cll-0000", &about.call]).await));
    let ids: Vec<_> = items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(
        ids,
        [&about.message, &about.call],
        "in their order, without what there is not"
    );
    refused_as(
        batch([&about.call, "per-1", "x"]).await,
        400,
        "INVALID_ITEM_ID",
    );
}

pub(crate) async fn update_call_summary(harness: &Harness) {
    let about = harness.fixtures().await;
    let update = |id: &str| {
        harness
            .client
            .update_call_summary(id, "Wants the long lease.")
    };
    let changed = ok(update(&about.call).send().await);
    assert_eq!(changed.version, Some(2));
    assert_eq!(changed.id, about.call);
    let editor = changed.updated_by.into_option().expect("an editor");
    assert_eq!(editor.id, harness.id_of(OWNER));
    let item = ok(harness
        .client
        .get_conversation_item(&about.call)
        .send()
        .await);
    assert_eq!(item.summary.as_deref(), Some("Wants the long lease."));

    refused_as(update(&about.message).send().await, 400, "INVALID_ITEM_ID");
    refused_as(update("cll-0000").send().await, 404, "CALL_NOT_FOUND");
    let of_no_such_template = update(&about.call).template_key("MARKDOWN_SHORT_CALL");
    refused_as(
        of_no_such_template.send().await,
        404,
        "SUMMARY_TEMPLATE_NOT_FOUND",
    );
}

pub(crate) async fn execute_conversation_action(harness: &Harness) {
    harness.fixtures().await;
    let act = |number: &str, action| {
        harness
            .client
            .execute_conversation_action(number, action)
            .send()
    };
    let shown = || async {
        let list = ok(harness
            .client
            .list_conversations(LINE)
            .size(100)
            .send()
            .await);
        all(list.data)
            .iter()
            .any(|one| one.contact_number == CONTACT_NUMBER)
    };
    assert!(shown().await);
    ok(act(CONTACT_NUMBER, ConversationAction::Archive).await);
    assert!(!shown().await);
    ok(act(CONTACT_NUMBER, ConversationAction::Unarchive).await);
    assert!(shown().await);

    let stranger = act("+12125550178", ConversationAction::Read).await;
    refused_as(stranger, 404, "CONVERSATION_ITEM_NOT_FOUND");
    refused_as(
        act(CONTACT_NUMBER, "EXPLODE".into()).await,
        400,
        "INVALID_ACTION",
    );
}

pub(crate) async fn list_tags(harness: &Harness) {
    harness.control.add_tag("warm / cold");
    let tags = all(ok(harness.client.list_tags().send().await)).into_iter();
    let names: Vec<_> = tags.map(|tag| tag.name).collect();
    assert_eq!(
        names,
        [
            "interested",
            "call_back",
            "not_now",
            "demo_booked",
            "warm / cold"
        ]
    );
}

pub(crate) async fn add_tags(harness: &Harness) {
    let about = harness.fixtures().await;
    let add = |id: &str, tags: &[&str]| harness.client.add_tags(id, tags.iter().copied()).send();
    ok(add(&about.call, &["call_back", "not_now"]).await);
    assert_eq!(
        tags_of(harness, &about.call).await,
        ["interested", "call_back", "not_now"]
    );

    refused_as(add("cll-0000", &["not_now"]).await, 404, "CALL_NOT_FOUND");
    refused_as(
        add(&about.call, &["unheard of"]).await,
        404,
        "TAG_NOT_FOUND",
    );
    refused_as(
        add(&about.call, &["not_now"]).await,
        409,
        "TAG_ALREADY_EXISTS",
    );
}

pub(crate) async fn remove_tag(harness: &Harness) {
    let about = harness.fixtures().await;
    harness.control.add_tag("warm / cold");
    let tagged = harness
        .client
        .add_tags(&about.call, ["warm / cold"])
        .send()
        .await;
    ok(tagged);
    let remove = |id: &str, tag: &str| harness.client.remove_tag(id, tag).send();
    ok(remove(&about.call, "warm / cold").await);
    assert_eq!(tags_of(harness, &about.call).await, ["interested"]);
    refused_as(
        remove("cll-0000", "interested").await,
        404,
        "CALL_NOT_FOUND",
    );
    harness.control.absent_tags(AbsentTag::Refused);
    refused_as(remove(&about.call, "not_now").await, 404, "TAG_NOT_FOUND");
}

async fn tags_of(harness: &Harness, call: &str) -> Vec<String> {
    let item = ok(harness.client.get_conversation_item(call).send().await);
    item.tags.into_option().expect("tags")
}
