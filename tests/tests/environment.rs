//! A client that is set up from the environment. The variables of a running program cannot be changed safely, so each
//! case is a run of this very test program, with its own variables.

use std::process::Command;

use allo_client::Client;

/// Set in the runs that only say what `from_env` makes of their variables.
const CASE: &str = "ALLO_TESTS_CASE";

#[test]
fn from_env_reads_the_key_and_the_address() {
    if std::env::var_os(CASE).is_some() {
        return say(Client::from_env());
    }
    const KEY: (&str, &str) = ("ALLO_API_KEY", "ak_live_n33dle");
    let local = ("ALLO_BASE_URL", "http://localhost:8080/");
    let table: [(&[(&str, &str)], &str); 6] = [
        (&[KEY], "client of https://api.withallo.com;"),
        (
            &[KEY, ("ALLO_BASE_URL", "")],
            "client of https://api.withallo.com;",
        ),
        (&[KEY, local], "client of http://localhost:8080;"),
        (
            &[local],
            "param api_key: the client cannot be built: ALLO_API_KEY is not set",
        ),
        (&[("ALLO_API_KEY", "")], "param api_key"),
        (
            &[KEY, ("ALLO_BASE_URL", "http://example.com")],
            "param base_url",
        ),
    ];
    for (variables, expected) in table {
        let said = run(variables);
        assert!(said.contains(expected), "{variables:?}: {said}");
        assert!(!said.contains("n33dle"), "{said}");
    }
}

fn say(made: Result<Client, allo_client::Error>) {
    match made {
        Ok(client) => println!("client of {}; {client:?}", client.base_url()),
        Err(error) => println!(
            "param {}: {error} {error:?}",
            error.param().unwrap_or("none")
        ),
    }
}

/// What a run with exactly these variables says.
fn run(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("--nocapture").env(CASE, "1");
    for name in ["ALLO_API_KEY", "ALLO_BASE_URL"] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output();
    let output = output.expect("this program runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
