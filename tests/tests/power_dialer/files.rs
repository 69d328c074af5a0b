//! What is no ordinary file cannot be a journal: it is refused at once, and never waited for.

use std::path::PathBuf;
use std::time::Duration;

use tests::stage::Stage;

use crate::crash::directory;
use crate::scene::{leads, marie};

/// What may stand at the path of a journal, besides files.
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

#[cfg(unix)]
#[tokio::test]
async fn pipes_devices_sockets_and_directories_are_refused_at_once() {
    let stage = Stage::start().await;
    let directory = directory();
    for place in strange(directory.path()) {
        let push = || marie(&stage.client).push(leads(2)).journal(&place);
        // A hang would be the end of the test; the limit only says so sooner.
        let limit = Duration::from_secs(60);
        let sent = tokio::time::timeout(limit, push().send()).await;
        let planned = tokio::time::timeout(limit, push().plan()).await;
        let sent = sent.expect("no hang").unwrap_err();
        let planned = planned.expect("no hang").unwrap_err();
        for error in [sent, planned] {
            assert_eq!(error.param(), Some("journal"));
            let shown = error.to_string();
            let names_it = shown.contains(&place.display().to_string());
            assert!(
                names_it && shown.contains("not an ordinary file"),
                "{shown}"
            );
        }
    }
    assert!(stage.take_requests().is_empty());
}

/// However long it is, of a file that is no journal only the beginning is read, and of one that is too long no more.
#[tokio::test]
async fn a_file_of_three_gigabytes_is_not_read() {
    let stage = Stage::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    for beginning in ["", "{\"format\":\"allo-push\",\"version\":2"] {
        std::fs::write(&path, beginning).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(3 * 1024 * 1024 * 1024).unwrap();
        let push = || marie(&stage.client).push(leads(2)).journal(&path);
        for error in [
            push().send().await.unwrap_err(),
            push().plan().await.unwrap_err(),
        ] {
            let shown = error.to_string();
            let why = if beginning.is_empty() {
                "no journal"
            } else {
                "too long"
            };
            assert!(shown.contains(why), "{shown}");
        }
    }
    assert!(stage.take_requests().is_empty());
}

/// A file that the caller has made beforehand is as good as none, unless the queue says otherwise.
#[tokio::test]
async fn an_empty_file_becomes_a_journal_unless_the_leads_are_there() {
    let stage = Stage::start().await;
    let directory = directory();
    let path = directory.path().join("j");
    std::fs::write(&path, "").unwrap();
    let push = || marie(&stage.client).push(leads(3)).journal(&path);
    assert!(push().await.unwrap().is_complete());
    // All of it is lost.
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
    assert_eq!(stage.control.executed().len(), 1);
}
