//! Runs the program against a sandbox at a fixed time, in its own directory and with an
//! otherwise empty environment.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use allo_sandbox::{Control, Quotas, Sandbox};
use tempfile::TempDir;

/// The start time of the sandbox. Runs end within ten minutes of it.
const START: &str = "2026-05-04T09:00:00Z";
pub(crate) const KEY: &str = "ak_live_golden";
pub(crate) const CAMILLE: &str = "usr-1C0FFEE5B7A94D20E36F81C2D5094AB7E8F31D6A";
pub(crate) const MARIE: &str = "usr-2A91D04E77BC5F3816E0C9A24B8D6F50137EAC48";

/// The sandbox and directory of the runs.
pub(crate) struct Harness {
    sandbox: Sandbox,
    directory: TempDir,
    columns: usize,
    key: Option<String>,
}

impl Harness {
    pub(crate) async fn start() -> Self {
        Self::with(Quotas::standard()).await
    }

    /// For runs with so many consecutive requests that some might be refused.
    pub(crate) async fn unlimited() -> Self {
        Self::with(Quotas::off()).await
    }

    async fn with(quotas: Quotas) -> Self {
        let start = START.parse().expect("a time");
        let sandbox = Sandbox::builder().demo_team().quotas(quotas);
        let sandbox = sandbox.api_key(KEY).start_time(start).start().await;
        Self {
            sandbox: sandbox.expect("a free port"),
            directory: TempDir::new().expect("a directory"),
            columns: 100,
            key: Some(KEY.to_owned()),
        }
    }

    pub(crate) fn control(&self) -> Control {
        self.sandbox.control()
    }

    pub(crate) fn base_url(&self) -> String {
        self.sandbox.base_url()
    }

    pub(crate) fn columns(&mut self, columns: usize) {
        self.columns = columns;
    }

    /// Sets the API key in the environment.
    pub(crate) fn key(&mut self, key: Option<&str>) {
        self.key = key.map(str::to_owned);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }

    /// The program, not started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_allo"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path("home"))
            .env("COLUMNS", self.columns.to_string())
            .env("ALLO_BASE_URL", self.base_url())
            // The keyring differs from machine to machine.
            .env("ALLO_KEYRING", "off")
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(key) = &self.key {
            command.env("ALLO_API_KEY", key);
        }
        command
    }

    /// Runs the program on its own sandbox.
    pub(crate) async fn run_in_sandbox(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.env_remove("ALLO_BASE_URL");
        let run = tokio::task::spawn_blocking(move || command.output().expect("the program"));
        run.await.expect("no panic")
    }

    /// Runs the program.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "").await
    }

    /// Runs the program with text on stdin.
    pub(crate) async fn run_with(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped());
        let stdin = stdin.to_owned();
        let run = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().expect("the program");
            let mut pipe = child.stdin.take().expect("a pipe");
            // A program that does not read stdin may have exited.
            let _ = pipe.write_all(stdin.as_bytes());
            drop(pipe);
            child.wait_with_output().expect("an end")
        });
        run.await.expect("no panic")
    }

    /// Compares a run with the file `expected/<name>.txt`.
    pub(crate) async fn check(&self, name: &str, arguments: &[&str]) {
        self.check_with(name, arguments, "").await;
    }

    /// The same with text on stdin.
    pub(crate) async fn check_with(&self, name: &str, arguments: &[&str], stdin: &str) {
        let output = self.run_with(arguments, stdin).await;
        self.compare(name, &arguments.join(" "), &output);
    }

    /// Compares the output of a run.
    pub(crate) fn compare(&self, name: &str, arguments: &str, output: &Output) {
        let text = format!(
            "$ allo {arguments}\n--- exit {}\n--- stdout\n{}--- stderr\n{}",
            output.status.code().expect("no signal"),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        compare(name, &self.normal(&text));
    }

    /// Masks what differs from run to run; only paths change the width.
    pub(crate) fn normal(&self, text: &str) -> String {
        let directory = self.directory.path().to_string_lossy().into_owned();
        let text = text
            .replace(&directory, "DIR")
            .replace(&self.base_url(), "http://SANDBOX");
        let text = masked(text, "2026-05-04T09:", "00:00");
        let text = masked(text, "2026-05-04 09:", "00");
        let text = masked(text, "req_", "000000000000");
        let text = masked(
            text,
            "\"push_id\": \"",
            "00000000-0000-0000-0000-000000000000",
        );
        // Ids are generated in sequence, and a refused request uses one, too.
        let text = masked(text, "pdl_", "000000000000000000000000000");
        // The remaining quota depends on the speed of previous runs.
        let text = masked(text, "quota        ", "19");
        let text = masked(text, "\"remaining\":", "19");
        let lines = text.split_inclusive('\n').map(without_time);
        without_present(&lines.collect::<String>())
    }
}

/// Masks the time of a run.
fn without_present(text: &str) -> String {
    let form = "0000-00-00 00:00:00";
    let mut parts = text.split(" UTC");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let time = whole
            .len()
            .checked_sub(form.len())
            .and_then(|at| whole.get(at..));
        let fits = time.is_some_and(|time| {
            time.chars()
                .zip(form.chars())
                .all(|(given, wanted)| match wanted {
                    '0' => given.is_ascii_digit(),
                    other => given == other,
                })
        });
        if fits {
            whole.truncate(whole.len() - form.len());
            whole.push_str("NOW");
        }
        whole.push_str(" UTC");
        whole.push_str(part);
    }
    whole
}

/// Replaces what follows each `prefix` by `mask`.
fn masked(text: String, prefix: &str, mask: &str) -> String {
    let mut parts = text.split(prefix);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest: String = part.chars().skip(mask.len()).collect();
        masked.extend([prefix, mask, &rest]);
    }
    masked
}

/// Removes a measured duration from a line.
fn without_time(line: &str) -> String {
    for name in ["\"began\": ", "\"last_settled\": "] {
        if let Some((before, _)) = line.split_once(name) {
            return format!("{before}{name}\"NOW\",\n");
        }
    }
    for name in ["\"least_seconds\": ", "\"waited_seconds\": "] {
        if let Some((before, rest)) = line.split_once(name) {
            let end = if rest.trim_end().ends_with(',') {
                ",\n"
            } else {
                "\n"
            };
            return format!("{before}{name}0.0{end}");
        }
    }
    match line.strip_prefix("time ") {
        Some(_) => "time        0.0 s at least\n".to_owned(),
        None => line.to_owned(),
    }
}

fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/expected");
    let path = path.join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let directory = path.parent().expect("a directory");
        std::fs::create_dir_all(directory).expect("a directory");
        std::fs::write(&path, text).expect("a file");
        return;
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if expected != text {
        let diff = similar::TextDiff::from_lines(expected.as_str(), text);
        let diff = diff.unified_diff().header("expected", "now").to_string();
        panic!("{name} differs; UPDATE_GOLDEN=1 accepts it\n{diff}");
    }
}
