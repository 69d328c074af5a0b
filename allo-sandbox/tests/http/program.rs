//! The program `allo-sandbox`, driven from other languages: the scripts of `clients/` run against it where
//! their interpreter is at hand. Where it is not, the test says so on stderr, and fails if
//! `REQUIRE_INTERPRETERS` is set.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

/// A running program; killed when it is dropped.
struct Program {
    child: Child,
    base_url: String,
    introduction: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_allo-sandbox"))
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut introduction = String::new();
        let mut lines = BufReader::new(stdout);
        while !introduction.contains("Ctrl-C") {
            let read = lines.read_line(&mut introduction).expect("text");
            assert!(read > 0, "the program ended: {introduction}");
        }
        let line = introduction
            .lines()
            .find_map(|line| line.strip_prefix("Base URL  "));
        let base_url = line.expect("its address").to_owned();
        Self {
            child,
            base_url,
            introduction,
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A language, and its script.
struct Language {
    interpreter: &'static str,
    /// Fails if the interpreter is too old.
    probe: [&'static str; 2],
    script: &'static str,
}

const NODE: Language = Language {
    interpreter: "node",
    probe: ["-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"],
    script: "sandbox.mjs",
};

const PYTHON: Language = Language {
    interpreter: "python3",
    probe: ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"],
    script: "sandbox.py",
};

impl Language {
    fn is_at_hand(&self) -> bool {
        let probe = Command::new(self.interpreter).args(self.probe).output();
        let at_hand = probe.is_ok_and(|output| output.status.success());
        if !at_hand {
            let name = self.interpreter;
            assert!(
                std::env::var_os("REQUIRE_INTERPRETERS").is_none(),
                "{name} is not at hand, or too old"
            );
            // Not by `eprintln`, which the test harness captures.
            let text = format!(
                "SKIPPED: {} did not run: no {name} here, or too old\n",
                self.script
            );
            io::stderr().write_all(text.as_bytes()).expect("stderr");
        }
        at_hand
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let script = format!("{}/clients/{}", env!("CARGO_MANIFEST_DIR"), self.script);
        let run = Command::new(self.interpreter)
            .arg(script)
            .args(arguments)
            .output();
        run.expect("the interpreter starts")
    }

    /// Runs the script where it must succeed, with and without a token, and where it must fail.
    fn drive(&self) {
        if !self.is_at_hand() {
            return;
        }
        let open = Program::start(&["--no-quotas"]);
        let output = self.run(&[&open.base_url]);
        assert!(output.status.success(), "{output:?}");
        let again = self.run(&[&open.base_url]);
        assert!(again.status.success(), "a reset leaves nothing: {again:?}");
        let guarded = Program::start(&["--no-quotas", "--admin-token", "quiet-token"]);
        let output = self.run(&[&guarded.base_url, "quiet-token"]);
        assert!(output.status.success(), "{output:?}");
        let closed = Program::start(&["--no-quotas", "--no-admin"]);
        for arguments in [&[guarded.base_url.as_str()], &[closed.base_url.as_str()]] {
            let output = self.run(arguments);
            assert_eq!(output.status.code(), Some(1), "{output:?}");
        }
    }
}

#[test]
fn a_node_script_drives_the_program() {
    NODE.drive();
}

#[test]
fn a_python_script_drives_the_program() {
    PYTHON.drive();
}

#[test]
fn the_program_says_where_its_admin_api_is_unless_it_has_none() {
    let open = Program::start(&["--examples"]);
    let line = format!("Admin API {}/__sandbox\n", open.base_url);
    assert!(open.introduction.contains(&line), "{}", open.introduction);
    assert!(
        open.introduction.contains("Ola Brandvik"),
        "the example data"
    );
    let closed = Program::start(&["--no-admin"]);
    assert!(
        !closed.introduction.contains("__sandbox"),
        "{}",
        closed.introduction
    );
}
