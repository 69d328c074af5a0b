//! `getMe`, `listUsers`, `getUser`.

use allo_sandbox::{KeySpec, Quotas, Role, Sandbox, Status, UserSpec};
use serde_json::{Value, json};

use crate::api::{ANA, Api, CAMILLE, MARIE};

fn names(data: &Value) -> Vec<&str> {
    let users = data.as_array().expect("a list").iter();
    users.filter_map(|user| user["name"].as_str()).collect()
}

#[tokio::test]
async fn get_me_reports_scopes_and_limits() {
    let mut api = Api::start().await;
    api.use_key(KeySpec::new(MARIE).scopes(["USERS_READ", "NOTES_READ"]));
    let me = api.get("/v2/api/me").await.data();
    assert!(
        me["api_key_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("api-"))
    );
    assert_eq!(me["scopes"], json!(["USERS_READ", "NOTES_READ"]));
    assert_eq!(me["team"]["name"], "Larch Street Sales");
    assert_eq!(
        me["rate_limits"],
        json!({ "read_per_second": 20, "write_per_second": 5 })
    );
    let endpoints = me["endpoints"].as_array().expect("a list");
    let paths: Vec<_> = endpoints
        .iter()
        .map(|endpoint| endpoint["path"].as_str())
        .collect();
    assert_eq!(paths, [Some("/v2/api/users"), Some("/v2/api/users/{id}")]);
    for endpoint in endpoints {
        assert_eq!(endpoint["method"], "GET");
        assert_eq!(endpoint["scope"], "USERS_READ");
        assert!(endpoint["description"].is_string());
    }
}

#[tokio::test]
async fn get_me_works_without_scopes_or_team() {
    let mut api = Api::with(|builder| builder.quotas(Quotas::per_second(7, 3))).await;
    let loner = UserSpec::new("Kim Lone", "kim@example.com").without_team();
    let loner = api.control().add_user(loner);
    api.use_key(KeySpec::new(loner).scopes([""; 0]));
    let me = api.get("/v2/api/me").await.data();
    assert_eq!(me["team"], Value::Null);
    assert_eq!(me["scopes"], json!([]));
    assert_eq!(me["endpoints"], json!([]));
    assert_eq!(
        me["rate_limits"],
        json!({ "read_per_second": 7, "write_per_second": 3 })
    );
}

#[tokio::test]
async fn the_list_shows_active_members_unless_asked_otherwise() {
    let api = Api::start().await;
    let everybody = api.get("/v2/api/users").await.data();
    let active = [
        "Camille Laurent",
        "Marie Dupont",
        "Jonas Weber",
        "Alex Martin",
        "Alex Martin",
    ];
    assert_eq!(names(&everybody), active);
    let blocked = api.get("/v2/api/users?status=BLOCKED").await.data();
    assert_eq!(names(&blocked), ["Ana Silva"]);
    let managers = api
        .get("/v2/api/users?role=MANAGER&status=ACTIVE")
        .await
        .data();
    assert_eq!(names(&managers), ["Camille Laurent"]);
    let admins = api.get("/v2/api/users?role=ADMIN").await.data();
    assert_eq!(admins, json!([]));
}

#[tokio::test]
async fn unknown_filters_are_refused() {
    let api = Api::start().await;
    for (query, param) in [
        ("role=BOSS", "role"),
        ("status=active", "status"),
        ("role=", "role"),
    ] {
        let answer = api.get(&format!("/v2/api/users?{query}")).await;
        assert_eq!(answer.error(400, "INVALID_REQUEST_BODY")["param"], param);
    }
}

#[tokio::test]
async fn a_member_is_found_by_id_whatever_their_status() {
    let api = Api::start().await;
    let marie = api.get(&format!("/v2/api/users/{MARIE}")).await.data();
    let expected = json!({
        "id": MARIE,
        "name": "Marie Dupont",
        "email": "marie@example.com",
        "role": "MEMBER",
        "status": "ACTIVE",
        "image_url": "https://media.example.com/portraits/marie.png",
    });
    assert_eq!(marie, expected);
    let ana = api.get(&format!("/v2/api/users/{ANA}")).await.data();
    assert_eq!(
        (ana["status"].as_str(), &ana["image_url"]),
        (Some("BLOCKED"), &Value::Null)
    );
}

#[tokio::test]
async fn strangers_and_foreigners_are_no_members() {
    let api = Api::start().await;
    let foreigner = UserSpec::new("Fay Reign", "fay@example.com").team("Elsewhere");
    let foreigner = api.control().add_user(foreigner);
    for id in ["usr-0", &foreigner, &MARIE.to_lowercase(), "%FF"] {
        let answer = api.get(&format!("/v2/api/users/{id}")).await;
        let code = if id == "%FF" {
            "ENDPOINT_NOT_FOUND"
        } else {
            "MEMBER_NOT_FOUND"
        };
        answer.error(404, code);
    }
}

#[tokio::test]
async fn an_owner_without_team_has_no_users() {
    let mut api = Api::start().await;
    let loner = api
        .control()
        .add_user(UserSpec::new("Kim Lone", "kim@example.com").without_team());
    api.use_key(KeySpec::new(&loner));
    api.get("/v2/api/users").await.error(404, "TEAM_NOT_FOUND");
    api.get(&format!("/v2/api/users/{loner}"))
        .await
        .error(404, "TEAM_NOT_FOUND");
}

#[tokio::test]
async fn changes_of_the_team_are_visible_immediately() {
    let api = Api::start().await;
    let control = api.control();
    let added = UserSpec::new("Noor Haddad", "noor@example.com");
    let added = control.add_user(added.role(Role::Admin).status(Status::Blocked));
    control
        .set_status(&added, Status::Active)
        .expect("they exist");
    let admins = api.get("/v2/api/users?role=ADMIN").await.data();
    assert_eq!(names(&admins), ["Noor Haddad"]);
    assert!(control.remove_user(&added));
    api.get(&format!("/v2/api/users/{added}"))
        .await
        .error(404, "MEMBER_NOT_FOUND");
    assert!(control.set_status(&added, Status::Active).is_err());
}

#[tokio::test]
async fn without_the_demo_team_there_is_only_the_owner() {
    let sandbox = Sandbox::builder().start().await.expect("a free port");
    let ids: Vec<_> = sandbox
        .control()
        .users()
        .into_iter()
        .map(|user| user.id)
        .collect();
    assert_eq!(ids, [CAMILLE]);
}
