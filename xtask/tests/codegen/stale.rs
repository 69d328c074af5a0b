//! Stale files: how they are reported, and that writing fixes them.

use crate::tree::{GENERATED, GENERATED_TESTS, NAMES, OVERLAY, SPEC, Tree};

const STAGES: [&str; 8] = [
    "load",
    "overlay",
    "check",
    "meta",
    "normalize",
    "progenitor",
    "passes",
    "total",
];

#[test]
fn the_repository_is_up_to_date() {
    let tree = Tree::of_repository();
    let before = tree.files();
    for arguments in [&["codegen", "--check"][..], &["codegen"]] {
        let run = tree.run(arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.stages(), STAGES);
        assert_eq!(run.complaints(), [""; 0]);
        assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    }
    assert_eq!(tree.files(), before);
}

#[test]
fn a_changed_enum_value_is_shown_and_then_written() {
    let tree = Tree::of_repository();
    tree.edit(SPEC, |spec| spec.replace("- NO_SKIP", "- HANG_UP"));
    let before = tree.files();

    let check = tree.run(&["codegen", "--check"]);
    assert_eq!(check.code, Some(1), "{check:?}");
    assert_eq!(tree.files(), before, "--check changes nothing");
    let name = format!("{GENERATED}/types/power_dialer.rs");
    assert_eq!(
        check.complaints(),
        [
            "",
            "codegen: 1 stale file:",
            &format!("  {name} differs"),
            "run `cargo xtask codegen` and commit what it writes",
        ]
    );
    for line in [
        &format!("--- a/{name}"),
        &format!("+++ b/{name}"),
        "-    /// `NO_SKIP`",
        "+    /// `HANG_UP`",
        "-    NoSkip,",
        "+    HangUp,",
    ] {
        assert!(
            check.stdout.lines().any(|said| said == line),
            "{line}\n{}",
            check.stdout
        );
    }
    assert!(check.stdout.lines().any(|line| line.starts_with("@@ -")));

    let write = tree.run(&["codegen"]);
    assert_eq!(write.code, Some(0), "{write:?}");
    assert!(write.stdout.ends_with(", 1 changed\n"), "{}", write.stdout);
    assert!(tree.read(&name).contains("HangUp"));
    assert_eq!(tree.run(&["codegen", "--check"]).code, Some(0));
}

#[test]
fn what_is_new_is_named_and_what_has_gone_is_missed() {
    let tree = Tree::of_repository();
    let path = "\n  /v2/api/rooms:\n    get:\n      operationId: listRooms\n      tags: [Rooms]\n      responses: {'204': {description: Done.}}\n";
    let names = tree.read(NAMES);
    tree.edit(SPEC, |spec| {
        spec.replacen("\ncomponents:\n", &format!("{path}components:\n"), 1)
    });

    let check = tree.run(&["codegen", "--check"]);
    assert_eq!(check.code, Some(1), "{check:?}");
    assert_eq!(tree.read(NAMES), names, "--check changes nothing");
    let differs = format!("  {NAMES} differs");
    assert!(check.complaints().contains(&differs.as_str()), "{check:?}");
    let entry = "+  GET /v2/api/rooms:\n+    method: list_rooms\n+    resources: {rooms: list_rooms}\n+    builder: rooms::ListRooms\n+    constant: LIST_ROOMS\n+    answer: ()\n";
    assert!(check.stdout.contains(entry), "{}", check.stdout);

    assert_eq!(tree.run(&["codegen"]).code, Some(0));
    assert_eq!(tree.run(&["codegen", "--check"]).code, Some(0));
    tree.edit(SPEC, |spec| spec.replacen(path, "\n", 1));
    let gone = tree.run(&["codegen"]);
    assert_eq!(gone.code, Some(1), "{gone:?}");
    let told = "#/operations/GET ~1v2~1api~1rooms: the document has no operation `GET /v2/api/rooms`; to remove the entry is a breaking change of the crate";
    assert!(gone.stderr.contains(told), "{}", gone.stderr);
}

#[test]
fn missing_and_unwanted_files_are_stale_too() {
    let tree = Tree::of_repository();
    let before = tree.files();
    tree.write(
        &format!("{GENERATED}/types/old_tag.rs"),
        b"pub struct Old;\n",
    );
    // Editors and file managers leave such binary files.
    tree.write(&format!("{GENERATED}/.thumbnail"), b"\xFF\xFE\x00");
    tree.edit(&format!("{GENERATED}/client.rs"), |text| {
        format!("{text}// mine\n")
    });
    std::fs::remove_file(tree.path(&format!("{GENERATED}/operations.rs"))).unwrap();

    let check = tree.run(&["codegen", "--check"]);
    assert_eq!(check.code, Some(1), "{check:?}");
    assert_eq!(
        check.complaints(),
        [
            "",
            "codegen: 4 stale files:",
            &format!("  {GENERATED}/.thumbnail is not generated any more"),
            &format!("  {GENERATED}/client.rs differs"),
            &format!("  {GENERATED}/operations.rs is missing"),
            &format!("  {GENERATED}/types/old_tag.rs is not generated any more"),
            "run `cargo xtask codegen` and commit what it writes",
        ]
    );

    let write = tree.run(&["codegen"]);
    assert_eq!(write.code, Some(0), "{write:?}");
    assert_eq!(tree.files(), before);
}

#[test]
fn line_ends_of_another_system_are_not_stale() {
    let tree = Tree::of_repository();
    let names: Vec<String> = tree.files().into_keys().collect();
    for name in &names {
        tree.edit(name, |text| text.replace('\n', "\r\n"));
    }
    let before = tree.files();
    for arguments in [&["codegen", "--check"][..], &["codegen"]] {
        let run = tree.run(arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    assert_eq!(tree.files(), before);
}

#[test]
fn the_place_of_the_tree_does_not_show() {
    let tree = Tree::of_repository();
    let before = tree.files();
    for directory in [GENERATED, GENERATED_TESTS] {
        std::fs::remove_dir_all(tree.path(directory)).unwrap();
    }
    assert_eq!(tree.run(&["codegen"]).code, Some(0));
    assert_eq!(tree.files(), before);
}

#[test]
fn a_missing_input_is_named() {
    for name in [SPEC, OVERLAY, NAMES] {
        let tree = Tree::of_repository();
        std::fs::remove_file(tree.path(name)).unwrap();
        let before = tree.files();
        let run = tree.run(&["codegen"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.stderr.starts_with(&format!("codegen: {name}: ")),
            "{}",
            run.stderr
        );
        assert_eq!(tree.files(), before);
    }
}

#[test]
fn a_wrong_command_line_is_answered_by_the_usage() {
    let tree = Tree::of_repository();
    for arguments in [
        &[][..],
        &["codgen"],
        &["codegen", "--chek"],
        &["codegen", "x", "y"],
    ] {
        let run = tree.run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:?}");
        assert!(
            run.stderr.starts_with("usage: cargo xtask <command>"),
            "{}",
            run.stderr
        );
    }
}
