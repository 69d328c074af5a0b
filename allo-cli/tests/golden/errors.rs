//! Errors, each with its message, next step and exit code.

use allo_client::{Permissions, operations};
use allo_sandbox::KeySpec;

use super::harness::{Harness, KEY, MARIE};

/// 40 leads; line 37 has an unclosed quote.
fn bad_quotes() -> String {
    let line = |number: usize| match number {
        37 => "+12125550137,\"Marie\n".to_owned(),
        number => format!("+121255501{number:02},Lead\n"),
    };
    let lines = (2..=41).map(line);
    std::iter::once("phone,name\n".to_owned())
        .chain(lines)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn teammates() {
    let harness = Harness::start().await;
    harness.file("one.csv", "phone\n+12125550151\n");
    let cases = [
        ("wrong_address", "nobody@example.com"),
        ("wrong_id", "usr-0000"),
        ("wrong_name", "Nobody Atall"),
        ("ambiguous", "Alex Martin"),
        ("blocked", "Ana Silva"),
        ("empty", ""),
    ];
    for (name, teammate) in cases {
        let push = ["queue", "push", "one.csv", "-t", teammate];
        harness
            .check(&format!("errors/teammate/{name}"), &push)
            .await;
    }
    let json = ["queue", "show", "-t", "Alex Martin", "--json-errors"];
    harness.check("errors/teammate/json", &json).await;
    assert_eq!(harness.control().queues_created(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists() {
    let harness = Harness::start().await;
    let push = |file: &'static str| ["queue", "push", file, "-t", "marie@example.com"];
    harness
        .check("errors/list/unreadable", &push("nowhere.csv"))
        .await;
    harness.check("errors/list/directory", &push(".")).await;
    harness.file("quotes.csv", &bad_quotes());
    harness
        .check("errors/list/bad_quotes", &push("quotes.csv"))
        .await;
    let json = [&push("quotes.csv")[..], &["--json-errors"]].concat();
    harness.check("errors/list/bad_quotes_json", &json).await;
    harness.file("colours.csv", "colour,size\nred,7\n");
    harness
        .check("errors/list/no_number", &push("colours.csv"))
        .await;
    harness.file("phones.csv", "Phone,Mobile\n1,2\n");
    harness
        .check("errors/list/ambiguous", &push("phones.csv"))
        .await;
    std::fs::write(
        harness.path("latin.csv"),
        b"phone,name\n+12125550151,Ren\xe9\n",
    )
    .expect("a file");
    harness
        .check("errors/list/not_utf8", &push("latin.csv"))
        .await;
    let wide: Vec<u8> = "phone\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(
        harness.path("wide.csv"),
        [&[0xFF, 0xFE], &wide[..]].concat(),
    )
    .expect("a file");
    harness.check("errors/list/utf16", &push("wide.csv")).await;
    harness.file("array.json", "[\n  {\"phone\": \"+12125550151\"}\n]\n");
    harness
        .check("errors/list/array", &push("array.json"))
        .await;
    harness.file("empty.csv", "");
    harness.check("errors/list/empty", &push("empty.csv")).await;
    let map = [&push("colours.csv")[..], &["--map", "hue=number"]].concat();
    harness.check("errors/list/map", &map).await;
    let region = [&push("colours.csv")[..], &["--region", "Mars"]].concat();
    harness.check("errors/list/region", &region).await;
    harness.file("bad.csv", "phone\nnone\n");
    harness.check("errors/list/all_bad", &push("bad.csv")).await;
    assert_eq!(harness.control().queues_created(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys() {
    let mut harness = Harness::start().await;
    harness.key(None);
    harness.check("errors/key/missing", &["users"]).await;
    harness
        .check("errors/key/missing_json", &["users", "--json-errors"])
        .await;
    harness
        .check_with("errors/login/malformed", &["login"], "two words\n")
        .await;
    harness
        .check_with("errors/login/unknown", &["login"], "ak_live_unknown\n")
        .await;
    harness.key(Some("two words"));
    harness.check("errors/key/malformed", &["users"]).await;
    harness.key(Some("ak_live_unknown"));
    harness.check("errors/key/unknown", &["users"]).await;
    harness.key(Some(KEY));
    harness.control().revoke(KEY);
    harness.check("errors/key/revoked", &["users"]).await;
    harness
        .check("errors/key/revoked_json", &["users", "--json-errors"])
        .await;
    let spec = KeySpec::new(MARIE)
        .scopes(["USERS_READ"])
        .value("ak_live_users");
    let key = harness.control().add_key(spec);
    harness.key(Some(&key));
    harness.check("errors/key/scope", &["queue", "show"]).await;
    harness
        .check("errors/key/scope_json", &["queue", "show", "--json-errors"])
        .await;
    let me = harness.run(&["me", "-o", "json"]).await;
    let me: serde_json::Value = serde_json::from_slice(&me.stdout).expect("JSON");
    let open = Permissions::new(vec!["USERS_READ".to_owned()]);
    let closed = operations::ALL.iter().filter(|it| !open.can(it));
    let closed: Vec<_> = closed.map(|operation| operation.id).collect();
    assert!(closed.contains(&"getCurrentDialingQueue") && !closed.contains(&"listUsers"));
    assert_eq!(me["closed_operations"], serde_json::json!(closed));
}

#[tokio::test(flavor = "multi_thread")]
async fn usage() {
    let harness = Harness::start().await;
    harness.check("errors/usage/command", &["fly"]).await;
    harness
        .check("errors/usage/command_json", &["fly", "--json-errors"])
        .await;
    harness
        .check("errors/usage/option", &["users", "--fast"])
        .await;
    let url = ["users", "--base-url", "http://example.com"];
    harness.check("errors/usage/base_url", &url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn services() {
    let harness = Harness::start().await;
    let missing = ["conversations", "show", "cll-0000"];
    harness.check("errors/service/not_found", &missing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyring_can_be_disabled() {
    let harness = Harness::start().await;
    harness
        .check_with("errors/login/off", &["login", "--untried"], "ak_live_x\n")
        .await;
    harness.check("errors/logout/off", &["logout"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_does_not_use_the_keyring() {
    let harness = Harness::start().await;
    for command in ["login", "logout"] {
        let arguments = [command, "--sandbox"];
        let output = harness.run_with(&arguments, "ak_live_x\n").await;
        harness.compare(
            &format!("errors/{command}/sandbox"),
            &arguments.join(" "),
            &output,
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_cannot_control_the_terminal() {
    let harness = Harness::start().await;
    harness.file("evil.csv", "\u{1b}[2Jcolour,\u{1b}]0;x\u{7}size\nred,7\n");
    let push = ["queue", "push", "evil.csv"];
    harness.check("errors/list/escapes", &push).await;
    let output = harness.run(&push).await;
    let controls = |byte: &u8| byte.is_ascii_control() && *byte != b'\n';
    assert!(!output.stderr.iter().any(controls));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_configuration_fails_only_commands_that_need_it() {
    let harness = Harness::start().await;
    harness.file("config.toml", "[[[");
    for command in [
        &["users", "--sandbox"][..],
        &["explain"],
        &["man"],
        &["completions", "fish"],
    ] {
        let arguments = [command, &["--config", "config.toml"]].concat();
        assert!(
            harness.run(&arguments).await.status.success(),
            "{command:?}"
        );
    }
    let output = harness.run(&["users", "--config", "config.toml"]).await;
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn configuration() {
    use std::os::unix::fs::PermissionsExt;
    let mut harness = Harness::start().await;
    harness.key(None);
    let text = format!("[profiles.work]\napi_key = \"{KEY}\"\nteammate = \"marie@example.com\"\n");
    harness.file("config.toml", &text);
    let mode = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(harness.path("config.toml"), permissions).expect("a mode");
    };
    let show = [
        "--config",
        "config.toml",
        "--profile",
        "work",
        "queue",
        "show",
    ];
    mode(0o644);
    harness
        .check("errors/config/readable_by_others", &show)
        .await;
    mode(0o600);
    harness.check("errors/config/private", &show).await;
    let other = [
        "--config",
        "config.toml",
        "--profile",
        "home",
        "queue",
        "show",
    ];
    harness.check("errors/config/no_profile", &other).await;
    harness
        .check("errors/config/no_file", &["--config", "none.toml", "users"])
        .await;
    harness.file("config.toml", "[profiles.work]\napi_key = ak_live_secret\n");
    harness.check("errors/config/damaged", &show).await;
}
