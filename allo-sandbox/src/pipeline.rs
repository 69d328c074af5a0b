//! The steps of a request in the API: script → auth → quota → idempotency → scope → handler. This
//! file defines their order; each step has its own module. `http_exchange` adds log and faults.

use crate::app::App;
use crate::auth::ApiKey;
use crate::errors::{ApiError, Code};
use crate::faults::journal::Execution;
use crate::handlers::Context;
use crate::handlers::dialing_queues::append;
use crate::idempotency::Claim;
use crate::lock::lock;
use crate::operations::Operation;
use crate::quota::{Class, QuotaStatus};
use crate::reply::Reply;
use crate::request::{Received, Routed};
use crate::request_id;
use crate::routes;

/// A response, and what was done.
pub(crate) struct Processed {
    pub(crate) reply: Reply,
    pub(crate) facts: Facts,
}

/// What was done for a request, whether or not its response arrives.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) replayed: bool,
    pub(crate) executed: bool,
    pub(crate) api_key_id: Option<String>,
}

impl Processed {
    fn plain(reply: Reply) -> Self {
        Self {
            reply,
            facts: Facts::default(),
        }
    }

    fn refusal(error: ApiError, request: &Received) -> Self {
        Self::plain(if request.is_v1() {
            error.into_v1_reply()
        } else {
            error.into_reply(&request.request_id)
        })
    }
}

/// Processes a request. A scripted response is sent unchanged, as if a gateway had
/// answered.
pub(crate) async fn process(app: &App, request: &Received) -> Processed {
    let operation = request.operation();
    let script = operation.and_then(|operation| lock(&app.script).next_response(operation.id));
    if let Some((reply, delay)) = script {
        tokio::time::sleep(delay).await;
        return Processed::plain(reply);
    }
    authenticated(app, request, None).await
}

/// Processes a request up to the quota, then sends this response.
pub(crate) async fn process_with(app: &App, request: &Received, reply: Reply) -> Processed {
    authenticated(app, request, Some(reply)).await
}

/// `instead` replaces all steps after the quota.
async fn authenticated(app: &App, request: &Received, instead: Option<Reply>) -> Processed {
    let key = lock(&app.keys).authenticate(&request.headers);
    let mut processed = match key {
        Ok(key) => {
            let mut processed = metered(app, request, &key, instead).await;
            processed.facts.api_key_id = Some(key.id);
            processed
        }
        Err(error) => {
            let mut processed = Processed::refusal(error, request);
            let class = Class::of(&request.method);
            let quota_status = lock(&app.meter).full(class, app.clock.now());
            if let Some(quota_status) = quota_status {
                quota_status.write_headers(&mut processed.reply);
            }
            processed
        }
    };
    processed
        .reply
        .header(request_id::HEADER, &request.request_id);
    processed
}

async fn metered(app: &App, request: &Received, key: &ApiKey, instead: Option<Reply>) -> Processed {
    let class = Class::of(&request.method);
    let quota_status = lock(&app.meter).count_request(&key.id, class, app.clock.now());
    let granted = quota_status.as_ref().map_or(Ok(()), |quota_status| {
        grant(app, request, key, quota_status)
    });
    let mut processed = match (granted, instead) {
        (Err(error), _) => Processed::refusal(error, request),
        (Ok(()), Some(reply)) => Processed::plain(reply),
        (Ok(()), None) => once(app, request, key).await,
    };
    if let Some(quota_status) = quota_status {
        quota_status.write_headers(&mut processed.reply);
    }
    processed
}

/// Checks both quotas.
fn grant(
    app: &App,
    request: &Received,
    key: &ApiKey,
    quota_status: &QuotaStatus,
) -> Result<(), ApiError> {
    if !quota_status.granted {
        return Err(quota_status.refusal());
    }
    match request.is_v1() {
        true => lock(&app.meter).count_v1_request(&key.id, app.clock.now()),
        false => Ok(()),
    }
}

async fn once(app: &App, request: &Received, key: &ApiKey) -> Processed {
    let idempotency_key = request.idempotency_key();
    let counts = !request.method.is_safe() && app.idempotency.is_enabled(request.is_v1());
    let Some(idempotency_key) = idempotency_key.filter(|_| counts) else {
        return permitted(app, request, key).await;
    };
    let endpoint = format!("{} {}", request.method, request.path);
    let now = app.clock.elapsed();
    match app
        .idempotency
        .claim(&key.id, idempotency_key, &endpoint, now)
    {
        Ok(Claim::New(reservation)) => {
            let processed = permitted(app, request, key).await;
            reservation.complete(&processed.reply, app.clock.elapsed());
            processed
        }
        Ok(Claim::Replay(reply)) => replay(reply, idempotency_key),
        Err(error) => Processed::refusal(error, request),
    }
}

fn replay(mut reply: Reply, idempotency_key: &str) -> Processed {
    reply.header("idempotency-key", idempotency_key);
    reply.header("idempotency-replayed", "true");
    let mut processed = Processed::plain(reply);
    processed.facts.replayed = true;
    processed
}

async fn permitted(app: &App, request: &Received, key: &ApiKey) -> Processed {
    let operation = match &request.routed {
        Routed::Operation(operation, _) => operation,
        Routed::Recording { name } => return recording(app, request, name),
        Routed::WrongMethod { allowed } => {
            let added = added_endpoint(app, request);
            return added.unwrap_or_else(|| wrong_method(request, allowed));
        }
        Routed::UnknownPath => {
            let error = ApiError::new(Code::EndpointNotFound, "Unknown endpoint.");
            let added = added_endpoint(app, request);
            return added.unwrap_or_else(|| Processed::refusal(error, request));
        }
    };
    if let Err(error) = operation.scope.map_or(Ok(()), |scope| key.require(scope)) {
        return Processed::refusal(error, request);
    }
    let gate = lock(&app.script).next_hold(operation.id);
    if let Some(gate) = gate {
        gate.pass().await;
    }
    let context = Context { app, request, key };
    let _append = match operation.id {
        append::OPERATION => match app.append_locks.acquire(append::assignee(&context)).await {
            Ok(append) => append,
            Err(error) => return Processed::refusal(error, request),
        },
        _ => None,
    };
    match carry_out(operation, &context) {
        Ok(reply) => {
            let mut processed = Processed::plain(reply);
            processed.facts.executed = true;
            processed
        }
        Err(error) => Processed::refusal(error, request),
    }
}

/// The response of an endpoint that was added to those of the API.
fn added_endpoint(app: &App, request: &Received) -> Option<Processed> {
    let reply = lock(&app.script).next_of_endpoint(&request.method, &request.path)?;
    let executed = reply.status.is_success();
    let mut processed = Processed::plain(reply);
    processed.facts.executed = executed;
    Some(processed)
}

fn recording(app: &App, request: &Received, name: &str) -> Processed {
    match lock(&app.state).recordings.file(name) {
        Some(bytes) => Processed::plain(Reply::audio(bytes)),
        None => {
            let error = ApiError::new(Code::EndpointNotFound, "Unknown recording.");
            Processed::refusal(error, request)
        }
    }
}

/// The lock is held during execution, so that the journal has the true order of writes.
fn carry_out(operation: &Operation, context: &Context<'_>) -> Result<Reply, ApiError> {
    let (app, request) = (context.app, context.request);
    let handler = routes::handler(operation.id).ok_or_else(|| {
        let message = format!("The sandbox has no handler for {}.", operation.id);
        ApiError::new(Code::InternalServerError, message)
    })?;
    if request.method.is_safe() {
        return handler(context);
    }
    let mut journal = lock(&app.journal);
    let reply = handler(context)?;
    journal.executed.push(Execution {
        operation: operation.id,
        key: request.idempotency_key().map(str::to_owned),
        body: request.json(),
        at: app.clock.elapsed(),
    });
    Ok(reply)
}

fn wrong_method(request: &Received, allowed: &str) -> Processed {
    let message = format!("{} is not allowed for this path.", request.method);
    let error = ApiError::new(Code::MethodNotAllowed, message)
        .suggestion(format!("Allowed methods: {allowed}."));
    let mut processed = Processed::refusal(error, request);
    processed.reply.header("allow", allowed);
    processed
}
