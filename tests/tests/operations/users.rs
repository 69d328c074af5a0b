//! The API key's own data, and the members of the team.

use allo_client::types::{UserRole, UserStatus};
use allo_client::{ErrorCode, Response};
use allo_sandbox::KeySpec;
use tests::harness::{Harness, JONAS, MARIE};

use crate::support::refused;

pub(crate) async fn get_me(harness: &Harness) {
    let me = harness.client.get_me().send().await.unwrap().into_inner();
    assert!(me.api_key_id.as_str().starts_with("api-"));
    assert!(me.scopes.iter().any(|scope| scope == "USERS_READ"));
    let team = me.team.as_option().unwrap();
    assert_eq!(team.name.as_deref(), Some("Larch Street Sales"));
    let limits = me.rate_limits.as_ref().unwrap();
    assert_eq!(
        (limits.read_per_second, limits.write_per_second),
        (Some(20), Some(5))
    );
    let endpoints = me.endpoints.as_ref().unwrap();
    let users = endpoints
        .iter()
        .find(|endpoint| endpoint.path.as_deref() == Some("/v2/api/users"));
    assert_eq!(users.unwrap().scope.as_deref(), Some("USERS_READ"));

    let homeless = harness.control.add_key(KeySpec::new("usr-gone"));
    let me = harness.client_of(&homeless).get_me().send().await.unwrap();
    assert!(me.body().team.is_null());
}

pub(crate) async fn list_users(harness: &Harness) {
    let names = |answer: Response<allo_client::List<allo_client::types::User>>| {
        let users = answer.into_inner().into_iter();
        users.map(|user| user.name).collect::<Vec<_>>()
    };
    let everybody = names(harness.client.list_users().send().await.unwrap());
    assert_eq!(
        everybody,
        [
            "Camille Laurent",
            "Marie Dupont",
            "Jonas Weber",
            "Alex Martin",
            "Alex Martin"
        ]
    );
    let blocked = harness.client.list_users().status(UserStatus::Blocked);
    assert_eq!(names(blocked.send().await.unwrap()), ["Ana Silva"]);
    let managers = harness.client.list_users().role("MANAGER");
    assert_eq!(names(managers.send().await.unwrap()), ["Camille Laurent"]);

    let unheard_of = harness.client.list_users().role("WIZARD");
    let error = refused(unheard_of.send().await, 400);
    assert_eq!(error.param(), Some("role"));
    let homeless = harness.client_of(&harness.control.add_key(KeySpec::new("usr-gone")));
    let error = refused(homeless.list_users().send().await, 404);
    assert_eq!(error.code(), Some(&ErrorCode::TeamNotFound));
}

pub(crate) async fn get_user(harness: &Harness) {
    let id = harness.id_of(MARIE);
    let user = harness
        .client
        .get_user(&id)
        .send()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(user.id, id);
    assert_eq!(user.email, MARIE);
    assert_eq!(user.name, "Marie Dupont");
    assert_eq!(user.role, Some(UserRole::Member));
    assert_eq!(user.status, Some(UserStatus::Active));
    assert!(user.image_url.as_option().is_some());
    let other = harness.client.get_user(harness.id_of(JONAS)).send().await;
    assert!(other.unwrap().body().image_url.is_null());

    let error = refused(harness.client.get_user("usr-0000").send().await, 404);
    assert_eq!(error.code(), Some(&ErrorCode::MemberNotFound));
    assert!(!error.is_assignee_not_found());
}
