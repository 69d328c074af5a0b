//! `cargo xtask package`: builds the published crates as packages, and tests, documents and installs what is in these
//! packages, from a local registry. No file of the repository is in reach of it that is not in a package, so a package
//! that lacks a file fails here and not at its users.

mod registry;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::workspace;

use registry::Registry;

/// The published crates, in the order in which they are published.
pub(crate) const PUBLISHED: [&str; 4] =
    ["allo-profiles", "allo-sandbox", "allo-client", "allo-cli"];

/// A crate of somebody who depends on the published ones.
const CONSUMER: &str = "tests/consumer";

/// Files that every package must contain.
const IN_EVERY_PACKAGE: [&str; 4] = ["Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT"];

pub(crate) fn run() -> ExitCode {
    match package(&workspace::root()) {
        Ok(()) => {
            println!(
                "package: {} crates work from their packages",
                PUBLISHED.len()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("package: {error}");
            ExitCode::FAILURE
        }
    }
}

fn package(root: &Path) -> io::Result<()> {
    let place = Place::prepare(root)?;
    let packing = ["package", "--no-verify", "--allow-dirty", "--quiet"];
    let crates = PUBLISHED.iter().flat_map(|name| ["--package", name]);
    cargo(root, packing.into_iter().chain(crates))?;

    let registry = Registry::write(root, &place.directory)?;
    for name in PUBLISHED {
        let unpacked = place.unpack(&registry, name)?;
        complete(name, &unpacked)?;
        place.cargo(&unpacked, &["test", "--quiet"])?;
        place.cargo(&unpacked, &["doc", "--no-deps", "--quiet"])?;
    }
    let consumer = place.directory.join("consumer");
    workspace::write_tree(&consumer, &workspace::read_tree(&root.join(CONSUMER))?)?;
    place.cargo(&consumer, &["test", "--quiet"])?;
    place.install()
}

/// Checks that a package contains what every package must contain.
fn complete(name: &str, unpacked: &Path) -> io::Result<()> {
    let missing = IN_EVERY_PACKAGE
        .iter()
        .find(|file| !unpacked.join(file).is_file());
    match missing {
        None => Ok(()),
        Some(file) => Err(io::Error::other(format!(
            "the package of {name} lacks {file}"
        ))),
    }
}

/// A directory below which cargo reads the local registry instead of crates.io.
struct Place {
    directory: PathBuf,
    target: PathBuf,
}

impl Place {
    fn prepare(root: &Path) -> io::Result<Self> {
        let target = workspace::target(root);
        let directory = target.join("package-test");
        match std::fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => std::fs::create_dir_all(directory.join(".cargo"))?,
        }
        std::fs::write(directory.join(".cargo/config.toml"), CONFIG)?;
        Ok(Self { directory, target })
    }

    /// Unpacks a package and returns its directory.
    fn unpack(&self, registry: &Registry, name: &str) -> io::Result<PathBuf> {
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(registry.file(name)?);
        workspace::output(tar.current_dir(&self.directory))?;
        let version = registry.version(name)?;
        Ok(self.directory.join(format!("{name}-{version}")))
    }

    /// Installs the command as a user does, and runs it.
    fn install(&self) -> io::Result<()> {
        let root = self.directory.join("installed");
        let root_text = root.to_string_lossy();
        let arguments = [
            "install", "allo-cli", "--debug", "--quiet", "--root", &root_text,
        ];
        self.cargo(&self.directory, &arguments)?;
        let printed = workspace::output(Command::new(root.join("bin/allo")).arg("--version"))?;
        println!("package: installed {}", printed.trim());
        Ok(())
    }

    /// Runs cargo in a directory of this place. What is compiled is shared with the workspace where it is the same.
    fn cargo(&self, directory: &Path, arguments: &[&str]) -> io::Result<()> {
        println!(
            "package: cargo {} in {}",
            arguments.join(" "),
            directory.display()
        );
        let mut command = Command::new(workspace::cargo());
        command.env("CARGO_TARGET_DIR", &self.target);
        // The variables of the `cargo` that runs this command would choose its own packages.
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_a_package(name)) {
            command.env_remove(name);
        }
        succeed(command.args(arguments).current_dir(directory), arguments)
    }
}

/// Settings of cargo below the place: the registry, and the profile of the workspace, to share its artifacts.
const CONFIG: &str = r#"[source.crates-io]
replace-with = "packaged"

[source.packaged]
local-registry = "registry"

[profile.dev]
debug = "line-tables-only"

[profile.dev.package.regex-automata]
opt-level = 2

[profile.dev.package.regex-syntax]
opt-level = 2
"#;

fn is_of_a_package(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

fn cargo<'a>(root: &Path, arguments: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let arguments: Vec<&str> = arguments.collect();
    let mut command = Command::new(workspace::cargo());
    succeed(command.args(&arguments).current_dir(root), &arguments)
}

fn succeed(command: &mut Command, arguments: &[&str]) -> io::Result<()> {
    let status = command.status()?;
    if status.success() {
        return Ok(());
    }
    let arguments = arguments.join(" ");
    Err(io::Error::other(format!(
        "`cargo {arguments}` failed ({status})"
    )))
}
