//! A list of people: the status of each, resuming from a journal after any interruption.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use allo_client::types::CreatePersonRequest;
use allo_client::{Client, EnsureAll, EnsureReport, Error, PersonStatus};
use allo_sandbox::{Fault, FaultPlan};
use tests::harness::Harness;

use super::ensure::{CREATE, SEARCH, people_with, person, requested, retrying};

/// The number of people of an import that is interrupted.
const PEOPLE: usize = 4;

/// People with distinct numbers, reserved for fiction in France.
fn people(count: usize) -> Vec<CreatePersonRequest> {
    let one = |index: usize| person(&number(index));
    (0..count).map(one).collect()
}

fn number(index: usize) -> String {
    format!("+3319900{index:04}")
}

fn import(client: &Client, people: Vec<CreatePersonRequest>, journal: &Path) -> EnsureAll {
    client.crm().people().ensure_all(people).journal(journal)
}

/// The statuses as short strings.
fn statuses(report: &EnsureReport) -> Vec<String> {
    let word = |status: &PersonStatus| match status {
        PersonStatus::Created { .. } => "created".to_owned(),
        PersonStatus::Found { .. } => "found".to_owned(),
        PersonStatus::Ambiguous { ids } => format!("ambiguous {}", ids.len()),
        PersonStatus::Rejected { reason } => format!("rejected {}", reason.code()),
        PersonStatus::Refused { reason } => format!("refused {reason}"),
        PersonStatus::Unknown => "unknown".to_owned(),
        PersonStatus::NotSent => "not sent".to_owned(),
        other => panic!("a status without a word: {other:?}"),
    };
    report.people.iter().map(|one| word(&one.status)).collect()
}

/// Asserts that each of the first people exists once, with the id of the report.
async fn assert_each_exists_once(harness: &Harness, report: &EnsureReport) {
    let all = harness.client.search_people().size(100).items();
    let all: Vec<_> = all.try_collect().await.unwrap();
    harness.control.clear_log();
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for person in &all {
        for number in person.numbers.iter().flatten() {
            let ids = ids.entry(number.to_string()).or_default();
            ids.push(person.id.to_string());
        }
    }
    for (index, person) in report.people.iter().enumerate() {
        let id = person.status.id().expect("created or found");
        assert_eq!(ids[&number(index)], [id], "person {index}");
    }
}

/// Polls an import `polls` times, then drops it. Returns its result if it ended before.
async fn drop_after(polls: usize, import: EnsureAll) -> Option<Result<EnsureReport, Error>> {
    let mut import = Box::pin(import.send());
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match import.as_mut().poll(context) {
            Poll::Ready(end) => Poll::Ready(Some(end)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn every_person_has_a_status_and_no_one_keeps_others_from_theirs() {
    let harness = Harness::start().await;
    let client = &harness.client;
    let taken = client.crm().people().ensure(person(&number(1)));
    let taken = taken.await.unwrap().into_person();
    for _ in 0..2 {
        let twin = client.create_person([number(2)]);
        twin.allow_duplicate_number(true).send().await.unwrap();
    }
    harness.control.clear_log();
    let mut list = people(5);
    list[3] = person("nobody");
    list[4] = person(&number(4)).company_id("com-none");
    // The first one again, in another notation.
    list.push(person("0033 1 99 00 00 00"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&seen);
    let import = client.crm().people().ensure_all(list);
    let report = import
        .on_progress(move |one| hook.lock().unwrap().push(one.input))
        .await
        .unwrap();
    let expected = [
        "created",
        "found",
        "ambiguous 2",
        "rejected not_a_number",
        "refused INVALID_REQUEST_BODY",
        "found",
    ];
    assert_eq!(statuses(&report), expected);
    assert_eq!(report.people[1].status.id(), Some(&*taken.id.to_string()));
    assert_eq!(report.people[0].status.id(), report.people[5].status.id());
    assert!(report.stopped().is_none() && !report.is_complete());
    assert_eq!(*seen.lock().unwrap(), [0, 1, 2, 4, 5]);
    // A creation each, and a search for those who exist; none for the one who is in the list twice.
    let expected = [CREATE, CREATE, SEARCH, CREATE, SEARCH, CREATE];
    assert_eq!(requested(&harness), expected);
    assert_eq!(report.requests, 6);
    let counts = report.counts();
    let counted = (
        counts.created,
        counts.found,
        counts.ambiguous,
        counts.rejected,
    );
    assert_eq!((counted, counts.refused), ((1, 2, 1, 1), 1));
    let shown = format!("{report:?} {:?}", report.people);
    assert!(!shown.contains("1990") && !shown.contains("Ann"), "{shown}");
}

/// Drops an import after each possible number of polls, and resumes it. Returns how many there are.
async fn at_every_await(plan: FaultPlan) -> usize {
    let directory = tempfile::tempdir().unwrap();
    for polls in 0.. {
        let harness = Harness::start().await;
        harness.control.set_faults(plan.clone()).unwrap();
        let client = retrying(&harness);
        let journal = directory.path().join(polls.to_string());
        let ended = drop_after(polls, import(&client, people(PEOPLE), &journal)).await;
        let report = import(&client, people(PEOPLE), &journal).await.unwrap();
        assert!(report.is_complete(), "after {polls} polls: {report:?}");
        // Whoever this import has created is reported as created, by the replayed response.
        assert_eq!(
            statuses(&report),
            ["created"; PEOPLE],
            "after {polls} polls"
        );
        assert_each_exists_once(&harness, &report).await;
        if ended.is_some() {
            return polls;
        }
    }
    unreachable!("an import ends")
}

#[tokio::test(start_paused = true)]
async fn an_import_that_is_dropped_at_every_await_is_resumed() {
    let points = at_every_await(FaultPlan::new(1)).await;
    assert!(points > 3 * PEOPLE, "only {points} points");
    // The response to the first attempt of each creation is lost, so a dropped one was executed.
    let plan = FaultPlan::new(1).on(CREATE).attempt(1);
    let points = at_every_await(plan.inject(Fault::ResetAfterExecution)).await;
    assert!(points > 5 * PEOPLE, "only {points} points");
}

#[tokio::test]
async fn a_resumed_import_sends_nothing_for_people_that_are_recorded() {
    let harness = Harness::start().await;
    let directory = tempfile::tempdir().unwrap();
    let journal = directory.path().join("people");
    let fault = Fault::Internal { retryable: true };
    let plan = FaultPlan::new(1).on(CREATE).request(4).inject(fault);
    harness.control.set_faults(plan).unwrap();
    let client = &harness.client;
    let report = import(client, people(6), &journal).await.unwrap();
    assert_eq!(report.counts().created, 3);
    assert!(report.error().unwrap().is_server_error());
    assert_eq!(report.remaining().len(), 3);
    let text = std::fs::read_to_string(&journal).unwrap();
    assert!(!text.contains("1990") && !text.contains("Ann"), "{text}");
    let _ = harness.take_requests();

    let report = import(client, people(6), &journal).await.unwrap();
    assert!(report.is_complete() && report.stopped().is_none());
    assert_eq!(requested(&harness), [CREATE; 3]);
    assert_each_exists_once(&harness, &report).await;
    // A finished import returns its report again.
    let again = import(client, people(6), &journal).await.unwrap();
    assert_eq!(again.people, report.people);
    assert_eq!(again.requests, report.requests);
    assert!(harness.take_requests().is_empty());
}

#[tokio::test]
async fn a_journal_that_was_cut_anywhere_creates_nobody_twice() {
    let harness = Harness::start().await;
    let directory = tempfile::tempdir().unwrap();
    let journal = directory.path().join("people");
    let client = &harness.client;
    let report = import(client, people(3), &journal).await.unwrap();
    let bytes = std::fs::read(&journal).unwrap();
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    for hours in [0, 2] {
        if hours > 0 {
            // The server has forgotten the keys.
            harness.control.forget_idempotency_keys();
        }
        for length in (0..=bytes.len()).rev().step_by(7) {
            let cut = &bytes[..length];
            std::fs::write(&journal, cut).unwrap();
            match import(client, people(3), &journal).await {
                Ok(resumed) => {
                    assert!(resumed.is_complete(), "{length}: {resumed:?}");
                    let ids = |report: &EnsureReport| {
                        let ids = report.people.iter().map(|one| one.status.id());
                        ids.map(|id| id.map(str::to_owned)).collect::<Vec<_>>()
                    };
                    assert_eq!(ids(&resumed), ids(&report), "{length}");
                }
                // Without its first two lines it is no journal.
                Err(error) => assert!(lines(cut) < 2 && length > 0, "{length}: {error}"),
            }
        }
    }
    assert_each_exists_once(&harness, &report).await;
}

#[tokio::test]
async fn a_journal_of_another_import_is_refused() {
    let harness = Harness::start().await;
    let directory = tempfile::tempdir().unwrap();
    let journal = directory.path().join("people");
    let client = &harness.client;
    import(client, people(2), &journal).await.unwrap();
    let _ = harness.take_requests();
    let refused = async |list, words: &str| {
        let error = import(client, list, &journal).await.unwrap_err();
        assert_eq!(error.param(), Some("journal"));
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(people(3), "another list of people").await;
    let mut renamed = people(2);
    renamed[1] = renamed[1].clone().name("Ben");
    refused(renamed, "another list of people").await;
    std::fs::write(&journal, "phone,name\n").unwrap();
    refused(people(2), "is not the journal of an import").await;
    assert!(harness.take_requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_person_in_doubt_stops_the_import_and_is_settled_by_the_next_run() {
    let harness = Harness::start().await;
    let client = retrying(&harness);
    let directory = tempfile::tempdir().unwrap();
    let journal = directory.path().join("people");
    // The creation is executed, no response arrives, and the searches fail.
    let plan = FaultPlan::new(1)
        .on(CREATE)
        .times(3)
        .inject(Fault::ResetAfterExecution)
        .on(SEARCH)
        .times(3)
        .inject(Fault::Html(503));
    harness.control.set_faults(plan).unwrap();
    let report = import(&client, people(2), &journal).await.unwrap();
    assert_eq!(statuses(&report), ["unknown", "not sent"]);
    assert!(report.error().unwrap().outcome().may_have_executed());
    let report = import(&client, people(2), &journal).await.unwrap();
    assert_eq!(statuses(&report), ["created"; 2]);
    assert_eq!(people_with(&harness, &number(0)).await.len(), 1);
}

#[tokio::test]
async fn a_list_of_which_everybody_is_refused_is_not_sent_to_its_end() {
    let harness = Harness::start().await;
    let list = people(40).into_iter().map(|one| one.company_id("com-none"));
    let report = harness.client.crm().people().ensure_all(list);
    let report = report.await.unwrap();
    assert_eq!(
        (report.counts().refused, report.counts().not_sent),
        (25, 15)
    );
    assert_eq!(report.error().unwrap().status(), Some(422));
    assert_eq!(requested(&harness).len(), 25);
}
