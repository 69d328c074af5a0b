//! Journals that were cut off or damaged, and those of somebody else.

use super::record::{Head, Planned, Record, Subject};
use super::replay::{Problem, beginning, replay};
use super::{First, file, line, runs};
use crate::power_dialer::PushId;

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
    Head::new(PushId::new("monday").expect("a word"), subject)
}

fn sending(seq: usize, start: usize, len: usize) -> Record {
    Record::Sending {
        seq,
        start,
        len,
        key: crate::IdempotencyKey::random(),
        at: crate::Timestamp::now(),
    }
}

fn done(seq: usize, added: &[(usize, u64)]) -> Record {
    Record::Done {
        seq,
        added: added.to_vec(),
        skipped: Vec::new(),
        replayed: false,
        requests: 0,
    }
}

/// A journal of three leads with these records.
fn journal(records: &[Record]) -> Vec<u8> {
    let planned = Planned {
        send: vec![(0, 2), (4, 1)],
        queued: vec![(3, 7)],
        queue_total: 9,
        queue: None,
    };
    let mut bytes = line(&head()).expect("JSON");
    bytes.extend(line(&First::Plan(planned)).expect("JSON"));
    for record in records {
        bytes.extend(line(record).expect("JSON"));
    }
    bytes
}

fn finished() -> Record {
    Record::Finished {
        requests: 3,
        replays: 0,
        waits: 0,
        waited_ms: 0,
    }
}

#[test]
fn cut_off_anywhere_it_says_what_the_whole_lines_say() {
    let records = [
        sending(0, 0, 2),
        done(0, &[(0, 9), (1, 10)]),
        sending(1, 2, 1),
        done(1, &[(2, 11)]),
        finished(),
    ];
    let bytes = journal(&records);
    for length in 0..=bytes.len() {
        let cut = &bytes[..length];
        let whole = cut
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let lines = cut.iter().filter(|byte| **byte == b'\n').count();
        match replay(cut).expect("nothing is damaged") {
            None => assert!(lines < 2, "{length}"),
            Some((past, read)) => {
                assert_eq!(read, whole, "{length}");
                assert_eq!(past.placed.len(), [0, 0, 2, 2, 3, 3][lines - 2]);
                assert_eq!(past.under_way.is_some(), matches!(lines, 3 | 5));
                assert_eq!(past.finished.is_some(), lines == 7);
            }
        }
    }
}

#[test]
fn a_last_line_that_is_no_record_was_being_written() {
    let mut bytes = journal(&[sending(0, 0, 2)]);
    let whole = bytes.len();
    bytes.extend(b"\0\0\0\n");
    let (_, read) = replay(&bytes).unwrap().unwrap();
    assert_eq!(read, whole);
}

#[test]
fn damage_in_the_middle_is_named_by_its_line() {
    let good = journal(&[
        sending(0, 0, 2),
        done(0, &[(0, 9), (1, 10)]),
        sending(1, 2, 1),
    ]);
    let lines: Vec<_> = good.split_inclusive(|byte| *byte == b'\n').collect();
    for damaged in 1..lines.len() - 1 {
        let mut lines: Vec<Vec<u8>> = lines.iter().map(|line| line.to_vec()).collect();
        lines[damaged][0] = b'#';
        let found = replay(&lines.concat());
        assert_eq!(found.unwrap_err(), Problem::Damaged(damaged + 1));
    }
}

#[test]
fn records_that_do_not_fit_are_damage() {
    let cases: [&[Record]; 9] = [
        &[done(0, &[(0, 9), (1, 10)])],
        &[sending(1, 0, 2)],
        &[sending(0, 1, 2)],
        &[sending(0, 0, usize::MAX)],
        &[sending(0, 0, 2), sending(1, 0, 2)],
        &[sending(0, 0, 2), done(0, &[(0, 9)])],
        &[sending(0, 0, 2), done(1, &[(0, 9), (1, 10)])],
        &[sending(0, 0, 2), finished()],
        &[finished()],
    ];
    for records in cases {
        let found = replay(&journal(records));
        let line = 2 + records.len();
        assert_eq!(found.unwrap_err(), Problem::Damaged(line), "{records:?}");
    }
}

#[test]
fn other_files_are_left_alone() {
    for text in ["phone,name\n", "{\"format\":\"other\"}\n", "x", "{\"a\":1"] {
        let found = replay(text.as_bytes());
        assert_eq!(found.unwrap_err(), Problem::NotAJournal, "{text}");
    }
    let newer = br#"{"format":"allo-push","version":2,"anything":true}"#;
    assert_eq!(replay(newer).unwrap_err(), Problem::Newer(2));
}

#[test]
fn halves_are_gone_on_with() {
    let cut = Record::Halved {
        seq: 0,
        size: None,
        cut: Some(1),
        requests: 0,
    };
    let records = [sending(0, 0, 2), cut, sending(1, 0, 1), done(1, &[(0, 9)])];
    let (past, _) = replay(&journal(&records)).unwrap().unwrap();
    assert_eq!(past.cutter.next(), Some(1..3));
}

#[test]
fn neighbours_are_written_as_one_run() {
    assert_eq!(
        runs([0, 1, 2, 5, 7, 8].into_iter()),
        [(0, 3), (5, 1), (7, 2)]
    );
    assert!(runs(std::iter::empty()).is_empty());
}

/// A name in the directory for temporary files that nobody else has.
fn place() -> std::path::PathBuf {
    std::env::temp_dir().join(uuid::Uuid::new_v4().to_string())
}

#[cfg(unix)]
#[test]
fn a_file_that_was_removed_or_replaced_before_it_was_locked_is_found_out() {
    let path = place();
    let (first, _) = file::Locked::open(&path, &beginning()).expect("a file");
    assert!(first.is_at_its_path());
    std::fs::remove_file(&path).expect("it is there");
    assert!(!first.is_at_its_path());
    // Nobody holds what is there now, so it is not waited for.
    let (second, _) = file::Locked::open(&path, &beginning()).expect("another file");
    assert!(second.is_at_its_path() && !first.is_at_its_path());
    std::fs::remove_file(&path).expect("it is there");
}

#[test]
fn a_file_of_another_kind_is_read_no_further_than_its_beginning() {
    let path = place();
    let good = journal(&[]);
    for (content, whole) in [(vec![b'x'; 100_000], false), (good, true)] {
        std::fs::write(&path, &content).expect("a file");
        let mut opened = std::fs::File::open(&path).expect("a file");
        let bytes = file::read(&mut opened, &beginning()).expect("bytes");
        let expected = if whole {
            content.len()
        } else {
            beginning().len()
        };
        assert_eq!(bytes.len(), expected);
        assert_eq!(replay(&bytes).is_ok(), whole);
    }
    std::fs::remove_file(&path).expect("it is there");
}
