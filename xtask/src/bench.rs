//! `cargo xtask bench [--quick] [NAME…]`: generates progenitor's stock client, builds the crate `benches` with it in
//! release mode, runs it, and writes its tables into `docs/performance.md`, each between its two markers.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use allo_codegen::{Problem, Source};

use crate::codegen::{self, OVERLAY, SPEC};
use crate::workspace;

const PAGE: &str = "docs/performance.md";

pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    match bench(&workspace::root(), arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(root: &Path, arguments: &[&str]) -> io::Result<()> {
    let directory = directory(root);
    let stock = directory.join("stock.rs");
    std::fs::create_dir_all(&directory)?;
    write_if_new(&stock, &stock_client(root)?)?;
    let program = build(root, &stock)?;
    let tables = Command::new(program)
        .arg("tables")
        .args(arguments)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&tables.stdout);
    println!("{text}");
    if !tables.status.success() {
        return Err(io::Error::other("a benchmark failed"));
    }
    // A quick run is not a measurement, so it is not written to the page.
    if !arguments.contains(&"--quick") {
        let page = codegen::read(root, PAGE)?;
        std::fs::write(root.join(PAGE), replaced(&page, &text))?;
    }
    Ok(())
}

fn directory(root: &Path) -> PathBuf {
    workspace::target(root).join("bench")
}

fn stock_client(root: &Path) -> io::Result<String> {
    let [spec, overlay] = [codegen::read(root, SPEC)?, codegen::read(root, OVERLAY)?];
    let [spec, overlay] =
        [(SPEC, &spec), (OVERLAY, &overlay)].map(|(name, text)| Source { name, text });
    allo_codegen::stock(spec, overlay).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
        io::Error::other(lines.join("\n"))
    })
}

/// An unchanged file is not written, so that it is not compiled again.
fn write_if_new(path: &Path, text: &str) -> io::Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    std::fs::write(path, text)
}

/// Builds the program and returns its path.
fn build(root: &Path, stock: &Path) -> io::Result<PathBuf> {
    let cargo = workspace::cargo();
    // A target directory of its own does not invalidate the artifacts of tests.
    let target = directory(root).join("target");
    let status = Command::new(cargo)
        .args([
            "build",
            "--release",
            "--package",
            "benches",
            "--features",
            "measure",
        ])
        .env("ALLO_STOCK_CLIENT", stock)
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(root)
        .status()?;
    if !status.success() {
        return Err(io::Error::other("the benchmarks do not compile"));
    }
    let name = format!("benches{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join("release").join(name))
}

/// A page whose text between two markers is replaced by the text between the same markers of `tables`; a table that the
/// page does not have is appended.
fn replaced(page: &str, tables: &str) -> String {
    let mut page = page.to_owned();
    for block in tables.split("<!-- bench:").skip(1) {
        let Some((name, rest)) = block.split_once(" -->") else {
            continue;
        };
        let (first, last) = (
            format!("<!-- bench:{name} -->"),
            format!("<!-- /bench:{name} -->"),
        );
        let content = rest.split(&last).next().unwrap_or_default();
        let new = format!("{first}{content}{last}");
        let place = page.find(&first).zip(page.find(&last));
        match place {
            Some((from, to)) if from < to => page.replace_range(from..to + last.len(), &new),
            _ => page = format!("{}\n\n{new}\n", page.trim_end()),
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_table_goes_between_its_marks_or_to_the_end() {
        let tables = "<!-- bench:a -->\nnew\n<!-- /bench:a -->\n<!-- bench:b -->\nadded\n<!-- /bench:b -->\n";
        let page = "# Page\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nprose\n";
        assert_eq!(
            replaced(page, tables),
            "# Page\n<!-- bench:a -->\nnew\n<!-- /bench:a -->\nprose\n\n<!-- bench:b -->\nadded\n<!-- /bench:b -->\n"
        );
    }
}
