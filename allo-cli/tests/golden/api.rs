//! `allo api`: listing, help, fields, bodies and pages.

use super::harness::{Harness, MARIE};

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_help() {
    let harness = Harness::start().await;
    let help = ["api", "appendDialingQueueNumbers", "-h"];
    harness.check("api/help/append", &help).await;
    harness
        .check("api/help/search", &["api", "searchAllConversations", "-h"])
        .await;
    harness
        .check("api/help/unknown", &["api", "getNothing"])
        .await;
    assert_eq!(harness.control().requests().len(), 0);
}

/// No golden file, as each new operation would change it.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_listed() {
    let harness = Harness::start().await;
    let list = harness.run(&["api"]).await;
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let table = harness.run(&["api", "-o", "csv"]).await;
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    let all = allo_client::operations::ALL;
    assert_eq!(table.lines().count(), 1 + all.len());
    assert!(table.starts_with("operation,request,quota,scopes,summary\n"));
    for operation in all {
        let request = format!("{} {}", operation.method.as_str(), operation.path);
        let row = |line: &&str| line.split("  ").next() == Some(operation.id);
        let row = list.lines().find(row).expect(operation.id);
        assert!(row.contains(&request), "{row}");
        let row = format!("{},{request},", operation.id);
        assert!(table.contains(&row), "{row}");
        assert!(table.contains(operation.summary), "{}", operation.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_help() {
    let harness = Harness::start().await;
    for operation in allo_client::operations::ALL {
        let output = harness.run(&["api", operation.id, "--help"]).await;
        let help = String::from_utf8_lossy(&output.stdout);
        let request = format!("{} {}", operation.method.as_str(), operation.path);
        assert!(
            output.status.success() && help.contains(&request),
            "{}",
            operation.id
        );
        assert!(help.contains(operation.summary), "{}", operation.id);
        let fields = operation.fields.iter().map(|field| field.name);
        assert!(
            fields.into_iter().all(|name| help.contains(name)),
            "{}",
            operation.id
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reading() {
    let harness = Harness::start().await;
    let id = format!("id={MARIE}");
    let user = ["api", "getUser", "-f", &id];
    harness.check("api/user/table", &user).await;
    harness
        .check("api/user/json", &[&user[..], &["-o", "json"]].concat())
        .await;
    let search = [
        "api",
        "searchAllConversations",
        "-f",
        "size=2",
        "-f",
        "tags=interested",
    ];
    harness.check("api/search/table", &search).await;
    let all = [&search[..], &["--all", "-o", "csv"]].concat();
    harness.check("api/search/all", &all).await;
    let none = [
        "api",
        "searchAllConversations",
        "-f",
        "search=zeppelin",
        "--all",
        "-o",
        "csv",
    ];
    let output = harness.run(&none).await;
    assert!(output.status.success() && output.stdout.is_empty());
    let pages = harness.control().requests().len();
    assert!(pages >= 4, "{pages} requests");
    let old = [
        "api",
        "searchCalls",
        "-f",
        "allo_number=+12125550101",
        "-f",
        "size=3",
        "--all",
    ];
    harness
        .check("api/calls/all", &[&old[..], &["-o", "jsonl"]].concat())
        .await;
    let queue = [
        "api",
        "getCurrentDialingQueue",
        "-t",
        "marie@example.com",
        "-o",
        "json",
    ];
    harness.check("api/queue/json", &queue).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writing() {
    let harness = Harness::start().await;
    let body = r#"{"numbers": [{"number": "+12125550142", "name": "Nina"}]}"#;
    let append = [
        "api",
        "appendDialingQueueNumbers",
        "-t",
        "marie@example.com",
        "--body",
        "-",
    ];
    harness.check_with("api/append/table", &append, body).await;
    let again = [&append[..], &["--idempotency-key", "k-1", "-o", "json"]].concat();
    harness.check_with("api/append/json", &again, body).await;
    let repeated = harness.run_with(&again, body).await;
    assert!(repeated.status.success());
    let queue = harness.control().queue_of(MARIE).expect("a queue");
    assert_eq!(
        queue.entries.len(),
        2,
        "the key was used twice, the lead added once"
    );
    let company = ["api", "createCompany", "-f", "name=Copper Lane Bakery"];
    harness.check("api/company/table", &company).await;
    let deal = harness
        .run(&["api", "createDeal", "-f", "name=Oven", "-o", "json"])
        .await;
    let deal: serde_json::Value = serde_json::from_slice(&deal.stdout).expect("JSON");
    let id = format!("id={}", deal["data"]["id"].as_str().expect("an id"));
    harness
        .check(
            "api/delete/json",
            &["api", "deleteDeal", "-f", &id, "-o", "json"],
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes() {
    let harness = Harness::start().await;
    harness
        .check("api/mistakes/missing", &["api", "getUser"])
        .await;
    harness
        .check(
            "api/mistakes/unknown_field",
            &["api", "getUser", "-f", "name=x"],
        )
        .await;
    let size = ["api", "getCurrentDialingQueue", "-f", "size=101"];
    harness.check("api/mistakes/limit", &size).await;
    let size = ["api", "getCurrentDialingQueue", "-f", "size=many"];
    harness.check("api/mistakes/kind", &size).await;
    let body = ["api", "createCompany", "--body", "-"];
    harness
        .check_with("api/mistakes/body", &body, "{\n \"name\": }")
        .await;
    let body = ["api", "createCompany", "--body", "none.json"];
    harness.check("api/mistakes/no_body", &body).await;
    assert_eq!(harness.control().requests().len(), 0);
}
