//! What is generated is Rust that `allo-client` takes: the compiler has nothing to say of the crate with the
//! fixture's code as one more module.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use allo_codegen::Generated;

use crate::inputs::{EVERY_CONSTRUCT, EVERY_OVERLAY, every_construct, generate_named, lines};

const SOURCES: &str = "allo-client/src";

/// Text files by path, with `/` between the parts.
type Files = BTreeMap<String, String>;

#[test]
fn every_construct_compiles_without_a_warning() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("every_construct");
    write_changes(&directory, &workspace());
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let output = Command::new(cargo)
        .args([
            "check",
            "--offline",
            "--quiet",
            "--package",
            "allo-client",
            // What they bring takes long to build, and generated code knows nothing of it.
            "--no-default-features",
            "--target-dir",
        ])
        .arg(directory.with_extension("target"))
        .current_dir(&directory)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

/// A workspace of `allo-client` alone, with the code generated from the fixture beside its own.
fn workspace() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let manifest = without(&read("Cargo.toml"), &["[workspace]", "[profile"]);
    let mut files = Files::from([
        ("Cargo.lock".to_owned(), read("Cargo.lock")),
        (
            "Cargo.toml".to_owned(),
            format!("[workspace]\nresolver = \"3\"\nmembers = [\"allo-client\"]\n\n{manifest}"),
        ),
        (
            "allo-client/Cargo.toml".to_owned(),
            without(
                &read("allo-client/Cargo.toml"),
                &["[dev-dependencies]", "[["],
            ),
        ),
    ]);
    for (name, text) in read_all(&root.join("allo-client/src")) {
        files.insert(format!("{SOURCES}/{name}"), text);
    }
    let front = files.get_mut(&format!("{SOURCES}/lib.rs")).unwrap();
    front.push_str("\n#[rustfmt::skip]\npub mod every_construct;\n");
    for (name, text) in &and_more().files {
        let text = text.replace("crate::generated", "crate::every_construct");
        files.insert(format!("{SOURCES}/every_construct/{name}"), text);
    }
    files
}

/// What comes of the fixture when later an operation sends what was only received before, lists of objects in it.
fn and_more() -> Generated {
    const OPERATION: &str = "  /v2/api/books/import:
    post:
      operationId: importBooks
      tags: [Books]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/SearchBooksResponse'}}}}
      responses: {'204': {description: Done.}}
components:
";
    let document = EVERY_CONSTRUCT.replacen("components:\n", OPERATION, 1);
    let generated = generate_named(&document, EVERY_OVERLAY, &every_construct().names);
    let generated = generated.unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    let results =
        "pub results: crate::model::nullable::Nullable<crate::codec::list::List<types::Book>>";
    let files = &generated.files;
    let text: String = files["types/books.rs"].split_whitespace().collect();
    assert!(text.contains(&results.replace(' ', "")));
    assert!(files["types/books.rs"].contains("pub fn results("));
    generated
}

/// A manifest without the tables whose heads begin so, and without what lies outside the smaller workspace.
fn without(manifest: &str, heads: &[&str]) -> String {
    let mut kept = String::new();
    let mut keep = true;
    // An optional dependency that lies in the repository, outside the smaller workspace. Its feature stays known.
    let manifest = manifest.replace("\"dep:allo-profiles\"", "");
    let lines = manifest.lines();
    for line in lines.filter(|line| !line.starts_with("allo-profiles")) {
        if line.starts_with('[') {
            keep = !heads.iter().any(|head| line.starts_with(head));
        }
        if keep {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Leaves alone what is as wanted, so that cargo finds it fresh. The lock file is cargo's once it is there.
fn write_changes(directory: &Path, wanted: &Files) {
    let sources = directory.join(SOURCES);
    fs::create_dir_all(&sources).unwrap();
    for name in read_all(&sources).into_keys() {
        if !wanted.contains_key(&format!("{SOURCES}/{name}")) {
            fs::remove_file(sources.join(name)).unwrap();
        }
    }
    for (name, text) in wanted {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if fs::read_to_string(&path).ok().as_ref() != Some(text) {
            fs::write(path, text).unwrap();
        }
    }
}

fn read_all(directory: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(directory).unwrap().to_str().unwrap();
            files.insert(name.replace('\\', "/"), fs::read_to_string(&path).unwrap());
        }
    }
    files
}
