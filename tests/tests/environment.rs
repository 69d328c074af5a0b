//! A client that is configured by environment variables. They cannot be changed safely in a running process, so each
//! case runs this test binary again with its own variables.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use allo_client::Client;

/// Set in the runs that print the result of `from_env`.
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
        let said = run("from_env_reads_the_key_and_the_address", variables);
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

#[test]
fn the_proxy_of_the_environment_is_named_without_its_password() {
    if std::env::var_os(CASE).is_some() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let client = Client::from_env().expect("a client");
        let once = client.get_me().options(|o| o.with_max_attempts(1));
        let error = runtime.block_on(once.send()).expect_err("no server");
        println!("{error} {error:?}");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let answer: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
    let proxy = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().expect("a connection");
        let _ = connection.read(&mut [0; 4096]);
        connection.write_all(answer).expect("an answer");
    });
    let name = "the_proxy_of_the_environment_is_named_without_its_password";
    let url = format!("http://user:s3cret@{address}");
    let variables = [
        ("ALLO_API_KEY", "ak_live_n33dle"),
        ("ALLO_BASE_URL", "https://api.example.com"),
        ("HTTPS_PROXY", url.as_str()),
        ("NO_PROXY", ""),
    ];
    let said = run(name, &variables);
    proxy.join().expect("a proxy that was asked");
    let expected = format!(
        "could not connect to api.example.com:443 through the proxy {address}: \
         the proxy requires a user name and password (407); set them in the proxy URL"
    );
    assert!(said.contains(&expected), "{said}");
    assert!(
        !said.contains("s3cret") && !said.contains("n33dle"),
        "{said}"
    );
}

/// The output of a run of one test with exactly these variables.
fn run(test: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", test, "--nocapture"])
        .env(CASE, "1");
    for name in ["ALLO_API_KEY", "ALLO_BASE_URL"] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output();
    let output = output.expect("this program runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
