//! Error responses that all operations share: invalid keys, quotas, and server errors.

use std::time::Duration;

use allo_client::operation::Operation;
use allo_client::{CallOptions, Error, ErrorCode};
use allo_sandbox::{KeySpec, LoggedRequest, Quotas};
use tests::calls;
use tests::fixtures::Fixtures;
use tests::harness::{Harness, OWNER};

use crate::support::{answered, refused, scripted};

/// All except the quota.
pub(crate) async fn of_every_operation(operation: &Operation, harness: &Harness) {
    unknown_keys(operation, harness).await;
    missing_scope(operation, harness).await;
    let error = scripted(harness, operation, 500, "INTERNAL_SERVER_ERROR").await;
    assert!(error.is_server_error());
    let page = "<html><body>Bad gateway</body></html>".to_owned();
    let error = answered(harness, operation, 502, "text/html", page).await;
    assert!(error.is_server_error() && error.code().is_none());
}

async fn unknown_keys(operation: &Operation, harness: &Harness) {
    let about = Fixtures::nothing();
    let unknown = harness.client_of("ak_live_nobody");
    let error = refused(calls::bare(&unknown, operation, &about).await, 401);
    assert_eq!(error.code(), Some(&ErrorCode::ApiKeyInvalid));
    let key = harness.control.add_key(KeySpec::new(harness.id_of(OWNER)));
    harness.control.revoke(&key);
    let error = calls::bare(&harness.client_of(&key), operation, &about).await;
    let error = refused(error, 401);
    assert_eq!(error.code(), Some(&ErrorCode::ApiKeyRevoked));
    assert!(error.is_unauthorized());
}

async fn missing_scope(operation: &Operation, harness: &Harness) {
    let no_scopes = KeySpec::new(harness.id_of(OWNER)).scopes(<[&str; 0]>::default());
    let scopeless = harness.client_of(&harness.control.add_key(no_scopes));
    let answer = calls::bare(&scopeless, operation, &Fixtures::nothing()).await;
    if let [scope] = operation.scopes {
        let error = refused(answer, 403);
        assert_eq!(error.code(), Some(&ErrorCode::ApiKeyInsufficientScope));
        assert!(error.is_forbidden() && names(&error, scope), "{error}");
    } else {
        assert_eq!(operation.scopes, <[&str; 0]>::default(), "{}", operation.id);
        answer.expect("any key will do");
        let error = scripted(harness, operation, 403, "API_KEY_INSUFFICIENT_SCOPE").await;
        assert!(error.is_forbidden());
    }
}

/// Whether an error names the missing scope.
fn names(error: &Error, scope: &str) -> bool {
    let told = String::from_utf8_lossy(error.body());
    error.message().contains(scope) || told.contains(scope)
}

/// A request that exceeds the quota.
pub(crate) async fn over_quota(operation: &Operation) -> Vec<LoggedRequest> {
    let harness = Harness::with(|builder| builder.quotas(Quotas::per_second(0, 0))).await;
    let once = |o: CallOptions| o.with_max_attempts(1);
    let about = Fixtures::nothing();
    let error = calls::plain(&harness.client, operation, &about, once).await;
    let error = refused(error, 429);
    assert_eq!(error.code(), Some(&ErrorCode::RateLimitExceeded));
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    harness.take_requests()
}
