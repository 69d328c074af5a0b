//! Every paginated operation, whatever its version, method and envelope: 250 items on three pages, resumed from a
//! stored cursor, and read past an empty page; and lists of servers that lie or are slow. The other promises about
//! lists are in `pagination`.

use std::collections::HashSet;
use std::time::Duration;

use allo_client::operation::{Operation, Place};
use allo_client::types::{OutboundExtend, Stage as FunnelStage};
use allo_client::{Cursor, Items, Paginated, operations};
use allo_sandbox::{CallRecord, LoggedRequest, PhoneNumber};
use serde::Serialize;
use serde_json::{Value, json};
use tests::calls::week;
use tests::coverage::PAGED;
use tests::harness::{Harness, MARIE};
use tests::lying_lists;
use tests::virtual_time::ticking;

const COUNT: usize = 250;
const SIZE: u64 = 100;
/// A phone number with exactly these calls.
const BUSY_LINE: &str = "+12125550109";

/// The n-th number of the range reserved for fiction, none of them in the demo team.
fn number(index: usize) -> String {
    format!("+3319900{:04}", 1_000 + index)
}

/// Runs the checks on a list of exactly [`COUNT`] items.
async fn check(operation: &Operation) {
    let harness = Harness::start().await;
    let c = &harness.client;
    match operation.id {
        "getCurrentDialingQueue" => {
            harness.fill(COUNT).await;
            reads(
                operation,
                &harness,
                c.get_current_dialing_queue().size(SIZE),
            )
            .await;
        }
        "searchCalls" => {
            calls(&harness);
            reads(operation, &harness, c.search_calls(BUSY_LINE).size(SIZE)).await;
        }
        "searchContacts" => {
            // The demo team has seven.
            for index in 7..COUNT {
                harness.control.add_contact("Toni", [number(index)]);
            }
            reads(operation, &harness, c.search_contacts().size(SIZE)).await;
        }
        "getContactConversation" => {
            calls(&harness);
            let contact = harness.control.add_contact("Toni", (0..COUNT).map(number));
            let history = c.get_contact_conversation(contact).size(SIZE);
            reads(operation, &harness, history).await;
        }
        "listConversations" => {
            calls(&harness);
            reads(
                operation,
                &harness,
                c.list_conversations(BUSY_LINE).size(SIZE),
            )
            .await;
        }
        "searchAllConversations" => {
            calls(&harness);
            let search = c.search_all_conversations().allo_number(BUSY_LINE);
            reads(operation, &harness, search.size(SIZE)).await;
        }
        "getAnalyticsOutbound" => {
            calls(&harness);
            let drilldown = c.get_analytics_outbound(week()).allo_numbers([BUSY_LINE]);
            let drilldown = drilldown
                .extend(OutboundExtend::Items)
                .stage(FunnelStage::Dial);
            reads(operation, &harness, drilldown.size(SIZE)).await;
        }
        "searchPeople" => {
            // The demo team has seven.
            for index in 7..COUNT {
                c.create_person([number(index)])
                    .send()
                    .await
                    .expect("a person");
            }
            reads(operation, &harness, c.search_people().size(SIZE)).await;
        }
        "searchCompanies" => {
            // The demo team has four.
            for index in 4..COUNT {
                let name = format!("Shop {index}");
                c.create_company(name).send().await.expect("a company");
            }
            reads(operation, &harness, c.search_companies().size(SIZE)).await;
        }
        "searchDeals" => {
            // The demo team has three.
            for index in 3..COUNT {
                let name = format!("Offer {index}");
                c.create_deal(name).send().await.expect("a deal");
            }
            reads(operation, &harness, c.search_deals().size(SIZE)).await;
        }
        new => panic!("{new} is in PAGED of tests/src/coverage.rs: add its row here as well"),
    }
}

/// A call of the busy number with each contact.
fn calls(harness: &Harness) {
    let users = [harness.id_of(MARIE)];
    harness
        .control
        .add_phone_number(PhoneNumber::number(BUSY_LINE, "US").users(&users));
    for index in 0..COUNT {
        let call = CallRecord::outbound(BUSY_LINE, number(index)).user(&users[0]);
        harness
            .control
            .add_call(call.answered(Duration::from_secs(30)));
    }
}

async fn reads<P: Paginated>(operation: &Operation, harness: &Harness, request: P)
where
    P::Item: Serialize,
{
    harness.control.clear_log();
    let id = operation.id;
    let items = rest(request.clone().items()).await;
    let distinct: HashSet<String> = items.iter().map(Value::to_string).collect();
    assert_eq!(
        (items.len(), distinct.len()),
        (COUNT, COUNT),
        "{id}: each once"
    );
    let exchanges = harness.take_requests();
    let first = operation.pagination.expect("pages").first;
    assert_eq!(
        asked(operation, &exchanges),
        [first, first + 1, first + 2],
        "{id}"
    );

    for read in [0, 1, 99, 100, 137, COUNT] {
        let mut reader = request.clone().items();
        for _ in 0..read {
            reader.try_next().await.expect("an item").expect("one more");
        }
        let stored = serde_json::to_string(&reader.cursor()).expect("JSON");
        let cursor: Cursor = serde_json::from_str(&stored).expect("a cursor");
        let resumed = rest(request.clone().start_at(cursor).items()).await;
        assert_eq!(resumed, items[read..], "{id} after {read}");
    }

    for (index, exchange) in exchanges.iter().enumerate() {
        let mut body = exchange.response_body().expect("JSON");
        if index == 1 {
            *items_of(operation, &mut body) = json!([]);
        }
        let headers = [("content-type", "application/json")];
        let scripted = harness
            .control
            .respond_once(id, 200, &headers, body.to_string());
        scripted.expect("an answer");
    }
    let around = rest(request.items()).await;
    assert_eq!(
        around,
        [&items[..100], &items[200..]].concat(),
        "{id}: an empty page is no end"
    );
}

async fn rest<P: Paginated>(mut items: Items<P>) -> Vec<Value>
where
    P::Item: Serialize,
{
    let mut read = Vec::new();
    while let Some(item) = items.try_next().await.expect("an item") {
        read.push(serde_json::to_value(item).expect("JSON"));
    }
    read
}

/// The requested pages; a request without a page requests the first one.
fn asked(operation: &Operation, exchanges: &[LoggedRequest]) -> Vec<u64> {
    let pages = operation.pagination.expect("pages");
    let page = |exchange: &LoggedRequest| match pages.place {
        Place::Body => exchange.body.as_ref()?[pages.page].as_u64(),
        _ => {
            let mut query = exchange.query.iter();
            query.find(|(name, _)| name == pages.page)?.1.parse().ok()
        }
    };
    exchanges
        .iter()
        .map(|exchange| page(exchange).unwrap_or(pages.first))
        .collect()
}

/// The list in a response.
fn items_of<'a>(operation: &Operation, body: &'a mut Value) -> &'a mut Value {
    let path = operation.pagination.expect("pages").items.replace('.', "/");
    // Some operations return the content of the envelope; the location of the list is derived from
    // it.
    let whole = format!("/{path}");
    let inside = format!("/data/{path}");
    let place = if body.pointer(&whole).is_some() {
        whole
    } else {
        inside
    };
    body.pointer_mut(&place).expect("a list")
}

#[tokio::test]
async fn every_paginated_operation_is_read_to_the_end() {
    let mut checked = 0;
    for operation in operations::ALL {
        // The test of conformance reports a missing operation.
        if PAGED.contains(&operation.id) {
            assert!(operation.pagination.is_some(), "{}", operation.id);
            check(operation).await;
            checked += 1;
        }
    }
    println!("{checked} operations answer in pages");
    assert_eq!(checked, PAGED.len());
}

#[tokio::test]
async fn servers_that_lie_end_every_list_and_are_never_believed_too_much() {
    let tally = lying_lists::run(0..100).await;
    let tally = tally.unwrap_or_else(|problem| panic!("{problem}"));
    println!("{tally}");
    // The cases are fixed: each kind of result is among them.
    assert!(tally.honest > 10 && tally.failed > 10 && tally.moved > 5 && tally.exact > 5);
}

#[tokio::test(start_paused = true)]
async fn a_list_has_one_deadline_for_all_its_requests() {
    let harness = Harness::start().await;
    harness.fill(30).await;
    let client = harness.client_with(|builder| builder.max_attempts(1));
    let hold = harness.control.hold_next("getCurrentDialingQueue").unwrap();
    let limit = Duration::from_secs(3);
    let read = async move {
        let start = tokio::time::Instant::now();
        let mut items = client.get_current_dialing_queue().size(10).items();
        items = items.deadline(limit);
        let error = items.try_next().await.unwrap_err();
        (
            error,
            start.elapsed(),
            items.try_next().await,
            items.cursor(),
        )
    };
    let (error, elapsed, after, cursor) = ticking(read).await;
    drop(hold);
    assert!(error.is_timeout() || error.is_deadline(), "{error}");
    assert!(elapsed >= limit && elapsed < 2 * limit, "{elapsed:?}");
    assert!(after.unwrap().is_none());
    assert_eq!((cursor.page(), cursor.offset()), (1, 0));
}
