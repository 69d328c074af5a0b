//! Calls, messages and numbers of the team, mostly in the first version of the API.

use std::time::Duration;

use allo_client::Nullable;
use allo_client::types::{CallResult, Direction, TeamNumberKind};
use allo_sandbox::CallRecord;
use tests::fixtures::{CONTACT_NUMBER, LINE, MUTE_LINE, SENDER_ID};
use tests::harness::{Harness, MARIE};

use crate::support::{all, ok, refused_as};

pub(crate) async fn search_calls(harness: &Harness) {
    let call = CallRecord::outbound(LINE, CONTACT_NUMBER).user(harness.id_of(MARIE));
    let call = call.answered(Duration::from_secs(90)).summary("Agreed.");
    let id = harness.control.add_call(call);
    let search = harness
        .client
        .search_calls(LINE)
        .contact_number(CONTACT_NUMBER);
    let page = ok(search.size(5).send().await).data;
    let calls = all(page.results.expect("results"));
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].id, id);
    assert_eq!(calls[0].length_in_minutes, Some(1.5));
    assert_eq!(calls[0].result, Some(CallResult::Answered));
    assert_eq!(calls[0].kind, Direction::Outbound.into());
    assert_eq!(calls[0].summary.as_deref(), Some("Agreed."));
    let metadata = page.metadata.expect("metadata");
    assert_eq!(
        (metadata.current_page, metadata.total_pages),
        (Some(0), Some(1))
    );

    refused_as(
        harness.client.search_calls("12").send().await,
        400,
        "INVALID_PHONE_FORMAT",
    );
}

pub(crate) async fn list_numbers_v1(harness: &Harness) {
    let numbers = all(ok(harness.client.list_numbers_v1().send().await));
    let main = &numbers[0];
    assert_eq!(main.number, Nullable::from(LINE));
    assert_eq!(
        (main.name.as_deref(), main.is_shared_number),
        (Some("Main line"), Some(true))
    );
}

pub(crate) async fn list_numbers(harness: &Harness) {
    let numbers = all(ok(harness.client.list_numbers().send().await));
    let [lines, names]: [Vec<_>; 2] =
        [TeamNumberKind::Number, TeamNumberKind::SenderId].map(|kind| {
            numbers
                .iter()
                .filter(|one| one.kind.as_ref() == Some(&kind))
                .collect()
        });
    assert_eq!((lines.len(), names.len()), (5, 2));
    assert_eq!(lines[0].number, Nullable::from(LINE));
    assert_eq!(lines[0].users.as_ref().map(|users| users.len()), Some(3));
    assert!(names[0].number.is_null());
    assert_eq!(names[0].name.as_deref(), Some(SENDER_ID));
}

pub(crate) async fn send_sms(harness: &Harness) {
    let send = |from: &str, to: &str| {
        harness
            .client
            .send_sms()
            .from(from)
            .to(to)
            .text("See you at four.")
            .send()
    };
    let sent = ok(send(LINE, CONTACT_NUMBER).await);
    assert_eq!(sent.from_number, Nullable::from(LINE));
    assert_eq!(sent.to_number, Some(CONTACT_NUMBER.into()));
    assert!(sent.sender_id.as_option().is_none());
    let kept = harness.control.messages().into_iter();
    let kept: Vec<_> = kept
        .filter(|one| one.contact_number == CONTACT_NUMBER)
        .collect();
    assert_eq!(
        (kept.len(), kept[0].content.as_str()),
        (1, "See you at four.")
    );

    for (from, to, status, code) in [
        ("+12125550177", CONTACT_NUMBER, 400, "FROM_NUMBER_NOT_FOUND"),
        (MUTE_LINE, CONTACT_NUMBER, 400, "NUMBER_NOT_SMS_ENABLED"),
        (LINE, "+33199000121", 400, "TO_NUMBER_COUNTRY_MISMATCH"),
        (LINE, "12", 400, "INVALID_TO_NUMBER"),
        (
            "+33199000110",
            CONTACT_NUMBER,
            400,
            "PROVIDER_NOT_SUPPORTED",
        ),
        ("+12125550103", CONTACT_NUMBER, 403, "A2P_NOT_ENABLED"),
    ] {
        refused_as(send(from, to).await, status, code);
    }
}

pub(crate) async fn send_sms_france(harness: &Harness) {
    let to = "+33199000121";
    let send = |sender: &str, to: &str| {
        harness
            .client
            .send_sms_france()
            .sender_id(sender)
            .to(to)
            .text("À demain.")
            .send()
    };
    let sent = ok(send(SENDER_ID, to).await);
    assert_eq!(sent.sender_id.as_deref(), Some(SENDER_ID));
    assert!(sent.from_number.as_option().is_none());
    assert_eq!(sent.content.as_deref(), Some("À demain."));

    for (sender, to, code) in [
        ("NOBODY", to, "INVALID_SENDER_ID"),
        ("LARCHNEW", to, "SENDER_ID_NOT_ACTIVE"),
        (SENDER_ID, CONTACT_NUMBER, "INVALID_TO_NUMBER"),
    ] {
        refused_as(send(sender, to).await, 400, code);
    }
}
