//! People by their numbers: created once, found by whatever notation, and never a stranger.

use std::sync::Arc;
use std::time::Duration;

use allo_client::power_dialer::Region;
use allo_client::types::CreatePersonRequest;
use allo_client::{Backoff, Client, Ensured, ErrorCode, Outcome};
use allo_sandbox::{Fault, FaultPlan};
use serde_json::{Value, json};
use tests::harness::Harness;
use tests::virtual_time::StillWhileSending;

pub(crate) const CREATE: &str = "createPerson";
pub(crate) const SEARCH: &str = "searchPeople";
const NUMBER: &str = "+12125550171";

/// A person with this number.
pub(crate) fn person(number: &str) -> CreatePersonRequest {
    CreatePersonRequest::new([number]).name("Ann")
}

/// A client that retries, for which time passes only between attempts.
pub(crate) fn retrying(harness: &Harness) -> Client {
    harness.client_with(|builder| {
        let builder = builder.max_attempts(3).pacer(StillWhileSending);
        builder.backoff(Backoff::new().seed(7))
    })
}

/// The operations that were requested, in order.
pub(crate) fn requested(harness: &Harness) -> Vec<&'static str> {
    let requests = harness.take_requests();
    requests.iter().filter_map(|one| one.operation).collect()
}

/// The ids of the people with this number.
pub(crate) async fn people_with(harness: &Harness, number: &str) -> Vec<String> {
    let people = harness.client.search_people().size(100).items();
    let people: Vec<_> = people.try_collect().await.unwrap();
    let people = people.into_iter().filter(|person| {
        let mut numbers = person.numbers.iter().flatten();
        numbers.any(|one| *one == *number)
    });
    let ids = people.map(|person| person.id.to_string()).collect();
    harness.control.clear_log();
    ids
}

/// A page of people, whatever the request was.
fn script_people(harness: &Harness, people: &[Value]) {
    let total = people.len();
    let page = json!({
        "data": people,
        "pagination": {
            "page": 1, "size": 100, "total_count": total, "total_pages": 1, "has_more": false,
        },
    });
    let headers = [("content-type", "application/json")];
    let scripted = harness
        .control
        .respond_once(SEARCH, 200, &headers, page.to_string());
    scripted.unwrap();
}

#[tokio::test]
async fn a_person_is_created_once_and_then_found_in_any_notation() {
    let harness = Harness::start().await;
    let people = harness.client.crm().people();
    let created = people.ensure(person(NUMBER)).await.unwrap();
    assert!(created.is_created());
    let body = harness.control.requests()[0].body.clone().unwrap();
    assert_eq!(body["allow_duplicate_number"], false);
    assert_eq!(requested(&harness), [CREATE]);
    let id = created.into_person().id;
    for notation in ["+1 212 555 0171", "001 (212) 555-0171", "2125550171"] {
        let us = Region::new("US").unwrap();
        let other = person(notation)
            .name("Someone")
            .allow_duplicate_number(true);
        let found = people.ensure(other).default_region(us).await.unwrap();
        let Ensured::Found(found) = found else {
            panic!("{notation} is created");
        };
        assert_eq!(found.id, id);
        assert_eq!(found.name.as_deref(), Some("Ann"), "nothing is changed");
        assert_eq!(requested(&harness), [CREATE, SEARCH]);
    }
    assert_eq!(people_with(&harness, NUMBER).await, [id.to_string()]);
}

#[tokio::test(start_paused = true)]
async fn a_stranger_whose_number_only_looks_similar_is_never_returned() {
    let harness = Harness::start().await;
    let people = harness.client.crm().people();
    for similar in ["+12125550172", "+442125550171", "+33212555017"] {
        let stranger = harness.client.create_person([similar]);
        stranger.send().await.unwrap();
    }
    let created = people.ensure(person(NUMBER)).await.unwrap();
    assert!(created.is_created());
    // A search that ignores its filter returns everybody, strangers first.
    let stranger = |id: &str, number: &str| json!({"id": id, "numbers": [number]});
    let all = [
        stranger("per-1", "+12125550172"),
        stranger("per-2", "+442125550171"),
        stranger("per-3", "2125550171"),
        stranger("per-4", "+1 212 555 0171"),
        json!({"id": "per-5", "numbers": []}),
    ];
    script_people(&harness, &all);
    let found = people.ensure(person(NUMBER)).await.unwrap();
    assert!(!found.is_created());
    assert_eq!(found.person().id.to_string(), "per-4");
    // Without the one who has the number, nobody is returned.
    harness.control.clear_log();
    for _ in 0..4 {
        script_people(&harness, &all[..3]);
    }
    let error = people.ensure(person(NUMBER)).await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::NumberAlreadyAssigned));
    let requests = [&[CREATE][..], &[SEARCH; 4]].concat();
    assert_eq!(requested(&harness), requests);
}

#[tokio::test]
async fn several_people_with_the_number_are_an_error_that_lists_their_ids() {
    let harness = Harness::start().await;
    let twin = || {
        let twin = harness.client.create_person([NUMBER]);
        twin.allow_duplicate_number(true).send()
    };
    let mut ids =
        [twin().await, twin().await].map(|twin| twin.unwrap().into_inner().id.to_string());
    ids.sort();
    let error = harness
        .client
        .crm()
        .people()
        .ensure(person(NUMBER))
        .await
        .unwrap_err();
    assert!(error.is_ambiguous_person());
    let text = format!("{error} {error:?}");
    assert!(text.contains(&ids.join(", ")), "{text}");
    assert!(!text.contains("5550171") && !text.contains("Ann"), "{text}");
    assert_eq!(error.outcome(), &Outcome::NotExecuted);
    assert_eq!(people_with(&harness, NUMBER).await.len(), 2);
}

#[tokio::test]
async fn two_numbers_of_two_people_are_ambiguous_and_of_one_are_found() {
    let harness = Harness::start().await;
    let people = harness.client.crm().people();
    let (one, other) = ("+12125550173", "+12125550174");
    let first = people.ensure(person(one)).await.unwrap().into_person();
    let both = || CreatePersonRequest::new([one, other]);
    let found = people.ensure(both()).await.unwrap();
    assert_eq!(found.person().id, first.id);
    people.ensure(person(other)).await.unwrap();
    let error = people.ensure(both()).await.unwrap_err();
    assert!(error.is_ambiguous_person());
}

#[tokio::test]
async fn of_many_concurrent_creators_one_creates_and_the_others_find() {
    let harness = Harness::start().await;
    let people = Arc::new(harness.client.crm().people());
    let tasks = (0..16).map(|_| {
        let people = Arc::clone(&people);
        tokio::spawn(async move { people.ensure(person(NUMBER)).await.unwrap() })
    });
    let mut all = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        all.push(task.await.unwrap());
    }
    let created = all.iter().filter(|one| one.is_created()).count();
    assert_eq!(created, 1);
    let id = &all[0].person().id;
    assert!(all.iter().all(|one| one.person().id == *id));
    assert_eq!(people_with(&harness, NUMBER).await, [id.to_string()]);
}

#[tokio::test(start_paused = true)]
async fn a_search_that_lags_behind_the_other_creator_is_repeated() {
    let harness = Harness::start().await;
    let people = harness.client.crm().people();
    let id = people.ensure(person(NUMBER)).await.unwrap();
    script_people(&harness, &[]);
    script_people(&harness, &[]);
    harness.control.clear_log();
    let found = people.ensure(person(NUMBER)).await.unwrap();
    assert_eq!(found.person().id, id.person().id);
    assert_eq!(requested(&harness), [CREATE, SEARCH, SEARCH, SEARCH]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_is_retried_by_its_key_and_then_looked_up() {
    let harness = Harness::start().await;
    let client = retrying(&harness);
    let lost = |times| {
        let plan = FaultPlan::new(1).on(CREATE).times(times);
        plan.inject(Fault::ResetAfterExecution)
    };
    // The second attempt gets the response of the first.
    harness.control.set_faults(lost(1)).unwrap();
    let created = client.crm().people().ensure(person(NUMBER)).await.unwrap();
    assert!(created.is_created());
    assert_eq!(requested(&harness), [CREATE; 2]);
    assert_eq!(people_with(&harness, NUMBER).await.len(), 1);
    // No attempt gets a response: the person is looked up.
    let other = "+12125550175";
    harness.control.set_faults(lost(3)).unwrap();
    let found = client.crm().people().ensure(person(other)).await.unwrap();
    assert!(!found.is_created());
    assert_eq!(requested(&harness), [CREATE, CREATE, CREATE, SEARCH]);
    let id = found.person().id.to_string();
    assert_eq!(people_with(&harness, other).await, [id]);
}

#[tokio::test(start_paused = true)]
async fn a_person_in_doubt_who_is_not_found_is_an_unknown_outcome() {
    let harness = Harness::start().await;
    let client = retrying(&harness);
    let plan = FaultPlan::new(1).on(CREATE).times(3);
    let plan = plan.inject(Fault::ResetBeforeExecution);
    harness.control.set_faults(plan).unwrap();
    let error = client
        .crm()
        .people()
        .ensure(person(NUMBER))
        .await
        .unwrap_err();
    assert!(
        matches!(error.outcome(), Outcome::Unknown { .. }),
        "{error}"
    );
    assert!(people_with(&harness, NUMBER).await.is_empty());
    // The same call again is safe.
    let again = client.crm().people().ensure(person(NUMBER)).await.unwrap();
    assert!(again.is_created());
}

#[tokio::test]
async fn what_is_no_number_is_refused_before_anything_is_sent() {
    let harness = Harness::start().await;
    let people = harness.client.crm().people();
    for numbers in [vec![], vec!["2125550171"], vec![NUMBER, "nobody"]] {
        let error = people
            .ensure(CreatePersonRequest::new(numbers))
            .await
            .unwrap_err();
        assert!(error.is_invalid_request(), "{error}");
        assert_eq!(error.param(), Some("numbers"));
    }
    assert!(harness.take_requests().is_empty());
}

#[tokio::test]
async fn a_person_who_cannot_be_decoded_may_have_the_number() {
    let harness = Harness::start().await;
    let people = harness.client.crm().people();
    people.ensure(person(NUMBER)).await.unwrap();
    script_people(&harness, &[json!({"id": 7, "numbers": [NUMBER]})]);
    let error = people.ensure(person(NUMBER)).await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert!(!error.to_string().contains("5550171"), "{error}");
}

#[tokio::test]
async fn other_refusals_are_returned_as_they_are() {
    let harness = Harness::start().await;
    let people = harness.client.crm().people();
    let error = people
        .ensure(person(NUMBER).company_id("com-none"))
        .options(|o| o.with_timeout(Duration::from_secs(5)))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(422), "{error}");
    assert_eq!(requested(&harness), [CREATE]);
}
