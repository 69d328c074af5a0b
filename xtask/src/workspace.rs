//! Finds the repository and its files, and reads, compares and writes directories of text files.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Text files by path relative to a directory, with `/` between the components.
pub(crate) type Tree = BTreeMap<String, String>;

/// The root of the repository: the parent of `xtask` at run time, so that a copied tree generates into itself.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let own = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    own.parent().map_or_else(|| own.clone(), Path::to_path_buf)
}

/// The directory that cargo builds into.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// The `cargo` that runs this program.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The tracked and untracked, not ignored files, by path relative to the root.
pub(crate) fn tracked(root: &Path) -> io::Result<Vec<String>> {
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = output(Command::new("git").args(arguments).current_dir(root))?;
    Ok(listed.lines().map(str::to_owned).collect())
}

/// The stdout of a program that succeeds.
pub(crate) fn output(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(text));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Reads all files below a directory. A missing directory counts as empty.
pub(crate) fn read_tree(directory: &Path) -> io::Result<Tree> {
    let mut tree = Tree::new();
    if directory.is_dir() {
        read_into(directory, "", &mut tree)?;
    }
    Ok(tree)
}

fn read_into(directory: &Path, prefix: &str, tree: &mut Tree) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_into(&entry.path(), &format!("{name}/"), tree)?;
        } else {
            // A binary file was not generated; it is reported and does not stop the run.
            let bytes = std::fs::read(entry.path())?;
            // A checkout with CRLF line endings is not stale.
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            tree.insert(name, text);
        }
    }
    Ok(())
}

/// Makes a directory contain exactly these files: writes those that differ, deletes the others.
pub(crate) fn write_tree(directory: &Path, wanted: &Tree) -> io::Result<()> {
    let present = read_tree(directory)?;
    for (name, text) in wanted {
        if present.get(name) != Some(text) {
            let path = directory.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, text)?;
        }
    }
    for name in present.keys().filter(|name| !wanted.contains_key(*name)) {
        std::fs::remove_file(directory.join(name))?;
    }
    Ok(())
}
