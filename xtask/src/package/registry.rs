//! A registry in a directory, as cargo's `local-registry` source reads it: the packages of the workspace as `cargo
//! package` wrote them, the packages of others from cargo's cache, and the index of both from `cargo metadata`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::PUBLISHED;
use crate::workspace;

pub(super) struct Registry {
    directory: PathBuf,
    /// The version of each published crate.
    versions: BTreeMap<String, String>,
}

impl Registry {
    /// Writes the registry into `registry` of a directory.
    pub(super) fn write(root: &Path, place: &Path) -> io::Result<Self> {
        let metadata = Metadata::read(root)?;
        let directory = place.join("registry");
        std::fs::create_dir_all(directory.join("index"))?;
        let published = metadata
            .packages
            .iter()
            .filter(|package| package.is_published());
        let versions = published
            .map(|package| (package.name.clone(), package.version.clone()))
            .collect();
        let registry = Self {
            directory,
            versions,
        };
        let cache = Cache::find()?;
        let mut index: BTreeMap<&str, String> = BTreeMap::new();
        for package in &metadata.packages {
            let source = match &package.source {
                Some(_) => cache.file(&package.file())?,
                None if package.is_published() => metadata.packed(package),
                None => continue,
            };
            let kept = registry.directory.join(package.file());
            std::fs::copy(&source, &kept)?;
            let row = Row::new(package, sha256(&kept)?);
            let rows = index.entry(&package.name).or_default();
            writeln!(rows, "{}", serde_json::to_string(&row)?).map_err(io::Error::other)?;
        }
        for (name, rows) in index {
            registry.write_index(name, &rows)?;
        }
        Ok(registry)
    }

    fn write_index(&self, name: &str, rows: &str) -> io::Result<()> {
        let directory = self.directory.join("index").join(prefix(name));
        std::fs::create_dir_all(&directory)?;
        std::fs::write(directory.join(name.to_lowercase()), rows)
    }

    pub(super) fn version(&self, name: &str) -> io::Result<&str> {
        let version = self.versions.get(name).map(String::as_str);
        version.ok_or_else(|| io::Error::other(format!("the workspace has no {name}")))
    }

    /// The file of the package of a published crate.
    pub(super) fn file(&self, name: &str) -> io::Result<PathBuf> {
        let version = self.version(name)?;
        Ok(self.directory.join(format!("{name}-{version}.crate")))
    }
}

/// The directory of an index file, as in the index of crates.io.
fn prefix(name: &str) -> String {
    let name = name.to_lowercase();
    let part = |range| name.get(range).unwrap_or_default();
    match name.len() {
        length @ 1..=2 => length.to_string(),
        3 => format!("3/{}", part(0..1)),
        _ => format!("{}/{}", part(0..2), part(2..4)),
    }
}

fn sha256(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    for byte in Sha256::digest(std::fs::read(file)?) {
        write!(text, "{byte:02x}").map_err(io::Error::other)?;
    }
    Ok(text)
}

/// The directories in which cargo keeps the packages that it has downloaded.
struct Cache(Vec<PathBuf>);

impl Cache {
    fn find() -> io::Result<Self> {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
        let home = home.ok_or_else(|| io::Error::other("set CARGO_HOME"))?;
        let registries = std::fs::read_dir(home.join("registry/cache"))?;
        let directories: io::Result<Vec<_>> = registries.map(|entry| Ok(entry?.path())).collect();
        Ok(Self(directories?))
    }

    fn file(&self, name: &str) -> io::Result<PathBuf> {
        let mut files = self.0.iter().map(|directory| directory.join(name));
        let found = files.find(|file| file.is_file());
        found.ok_or_else(|| io::Error::other(format!("cargo has not downloaded {name}")))
    }
}

/// What `cargo metadata` prints, as far as an index needs it.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    dependencies: Vec<Dependency>,
    features: BTreeMap<String, Vec<String>>,
    rust_version: Option<String>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    kind: Option<String>,
    rename: Option<String>,
    optional: bool,
    uses_default_features: bool,
    features: Vec<String>,
    target: Option<String>,
}

impl Metadata {
    /// Reads the packages of all platforms, which cargo downloads where it has not yet.
    fn read(root: &Path) -> io::Result<Self> {
        let arguments = [
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--all-features",
        ];
        let printed = workspace::output(
            Command::new(workspace::cargo())
                .args(arguments)
                .current_dir(root),
        )?;
        Ok(serde_json::from_str(&printed)?)
    }

    /// Where `cargo package` wrote a package of the workspace.
    fn packed(&self, package: &Package) -> PathBuf {
        self.target_directory.join("package").join(package.file())
    }
}

impl Package {
    fn file(&self) -> String {
        format!("{}-{}.crate", self.name, self.version)
    }

    fn is_published(&self) -> bool {
        self.source.is_none() && PUBLISHED.contains(&self.name.as_str())
    }
}

/// A version in an index file.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    vers: &'a str,
    deps: Vec<RowDependency<'a>>,
    cksum: String,
    features: BTreeMap<String, Vec<String>>,
    features2: &'a BTreeMap<String, Vec<String>>,
    yanked: bool,
    v: u8,
    rust_version: Option<&'a str>,
}

#[derive(Serialize)]
struct RowDependency<'a> {
    name: &'a str,
    req: &'a str,
    features: &'a [String],
    optional: bool,
    default_features: bool,
    target: Option<&'a str>,
    kind: &'a str,
    package: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(package: &'a Package, cksum: String) -> Self {
        Self {
            name: &package.name,
            vers: &package.version,
            deps: package
                .dependencies
                .iter()
                .map(RowDependency::new)
                .collect(),
            cksum,
            features: BTreeMap::new(),
            features2: &package.features,
            yanked: false,
            v: 2,
            rust_version: package.rust_version.as_deref(),
        }
    }
}

impl<'a> RowDependency<'a> {
    fn new(dependency: &'a Dependency) -> Self {
        let name = &dependency.name;
        Self {
            name: dependency.rename.as_ref().unwrap_or(name),
            req: &dependency.req,
            features: &dependency.features,
            optional: dependency.optional,
            default_features: dependency.uses_default_features,
            target: dependency.target.as_deref(),
            kind: dependency.kind.as_deref().unwrap_or("normal"),
            package: dependency.rename.is_some().then_some(name.as_str()),
        }
    }
}
