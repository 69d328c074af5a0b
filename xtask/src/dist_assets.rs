//! `cargo xtask dist-assets [DIR]`: writes the manual pages and completion scripts of `allo`, using the program itself.
//! `ALLO` may name the program; else it is built. It is run, not linked, because `xtask` must build while the client does not.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::workspace;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Writes them into `directory`, or into `dist-assets` of the target directory.
pub(crate) fn run(directory: Option<&str>) -> ExitCode {
    let root = workspace::root();
    let written = match directory {
        Some(directory) => write(&root, Path::new(directory)),
        None => write_afresh(&root, &workspace::target(&root).join("dist-assets")),
    };
    match written {
        Ok((count, directory)) => {
            println!("dist-assets: {count} files in {}", directory.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("dist-assets: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Replaces the contents of a directory that this command owns, so that no file of an earlier version is left.
fn write_afresh(root: &Path, directory: &Path) -> io::Result<(usize, PathBuf)> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => write(root, directory),
    }
}

/// Returns the number of files and their directory.
fn write(root: &Path, directory: &Path) -> io::Result<(usize, PathBuf)> {
    let [pages, completions] = ["man", "completions"].map(|name| directory.join(name));
    for directory in [&pages, &completions] {
        std::fs::create_dir_all(directory)?;
    }
    allo(root, &["man"], &pages)?;
    for shell in SHELLS {
        allo(root, &["completions", shell], &completions)?;
    }
    let count = std::fs::read_dir(&pages)?.count() + std::fs::read_dir(&completions)?.count();
    Ok((count, directory.to_owned()))
}

/// The program that is in the variable `ALLO`, or else the one that cargo builds.
fn program() -> Command {
    if let Some(built) = std::env::var_os("ALLO") {
        return Command::new(built);
    }
    let mut cargo = Command::new(workspace::cargo());
    cargo.args(["run", "--quiet", "--package", "allo-cli", "--"]);
    cargo
}

/// Runs the program, which writes into a directory.
fn allo(root: &Path, arguments: &[&str], directory: &Path) -> io::Result<()> {
    let directory = std::path::absolute(directory)?;
    let status = program()
        .args(arguments)
        .arg("--directory")
        .arg(directory)
        .current_dir(root)
        .status()?;
    if status.success() {
        return Ok(());
    }
    let command = arguments.join(" ");
    Err(io::Error::other(format!(
        "`allo {command}` failed ({status})"
    )))
}
