//! Journals in a directory, in files that are named after the push.

use std::path::{Path, PathBuf};

use allo_client::Teammate;
use allo_client::power_dialer::{Duplicates, Push, Region};
use tests::harness::{Harness, JONAS};

use crate::crash::directory;
use crate::setup::{APPEND, READ, leads, marie, of, statuses};

async fn named(push: Push, directory: &Path) -> PathBuf {
    let mut push = push.journal_in(directory);
    let path = push.journal_path().await.unwrap();
    path.expect("a push with a journal")
}

#[tokio::test]
async fn the_same_push_finds_its_journal_and_every_other_push_has_another() {
    let harness = Harness::start().await;
    let place = directory();
    let place = place.path().join("new/journals");
    let dialer = marie(&harness.client);
    let push = || dialer.push(leads(3));
    let first = named(push(), &place).await;
    assert_eq!(first.parent(), Some(&*place));
    assert_eq!(named(push(), &place).await, first);
    // These options do not identify the push.
    assert_eq!(
        named(push().deadline(std::time::Duration::from_secs(9)), &place).await,
        first
    );
    let region = Region::new("FR").unwrap();
    let jonas = harness
        .client
        .power_dialer()
        .for_teammate(Teammate::email(JONAS));
    let me = harness.client.power_dialer().for_teammate(Teammate::Me);
    let others = [
        dialer.push(leads(2)),
        push().batch_size(2),
        push().limit(2),
        push().capacity(100),
        push().default_region(region),
        push().duplicates(Duplicates::DropInList),
        push().when_full(allo_client::power_dialer::WhenFull::SendWhatFits),
        push().push_id("monday"),
        jonas.push(leads(3)),
        me.push(leads(3)),
    ];
    let mut names = vec![first];
    for other in others {
        let name = named(other, &place).await;
        assert!(!names.contains(&name), "{name:?}");
        names.push(name);
    }
    assert!(harness.take_requests().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn the_directory_is_private_and_the_error_names_one_that_cannot_be_created() {
    use std::os::unix::fs::PermissionsExt;
    let harness = Harness::start().await;
    let place = directory();
    let inner = place.path().join("journals");
    let mut push = marie(&harness.client).push(leads(1)).journal_in(&inner);
    push.journal_path().await.unwrap();
    let mode = inner.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let file = place.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let push = marie(&harness.client)
        .push(leads(1))
        .journal_in(file.join("journals"));
    let error = push.await.unwrap_err();
    assert!(
        error.is_output() && error.param() == Some("journal"),
        "{error}"
    );
    assert!(error.message().contains("file/journals"), "{error}");
    assert!(harness.take_requests().is_empty());
}

#[tokio::test]
async fn a_push_can_be_planned_and_then_sent_and_its_journal_gives_the_report_again() {
    let harness = Harness::start().await;
    let place = directory();
    let push = || {
        marie(&harness.client)
            .push(leads(3))
            .journal_in(place.path())
    };
    let mut first = push();
    let plan = first.plan().await.unwrap();
    assert_eq!((plan.to_send, plan.batches), (3, 1));
    assert_eq!(first.plan().await.unwrap().to_send, 3);
    let path = first.journal_path().await.unwrap().unwrap();
    assert!(!path.exists(), "a plan leaves nothing");
    let report = first.await.unwrap();
    assert_eq!(report.clone().into_leads(), leads(3));
    assert!(path.exists());
    let again = push().await.unwrap();
    assert_eq!(statuses(&again), statuses(&report));
    let requests = harness.take_requests();
    assert_eq!(
        (of(&requests, APPEND).len(), of(&requests, READ).len()),
        (1, 4)
    );
}

#[tokio::test]
async fn another_region_validates_the_leads_again() {
    let harness = Harness::start().await;
    let mut push = marie(&harness.client).push(["01 99 00 12 34"]);
    assert_eq!(push.plan().await.unwrap().rejected, 1);
    let mut push = push.default_region(Region::new("FR").unwrap());
    assert_eq!(push.plan().await.unwrap().to_send, 1);
    let report = push.await.unwrap();
    assert_eq!(report.leads[0].lead.number, "01 99 00 12 34");
    assert!(report.is_complete());
}

#[tokio::test]
async fn an_invalid_option_is_refused_each_time() {
    let harness = Harness::start().await;
    let mut push = marie(&harness.client).push(leads(1)).batch_size(0);
    let first = push.plan().await.unwrap_err().to_string();
    assert_eq!(push.plan().await.unwrap_err().to_string(), first);
    assert_eq!(push.await.unwrap_err().to_string(), first);
    assert!(harness.take_requests().is_empty());
}

#[tokio::test]
async fn an_error_of_a_plan_names_the_file() {
    let harness = Harness::start().await;
    let place = directory();
    let mut push = marie(&harness.client)
        .push(leads(1))
        .journal_in(place.path());
    let path = push.journal_path().await.unwrap().unwrap();
    // An empty journal may have lost what it recorded, and the lead is in the queue.
    std::fs::write(&path, "").unwrap();
    marie(&harness.client).push(leads(1)).await.unwrap();
    let error = push.plan().await.unwrap_err();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(error.message().contains(name), "{error}");
}
