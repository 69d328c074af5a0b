//! A dry run reads its list row by row and keeps no more of a lead than its number: a
//! million take little memory; here a part of a million is measured. Only where the kernel tells how much memory a process had at most.
#![cfg(target_os = "linux")]

use std::io::{BufWriter, Write};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A fifth of what is promised.
const LEADS: u64 = 200_000;
/// In KiB. The program itself takes most of it; a million leads must stay below 64 MiB.
const CEILING: u64 = 40 * 1024;

/// Starts a dry run of what is written to its stdin.
fn dry_run() -> Child {
    let home = tempfile::tempdir().expect("a directory");
    Command::new(env!("CARGO_BIN_EXE_allo"))
        .args([
            "--sandbox",
            "queue",
            "push",
            "-",
            "--format",
            "csv",
            "--dry-run",
            "-o",
            "json",
        ])
        .env_clear()
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program")
}

/// The most memory a process had so far, in KiB.
fn peak(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.expect("a running process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.expect("a number").parse().expect("a number")
}

#[test]
fn a_long_list_takes_little_memory() {
    let mut child = dry_run();
    let mut list = BufWriter::new(child.stdin.take().expect("a pipe"));
    writeln!(list, "phone,first name,company").expect("a reader");
    for lead in 0..LEADS {
        // Every number another one, as each is remembered. None of them goes anywhere.
        let number = 2_000_000 + lead;
        writeln!(list, "+1212{number},Lead {lead},Company {lead}").expect("a reader");
    }
    // All but what fits into a pipe has been read then.
    list.flush().expect("a reader");
    let peak = peak(&child);
    drop(list);
    let output = child.wait_with_output().expect("an end");
    let plan: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(plan["leads"], LEADS);
    assert_eq!(plan["to_send"], LEADS);
    println!("{LEADS} leads: {peak} KiB");
    assert!(peak < CEILING, "{peak} KiB for {LEADS} leads");
}
