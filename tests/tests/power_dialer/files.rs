//! Anything but a regular file is refused as a journal, at once and without blocking.

use std::path::PathBuf;
use std::time::Duration;

use allo_client::Error;
use tests::harness::Harness;
use tokio::time::timeout;

use crate::crash::directory;
use crate::setup::{leads, marie};

/// Paths of a journal that are not regular files.
#[cfg(unix)]
fn strange(directory: &std::path::Path) -> Vec<PathBuf> {
    let fifo = directory.join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo").success());
    let socket = directory.join("socket");
    std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    let mut places = vec![
        fifo,
        socket,
        directory.to_owned(),
        PathBuf::from("/dev/null"),
        PathBuf::from("/dev/zero"),
    ];
    for (index, place) in places.clone().iter().enumerate() {
        let link = directory.join(format!("link{index}"));
        std::os::unix::fs::symlink(place, &link).expect("a link");
        places.push(link);
    }
    places
}

/// The errors of a push with each of these journals, and of its plan. A hang ends the test.
#[cfg(unix)]
async fn ended(harness: &Harness, places: &[PathBuf]) -> Vec<Error> {
    let mut errors = Vec::new();
    for place in places {
        for is_sent in [true, false] {
            let mut push = marie(&harness.client).push(leads(2)).journal(place);
            let ending = async {
                match is_sent {
                    true => push.send().await.map(drop),
                    false => push.plan().await.map(drop),
                }
            };
            match timeout(Duration::from_secs(60), ending).await {
                Ok(ended) => errors.push(ended.unwrap_err()),
                Err(_) => return errors,
            }
        }
    }
    errors
}

#[cfg(unix)]
#[test]
fn pipes_devices_sockets_and_directories_are_refused_at_once() {
    let directory = directory();
    let places = strange(directory.path());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (errors, requests) = runtime.block_on(async {
        let harness = Harness::start().await;
        (ended(&harness, &places).await, harness.take_requests())
    });
    // Dropping the runtime would wait for a blocking read of a pipe, and the test would hang instead of failing.
    runtime.shutdown_background();
    for (index, error) in errors.iter().enumerate() {
        let place = places[index / 2].display().to_string();
        assert_eq!(error.param(), Some("journal"));
        let shown = error.to_string();
        let names_it = shown.contains(&place);
        assert!(names_it && shown.contains("not a regular file"), "{shown}");
    }
    let hung = places.get(errors.len() / 2);
    assert!(hung.is_none(), "a push hangs with the journal {hung:?}");
    assert!(requests.is_empty());
}

/// Of a file that is not a journal only the prefix is read, and of a journal that is too large nothing more.
#[tokio::test]
async fn a_file_of_three_gigabytes_is_not_read() {
    let harness = Harness::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    for beginning in ["", "{\"format\":\"allo-push\",\"version\":3"] {
        std::fs::write(&path, beginning).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(3 * 1024 * 1024 * 1024).unwrap();
        let push = || marie(&harness.client).push(leads(2)).journal(&path);
        for error in [
            push().send().await.unwrap_err(),
            push().plan().await.unwrap_err(),
        ] {
            let shown = error.to_string();
            let why = if beginning.is_empty() {
                "not the journal of a push"
            } else {
                "too large"
            };
            assert!(shown.contains(why), "{shown}");
        }
    }
    assert!(harness.take_requests().is_empty());
}

/// An empty file that the caller created is like no file, unless the queue contains the leads.
#[tokio::test]
async fn an_empty_file_becomes_a_journal_unless_the_leads_are_in_the_queue() {
    let harness = Harness::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    std::fs::write(&path, "").unwrap();
    let push = || marie(&harness.client).push(leads(3)).journal(&path);
    assert!(push().await.unwrap().is_complete());
    // The content of the journal is lost.
    std::fs::write(&path, "").unwrap();
    for error in [
        push().send().await.unwrap_err(),
        push().plan().await.unwrap_err(),
    ] {
        let shown = error.to_string();
        assert!(
            shown.contains("is empty") && shown.contains("3 numbers are"),
            "{shown}"
        );
    }
    assert_eq!(harness.control.executed().len(), 1);
}
