//! The plainest possible call of every operation, for tests that hold for all of them.

use allo_client::operation::Operation;
use allo_client::{CallOptions, Client, Error, Response, TargetTeammate, Teammate};

/// Calls an operation with as little as it needs, in a team of which `user_id` is a member.
///
/// # Errors
/// What the call fails with.
///
/// # Panics
/// When the operation is not known here.
pub async fn plain(
    client: &Client,
    operation: &Operation,
    user_id: &str,
    change: impl FnOnce(CallOptions) -> CallOptions,
) -> Result<Response<()>, Error> {
    let user = Teammate::id(user_id);
    match operation.id {
        "getCurrentDialingQueue" => {
            let call = client.get_current_dialing_queue().for_teammate(user);
            nothing(call.options(change).send().await)
        }
        "resetCurrentDialingQueue" => {
            let call = client.reset_current_dialing_queue().for_teammate(user);
            nothing(call.options(change).send().await)
        }
        "upsertCurrentDialingQueue" => {
            let call = client.upsert_current_dialing_queue().for_teammate(user);
            nothing(call.options(change).send().await)
        }
        "appendDialingQueueNumbers" => {
            let call = client.append_dialing_queue_numbers(["+12125550100"]);
            nothing(call.for_teammate(user).options(change).send().await)
        }
        "clearDialingQueueNumbers" => {
            let call = client.clear_dialing_queue_numbers().unassigned(true);
            nothing(call.for_teammate(user).options(change).send().await)
        }
        "getMe" => nothing(client.get_me().options(change).send().await),
        "listUsers" => nothing(client.list_users().options(change).send().await),
        "getUser" => nothing(client.get_user(user_id).options(change).send().await),
        new => panic!("{new} is not called yet: add its plainest call to tests/src/calls.rs"),
    }
}

fn nothing<T>(answer: Result<Response<T>, Error>) -> Result<Response<()>, Error> {
    answer.map(|answer| answer.map(|_| ()))
}
