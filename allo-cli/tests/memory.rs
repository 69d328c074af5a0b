//! A dry run reads its list row by row and keeps only the numbers, so a million leads take
//! little memory; this measures a fifth of that. Only where the kernel reports peak memory.
#![cfg(target_os = "linux")]

use std::io::{BufWriter, Write};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A fifth of the documented million.
const LEADS: u64 = 200_000;
/// Of a list so short that the peak is that of the program itself, which is large in a debug build, and long enough that
/// the program has started to read it when the last line is in the pipe.
const FEW: u64 = 10_000;
/// How much more the long list may take, in KiB. A million leads must stay below 64 MiB.
const CEILING: u64 = 12 * 1024;

/// Starts a dry run of the list on stdin.
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

/// The peak memory of a process, in KiB.
fn peak(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.expect("a running process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.expect("a number").parse().expect("a number")
}

/// The peak memory of a dry run of this many leads, in KiB.
fn peak_of(leads: u64) -> u64 {
    let mut child = dry_run();
    let mut list = BufWriter::new(child.stdin.take().expect("a pipe"));
    writeln!(list, "phone,first name,company").expect("a reader");
    for lead in 0..leads {
        // All numbers are different, as each is remembered. Nothing is sent to them.
        let number = 2_000_000 + lead;
        writeln!(list, "+1212{number},Lead {lead},Company {lead}").expect("a reader");
    }
    // By now everything but the content of the pipe has been read.
    list.flush().expect("a reader");
    let peak = peak(&child);
    drop(list);
    let output = child.wait_with_output().expect("an end");
    let plan: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(plan["leads"], leads);
    assert_eq!(plan["to_send"], leads);
    peak
}

#[test]
fn a_long_list_takes_little_memory() {
    let (few, many) = (peak_of(FEW), peak_of(LEADS));
    println!("{FEW} leads: {few} KiB, {LEADS} leads: {many} KiB");
    assert!(many < few + CEILING, "{few} KiB, then {many} KiB");
}
