//! For every operation: requests without a key or over the quota are refused in the envelope of its
//! version, and refused requests change nothing.

use allo_sandbox::{OPERATIONS, Operation, Quotas};

use crate::api::{Api, ApiResponse, filled};

#[track_caller]
fn assert_refused(operation: &Operation, answer: &ApiResponse, status: u16, code: &str) {
    if operation.path.starts_with("/v1/") {
        answer.v1_error(status, code);
    } else {
        answer.error(status, code);
    }
}

#[tokio::test]
async fn every_operation_is_refused_without_a_key() {
    let api = Api::start().await;
    for operation in OPERATIONS {
        let request = api.anonymous(operation.method.as_str(), &filled(operation.path));
        let answer = request.send().await;
        assert_refused(operation, &answer, 401, "UNAUTHORIZED");
    }
    assert!(
        api.control()
            .requests()
            .iter()
            .all(|request| !request.executed)
    );
}

#[tokio::test]
async fn every_operation_is_refused_over_the_quota() {
    let api = Api::with(|builder| builder.quotas(Quotas::per_second(0, 0))).await;
    for operation in OPERATIONS {
        let request = api.request(operation.method.as_str(), &filled(operation.path));
        let answer = request.send().await;
        assert_refused(operation, &answer, 429, "RATE_LIMIT_EXCEEDED");
        assert_eq!(answer.header("retry-after"), Some("1"), "{operation:?}");
    }
    assert!(
        api.control()
            .requests()
            .iter()
            .all(|request| !request.executed)
    );
}
