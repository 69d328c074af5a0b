//! The cost of building a program that makes one call: crates, CPU time of a clean build, size of the stripped program.
//! Compared with the same program written by hand and with one that uses a popular client of another API.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::table::markdown;
use crate::{Result, Scale};

/// A program: its title, the crate that makes the call, its dependencies and its source.
struct Program {
    title: &'static str,
    client: &'static str,
    dependencies: &'static str,
    source: &'static str,
}

const BY_ALLO: &str = r#"
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), allo_client::Error> {
    let client = allo_client::Client::builder().api_key("key").build()?;
    println!("{:?}", client.get_me().send().await?);
    Ok(())
}
"#;

const BY_HAND: &str = r#"
#[derive(Debug, serde::Deserialize)]
#[allow(dead_code)]
struct Data<T> {
    data: T,
}

#[derive(Debug, serde::Deserialize)]
#[allow(dead_code)]
struct Me {
    api_key_id: String,
    scopes: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), reqwest::Error> {
    let request = reqwest::Client::new().get("https://api.withallo.com/v2/api/me");
    let me: Data<Me> = request.header("authorization", "Api-Key key").send().await?.json().await?;
    println!("{:?}", me.data);
    Ok(())
}
"#;

const BY_OCTOCRAB: &str = r#"
#[tokio::main(flavor = "current_thread")]
async fn main() -> octocrab::Result<()> {
    let client = octocrab::Octocrab::builder().personal_token("key".to_owned()).build()?;
    println!("{:?}", client.current().user().await?.login);
    Ok(())
}
"#;

const PROGRAMS: [Program; 4] = [
    Program {
        title: "allo-client, default features",
        client: "allo-client",
        dependencies: "allo-client = { path = \"ROOT/allo-client\" }",
        source: BY_ALLO,
    },
    Program {
        title: "allo-client, `rustls-tls` alone",
        client: "allo-client",
        dependencies: "allo-client = { path = \"ROOT/allo-client\", default-features = false, features = [\"rustls-tls\"] }",
        source: BY_ALLO,
    },
    Program {
        title: "reqwest (default features, `json`) and serde",
        client: "reqwest",
        dependencies: "reqwest = { version = \"0.13\", features = [\"json\"] }\nserde = { version = \"1\", features = [\"derive\"] }",
        source: BY_HAND,
    },
    Program {
        title: "octocrab, default features",
        client: "octocrab",
        dependencies: "octocrab = \"0.54\"",
        source: BY_OCTOCRAB,
    },
];

pub(crate) fn table(scale: Scale) -> Result<String> {
    let root = std::env::current_dir()?;
    let mut rows = Vec::new();
    let programs = PROGRAMS.iter().enumerate();
    for (index, program) in programs.take(scale.of(PROGRAMS.len(), 1)) {
        let directory = write(&root, index, program)?;
        let crates = crates(&directory)?;
        let dev = build(&directory, &["build", "--quiet"])?;
        // Before the release build, which cleans everything.
        let own = rebuild(&directory, program.client)?;
        let release = build(&directory, &["build", "--quiet", "--release"])?;
        let size = std::fs::metadata(directory.join("target/release/hello"))?.len();
        rows.push([
            program.title.to_owned(),
            crates.to_string(),
            format!("{dev:.0} s"),
            format!("{own:.1} s"),
            format!("{release:.0} s"),
            format!("{:.1} MB", size as f64 / 1e6),
        ]);
    }
    let columns = [
        "program",
        "crates",
        "CPU, dev",
        "of it the client",
        "CPU, release",
        "stripped",
    ];
    Ok(markdown(&columns, &rows))
}

fn write(root: &Path, index: usize, program: &Program) -> Result<PathBuf> {
    let directory = root.join("target/bench/hello").join(index.to_string());
    std::fs::create_dir_all(directory.join("src"))?;
    let dependencies = program
        .dependencies
        .replace("ROOT", &root.to_string_lossy());
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"hello\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[profile.release]\nstrip = true\n\n[dependencies]\n{dependencies}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n"
    );
    std::fs::write(directory.join("Cargo.toml"), manifest)?;
    std::fs::write(directory.join("src/main.rs"), program.source)?;
    // Uses the versions of the repository for crates that both have.
    std::fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock"))?;
    Ok(directory)
}

fn cargo(directory: &Path) -> Command {
    let mut command = Command::new("cargo");
    command
        .current_dir(directory)
        // A dependency from a registry is not compiled incrementally, unlike one by path.
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", directory.join("target"));
    command
}

fn crates(directory: &Path) -> Result<usize> {
    let arguments = ["tree", "-e", "normal", "--prefix", "none", "--no-dedupe"];
    let output = cargo(directory).args(arguments).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let text = String::from_utf8(output.stdout)?;
    let names: std::collections::BTreeSet<&str> = text.lines().collect();
    // The program itself is not a dependency.
    Ok(names.len().saturating_sub(1))
}

/// Builds from clean and returns the CPU time of the finished child processes.
fn build(directory: &Path, arguments: &[&str]) -> Result<f64> {
    let cleaned = cargo(directory).args(["clean", "--quiet"]).status()?;
    let before = children()?;
    let built = cargo(directory).args(arguments).status()?;
    if !cleaned.success() || !built.success() {
        return Err("the program does not compile".into());
    }
    Ok(children()? - before)
}

/// Rebuilds one crate and returns the CPU time.
fn rebuild(directory: &Path, name: &str) -> Result<f64> {
    let cleaned = cargo(directory)
        .args(["clean", "--quiet", "--package", name])
        .status()?;
    let before = children()?;
    let built = cargo(directory)
        .args(["build", "--quiet", "--package", name])
        .status()?;
    if !cleaned.success() || !built.success() {
        return Err(format!("{name} does not compile").into());
    }
    Ok(children()? - before)
}

/// Seconds of CPU time of all finished child processes and their children.
fn children() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, after) = stat.rsplit_once(')').ok_or("an unknown /proc/self/stat")?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok());
    // `cutime` and `cstime`, in hundredths of a second on every Linux.
    let (user, system) = ticks(13)
        .zip(ticks(14))
        .ok_or("an unknown /proc/self/stat")?;
    Ok((user + system) / 100.0)
}
