//! The CRM: people, companies and deals.

use allo_client::types::{CompanyFilters, CrmSort, DealFilters, PeopleFilters};
use allo_client::{Amount, Nullable};
use tests::harness::Harness;

use crate::support::{all, done, ok, refused, refused_as};

const NUMBER: &str = "+12125550143";
const INVALID: &str = "INVALID_REQUEST_BODY";

pub(crate) async fn create_person(harness: &Harness) {
    let about = harness.fixtures().await;
    let create = || harness.client.create_person([NUMBER]).name("Bo".to_owned());
    let made = create().emails(vec!["bo@example.com".to_owned()]);
    let made = ok(made.company_id(about.company.clone()).send().await);
    assert_eq!(made.name.as_deref(), Some("Bo"));
    assert_eq!(made.company.into_option().unwrap().id, about.company);
    assert!(made.job_title.is_null() && made.last_activity_at.is_null());

    let error = refused_as(create().send().await, 409, "NUMBER_ALREADY_ASSIGNED");
    assert!(error.is_conflict());
    ok(create().allow_duplicate_number(true).send().await);
    let nowhere = harness.client.create_person(["+12125550144"]);
    let error = refused_as(
        nowhere.company_id("cmp-0000".to_owned()).send().await,
        422,
        INVALID,
    );
    assert_eq!(error.param(), Some("company_id"));
    refused(harness.client.create_person(["12"]).send().await, 422);
}

pub(crate) async fn get_person(harness: &Harness) {
    let about = harness.fixtures().await;
    let found = ok(harness.client.get_person(&about.person).send().await);
    assert_eq!(found.id, about.person);
    assert_eq!(found.numbers, Some(vec!["+12125550142".into()]));
    let unknown = harness.client.get_person("per-0000").send().await;
    refused_as(unknown, 404, "PERSON_NOT_FOUND");
}

pub(crate) async fn update_person(harness: &Harness) {
    let about = harness.fixtures().await;
    let update = |id: &str| harness.client.update_person(id);
    let named = update(&about.person)
        .name("Bo".to_owned())
        .job_title("Baker".to_owned());
    ok(named.send().await);
    let changed = ok(update(&about.person).job_title(Nullable::Null).send().await);
    assert!(changed.job_title.is_null(), "null clears");
    assert_eq!(changed.name.as_deref(), Some("Bo"), "absent keeps");

    refused_as(
        update("per-0000").name("No".to_owned()).send().await,
        404,
        "PERSON_NOT_FOUND",
    );
    let nowhere = update(&about.person).company_id("cmp-0000".to_owned());
    refused_as(nowhere.send().await, 422, INVALID);
}

pub(crate) async fn search_people(harness: &Harness) {
    let search = || harness.client.search_people();
    let names = |list| {
        let people = all(list).into_iter();
        people
            .filter_map(|person: allo_client::types::Person| person.name.into_option())
            .collect::<Vec<_>>()
    };
    let by_name = ok(search().sort(CrmSort::NameAsc).size(3).send().await);
    assert_eq!(
        by_name
            .pagination
            .as_ref()
            .and_then(|pages| pages.total_count),
        Some(7)
    );
    assert_eq!(names(by_name.data), ["Dana", "Luc", "Mei"]);
    let filters = PeopleFilters::new().company("Fjord Outdoor");
    let filtered = ok(search().filters(filters).send().await);
    assert_eq!(names(filtered.data), ["Theo"]);
    let found = ok(search().search("ferreira".to_owned()).send().await);
    assert_eq!(names(found.data), ["Rosa"]);

    let nothing = search().search("?!".to_owned()).send().await;
    refused_as(nothing, 422, "INVALID_SEARCH_QUERY");
    refused_as(
        search().sort(CrmSort::from("SIDEWAYS")).send().await,
        422,
        INVALID,
    );
}

pub(crate) async fn create_company(harness: &Harness) {
    let create = harness.client.create_company("Alder Street Books");
    let made = done(create.industry("Books".to_owned()).send().await, 201);
    assert_eq!(made.name, "Alder Street Books");
    assert_eq!((made.person_count, made.interactions), (Some(0), Some(0)));
    assert!(made.website.is_null() && made.last_activity_at.is_null());
    refused_as(harness.client.create_company("").send().await, 422, INVALID);
}

pub(crate) async fn get_company(harness: &Harness) {
    let about = harness.fixtures().await;
    let client = &harness.client;
    let employed = client
        .create_person([NUMBER])
        .company_id(about.company.clone());
    ok(employed.send().await);
    let found = ok(client.get_company(&about.company).send().await);
    assert_eq!(
        (found.name.as_str(), found.person_count),
        ("Ferry Road Paper", Some(1))
    );
    refused_as(
        client.get_company("cmp-0000").send().await,
        404,
        "COMPANY_NOT_FOUND",
    );
}

pub(crate) async fn update_company(harness: &Harness) {
    let about = harness.fixtures().await;
    let update = |id: &str| harness.client.update_company(id);
    ok(update(&about.company)
        .industry("Paper".to_owned())
        .send()
        .await);
    let renamed = ok(update(&about.company)
        .name("Ferry Road".to_owned())
        .send()
        .await);
    assert_eq!(
        (renamed.name.as_str(), renamed.industry.as_deref()),
        ("Ferry Road", Some("Paper"))
    );
    let cleared = ok(update(&about.company).industry(Nullable::Null).send().await);
    assert!(cleared.industry.is_null());

    refused_as(
        update("cmp-0000").name("No".to_owned()).send().await,
        404,
        "COMPANY_NOT_FOUND",
    );
    refused_as(
        update(&about.company).name(String::new()).send().await,
        422,
        INVALID,
    );
}

pub(crate) async fn search_companies(harness: &Harness) {
    let search = || harness.client.search_companies();
    let names = |list| {
        let companies = all(list).into_iter();
        companies
            .map(|company: allo_client::types::Company| company.name)
            .collect::<Vec<_>>()
    };
    let sorted = ok(search().sort(CrmSort::NameDesc).size(2).send().await);
    assert_eq!(names(sorted.data), ["Moreau Cycles", "Fjord Outdoor"]);
    let filters = CompanyFilters::new().industry("Printing");
    let filtered = ok(search().filters(filters).send().await);
    assert_eq!(names(filtered.data), ["Ferreira Prints"]);
    refused_as(
        search().sort(CrmSort::from("SIDEWAYS")).send().await,
        422,
        INVALID,
    );
}

pub(crate) async fn create_deal(harness: &Harness) {
    let about = harness.fixtures().await;
    let create = || harness.client.create_deal("Shelves");
    let cents: Amount = "1249.95".parse().expect("an amount");
    let deal = create().amount(cents.clone()).currency("EUR".to_owned());
    let deal = done(deal.company_id(about.company.clone()).send().await, 201);
    assert_eq!(deal.amount, Nullable::Value(cents), "not a cent is lost");
    assert_eq!(deal.currency.as_deref(), Some("EUR"));
    assert_eq!(deal.company.into_option().unwrap().id, about.company);
    assert!(deal.closed_at.is_null());
    let nowhere = create().company_id("cmp-0000".to_owned()).send().await;
    refused_as(nowhere, 422, INVALID);
}

pub(crate) async fn get_deal(harness: &Harness) {
    let about = harness.fixtures().await;
    let found = ok(harness.client.get_deal(&about.deal).send().await);
    assert_eq!(found.id, about.deal);
    assert_eq!(found.name, "Envelopes");
    refused_as(
        harness.client.get_deal("dea-0000").send().await,
        404,
        "DEAL_NOT_FOUND",
    );
}

pub(crate) async fn update_deal(harness: &Harness) {
    let about = harness.fixtures().await;
    let update = |id: &str| harness.client.update_deal(id);
    let closed: allo_client::Timestamp = "2026-02-27T16:00:00Z".parse().expect("a time");
    let won = update(&about.deal)
        .status("won".to_owned())
        .closed_at(closed.clone());
    let won = ok(won.send().await);
    assert_eq!(won.status.as_deref(), Some("won"));
    assert_eq!(
        won.closed_at.as_option().map(|time| time.instant()),
        Some(closed.instant())
    );
    let reopened = ok(update(&about.deal).closed_at(Nullable::Null).send().await);
    assert!(reopened.closed_at.is_null());
    assert_eq!(reopened.status.as_deref(), Some("won"), "absent keeps");

    refused_as(
        update("dea-0000").status("won".to_owned()).send().await,
        404,
        "DEAL_NOT_FOUND",
    );
    let nowhere = update(&about.deal).company_id("cmp-0000".to_owned());
    refused_as(nowhere.send().await, 422, INVALID);
}

pub(crate) async fn delete_deal(harness: &Harness) {
    let about = harness.fixtures().await;
    let delete = || harness.client.delete_deal(&about.deal).send();
    done(delete().await, 204);
    refused_as(delete().await, 404, "DEAL_NOT_FOUND");
    refused_as(
        harness.client.get_deal(&about.deal).send().await,
        404,
        "DEAL_NOT_FOUND",
    );
}

pub(crate) async fn search_deals(harness: &Harness) {
    let search = || harness.client.search_deals();
    let names = |list| {
        let deals = all(list).into_iter();
        deals
            .map(|deal: allo_client::types::Deal| deal.name)
            .collect::<Vec<_>>()
    };
    let sorted = ok(search().sort(CrmSort::NameAsc).send().await);
    assert_eq!(
        names(sorted.data),
        ["Oven lease", "Poster run", "Workshop phones"]
    );
    let filtered = ok(search()
        .filters(DealFilters::new().stage("WON"))
        .send()
        .await);
    assert_eq!(names(filtered.data), ["Poster run"]);
    let found = ok(search().search("oven".to_owned()).send().await);
    assert_eq!(names(found.data), ["Oven lease"]);
    let nothing = search().search("?!".to_owned()).send().await;
    refused_as(nothing, 422, "INVALID_SEARCH_QUERY");
}
