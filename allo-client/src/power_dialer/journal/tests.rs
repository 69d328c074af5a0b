//! Tests of journals that were truncated or damaged, of journals of other programs, and of files that are not
//! journals.

use super::record::{Head, Planned, Record, Subject, position_runs};
use super::{PlanLine, PushFormat, runs};
use crate::journal::chain::Chain;
use crate::journal::file::{self, OpenError};
use crate::journal::replay::{Problem, Replayed, file_prefix};
use crate::model::timestamp::Timestamp;
use crate::power_dialer::PushId;

fn replay(bytes: &[u8]) -> Result<Replayed<PushFormat>, Problem> {
    crate::journal::replay::replay(bytes)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from(jiff::Timestamp::from_second(1_800_000_000 + second).expect("a time"))
}

fn head() -> Head {
    let subject = Subject {
        teammate: "t".to_owned(),
        list: "l".to_owned(),
        batch_size: 2,
        region: None,
        duplicates: "Keep".to_owned(),
        when_full: "Refuse".to_owned(),
        limit: None,
    };
    Head::new(
        PushId::new("monday").expect("a push id"),
        false,
        0,
        at(0),
        subject,
    )
}

fn sending(seq: usize, start: usize, len: usize) -> Record {
    Record::Sending {
        seq,
        start,
        len,
        key: crate::model::idempotency_key::IdempotencyKey::random(),
        at: at(10),
    }
}

fn done(seq: usize, added: &[(usize, u64)]) -> Record {
    Record::Done {
        seq,
        at: at(20),
        added: position_runs(added.iter().copied()),
        skipped: Vec::new(),
        twice: Vec::new(),
        replayed: false,
        queue: None,
        requests: 0,
    }
}

/// A journal of three leads with these records.
fn journal(records: &[Record]) -> Vec<u8> {
    let planned = Planned {
        send: vec![(0, 2), (4, 1)],
        queued: vec![(3, 7)],
        queue_total: 9,
        ..Planned::default()
    };
    let mut chain = Chain::new();
    let mut bytes = chain.seal(&head()).expect("JSON");
    bytes.extend(chain.seal(&PlanLine::Plan(planned)).expect("JSON"));
    for record in records {
        bytes.extend(chain.seal(record).expect("JSON"));
    }
    bytes
}

fn finished() -> Record {
    Record::Finished {
        at: at(30),
        requests: 3,
        replays: 0,
        waits: 0,
        waited_ms: 0,
    }
}

fn all() -> Vec<Record> {
    vec![
        sending(0, 0, 2),
        done(0, &[(0, 9), (1, 10)]),
        sending(1, 2, 1),
        done(1, &[(2, 11)]),
        finished(),
    ]
}

#[test]
fn a_truncated_journal_is_replayed_up_to_its_last_complete_line() {
    let bytes = journal(&all());
    for length in 1..=bytes.len() {
        let cut = &bytes[..length];
        let whole = cut
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let lines = cut.iter().filter(|byte| **byte == b'\n').count();
        match replay(cut) {
            Err(Problem::Damaged(line)) => assert!(lines < 2 && line == lines + 1, "{length}"),
            Err(other) => panic!("{other:?} at {length}"),
            Ok(read) => {
                assert_eq!(read.verified_len, whole, "{length}");
                let state = read.state;
                assert_eq!(state.placed.len(), [0, 0, 2, 2, 3, 3][lines - 2]);
                assert_eq!(state.in_flight.is_some(), matches!(lines, 3 | 5));
                assert_eq!(state.finished.is_some(), lines == 7);
                assert_eq!(state.last_at, at([0, 10, 20, 20, 20, 30][lines - 2]));
            }
        }
    }
}

#[test]
fn replay_stops_at_a_damaged_line() {
    let good = journal(&all());
    let lines: Vec<_> = good.split_inclusive(|byte| *byte == b'\n').collect();
    for damaged in 0..lines.len() {
        let mut lines: Vec<Vec<u8>> = lines.iter().map(|line| line.to_vec()).collect();
        let middle = lines[damaged].len() / 2;
        lines[damaged][middle] ^= 1;
        let before: usize = lines.iter().take(damaged).map(Vec::len).sum();
        match replay(&lines.concat()) {
            Err(problem) => {
                assert!(damaged < 2);
                assert_eq!(problem, Problem::Damaged(damaged + 1));
            }
            Ok(read) => assert_eq!(read.verified_len, before),
        }
    }
}

#[test]
fn a_record_that_contradicts_the_state_is_damage() {
    let full = |seq, room| Record::Full {
        seq,
        room,
        requests: 0,
    };
    let found = |start, len| Record::Found {
        start,
        len,
        at: at(20),
        position: 9,
    };
    let cases: [&[Record]; 13] = [
        &[done(0, &[(0, 9), (1, 10)])],
        &[sending(1, 0, 2)],
        &[sending(0, 1, 2)],
        &[sending(0, 0, usize::MAX)],
        &[sending(0, 0, 2), sending(1, 0, 2)],
        &[sending(0, 0, 2), done(0, &[(0, 9)])],
        &[sending(0, 0, 2), done(1, &[(0, 9), (1, 10)])],
        &[sending(0, 0, 2), finished()],
        &[finished()],
        &[sending(0, 0, 2), full(0, 2)],
        &[found(0, 1)],
        &[sending(0, 0, 2), found(2, 1)],
        &[sending(0, 0, 2), done(0, &[(0, 9), (2, 10)])],
    ];
    for records in cases {
        let found = replay(&journal(records));
        let line = 2 + records.len();
        assert_eq!(found.unwrap_err(), Problem::Damaged(line), "{records:?}");
    }
}

#[test]
fn other_files_are_refused() {
    for text in ["phone,name\n", "{\"format\":\"other\"}\n", "x", "{\"a\":1"] {
        let found = replay(text.as_bytes());
        assert_eq!(found.unwrap_err(), Problem::NotAJournal, "{text}");
    }
    let newer = br#"{"format":"allo-push","version":4,"anything":true}"#;
    assert_eq!(replay(newer).unwrap_err(), Problem::Newer(4));
    let older = b"{\"format\":\"allo-push\",\"version\":2,\"push_id\":\"x\"}\n{}\n";
    assert_eq!(replay(older).unwrap_err(), Problem::Older(2));
}

#[test]
fn split_batches_and_a_full_queue_are_resumed() {
    let cut = Record::Halved {
        seq: 0,
        size: None,
        cut: Some(1),
        requests: 0,
    };
    let records = [sending(0, 0, 2), cut, sending(1, 0, 1), done(1, &[(0, 9)])];
    let read = replay(&journal(&records)).unwrap();
    assert_eq!(read.state.batcher.next(), Some(1..3));
    let full = Record::Full {
        seq: 0,
        room: 1,
        requests: 0,
    };
    let records = [sending(0, 0, 2), full, sending(1, 0, 1), done(1, &[(0, 9)])];
    let read = replay(&journal(&records)).unwrap();
    assert!(read.state.batcher.is_full());
    let resumed = Record::Resumed {
        at: at(40),
        doubt: Some(at(20)),
    };
    let records = [&records[..], &[resumed, sending(2, 1, 2)]].concat();
    let read = replay(&journal(&records)).unwrap();
    assert_eq!(read.state.doubt_at, Some(at(20)));
    assert_eq!(read.state.last_at, at(40));
}

#[test]
fn consecutive_positions_are_written_as_one_run() {
    assert_eq!(
        runs([0, 1, 2, 5, 7, 8].into_iter()),
        [(0, 3), (5, 1), (7, 2)]
    );
    assert!(runs(std::iter::empty()).is_empty());
    let places = [(0, 9), (1, 10), (2, 12), (4, 13), (5, 14)];
    let runs = position_runs(places.into_iter());
    assert_eq!(runs, [(0, 9, 2), (2, 12, 1), (4, 13, 2)]);
    assert!(super::record::positions(&runs).eq(places));
}

/// A unique path in the directory for temporary files.
fn temp_path() -> std::path::PathBuf {
    std::env::temp_dir().join(uuid::Uuid::new_v4().to_string())
}

#[cfg(unix)]
#[test]
fn a_file_that_was_removed_or_replaced_before_it_was_locked_is_detected() {
    let path = temp_path();
    let first = file::LockedFile::create(&path, b"one").expect("a file");
    assert!(first.is_at_its_path());
    let again = file::LockedFile::create(&path, b"two");
    assert!(matches!(again, Err(OpenError::InUse)), "{again:?}");
    std::fs::remove_file(&path).expect("the file exists");
    assert!(!first.is_at_its_path());
    // The file at the path is not locked now, so locking it does not wait.
    let mut second = file::LockedFile::create(&path, b"two").expect("another file");
    assert!(second.is_at_its_path() && !first.is_at_its_path());
    second.replace(b"three").expect("a third file");
    assert!(second.is_at_its_path());
    second.write(b"!").expect("free space");
    assert_eq!(std::fs::read(&path).expect("a file"), b"three!");
    std::fs::remove_file(&path).expect("the file exists");
}

#[test]
fn only_the_prefix_of_another_file_is_read() {
    let path = temp_path();
    let good = journal(&[]);
    for (content, whole) in [(vec![b'x'; 100_000], false), (good, true)] {
        std::fs::write(&path, &content).expect("a file");
        let mut opened = std::fs::File::open(&path).expect("a file");
        let bytes = file::read(&mut opened, &file_prefix::<PushFormat>()).expect("bytes");
        let expected = if whole {
            content.len()
        } else {
            file_prefix::<PushFormat>().len()
        };
        assert_eq!(bytes.len(), expected);
        assert_eq!(replay(&bytes).is_ok(), whole);
    }
    std::fs::remove_file(&path).expect("the file exists");
}
