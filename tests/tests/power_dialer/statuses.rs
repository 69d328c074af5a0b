//! Each status of a lead, once.

use allo_client::power_dialer::{Duplicates, Region};
use tests::harness::Harness;

use crate::setup::{as_queued, leads, marie, queued, statuses};

#[tokio::test]
async fn every_lead_is_added_in_order() {
    let harness = Harness::start().await;
    let leads = leads(250);
    let report = marie(&harness.client).push(leads.clone()).await.unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(statuses(&report)[249], "added 249");
    assert_eq!(queued(&harness), as_queued(&leads));
    assert_eq!(report.requests, 4);
}

#[tokio::test]
async fn invalid_leads_are_rejected_with_their_reason() {
    let harness = Harness::start().await;
    let push = marie(&harness.client).push([
        "01 99 00 12 34",
        "",
        "call me",
        "+33 1 99 00 12 35 ext. 7",
        "+1 212 555",
        "+33 1 99 00 12 34",
        "+1 (212) 555-0100",
    ]);
    let push = push.duplicates(Duplicates::DropInList);
    let report = push
        .default_region(Region::new("FR").unwrap())
        .await
        .unwrap();
    let expected = [
        "added 0",
        "rejected empty",
        "rejected not_a_number",
        "rejected extension",
        "rejected invalid_number",
        "rejected duplicate_in_list",
        "added 1",
    ];
    assert_eq!(statuses(&report), expected);
    let numbers: Vec<_> = queued(&harness)
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(numbers, ["+33199001234", "+12125550100"]);
}
