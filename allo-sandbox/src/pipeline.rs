//! The way of a request: log → script → auth → quota → idempotency → scope → handler. The order
//! is here; what each stage does is in its own module.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;

use crate::app::App;
use crate::auth::ApiKey;
use crate::errors::{ApiError, Code};
use crate::handlers::Context;
use crate::idempotency::Turn;
use crate::lock::lock;
use crate::log::Fate;
use crate::quota::{Allowance, Class};
use crate::reply::Reply;
use crate::request::{Received, Routed};
use crate::request_id;

/// An answer and what it took.
struct Answer {
    reply: Reply,
    replayed: bool,
    executed: bool,
    api_key_id: Option<String>,
}

impl Answer {
    fn plain(reply: Reply) -> Self {
        Self {
            reply,
            replayed: false,
            executed: false,
            api_key_id: None,
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

/// Answers one request. The work goes on when the caller hangs up, as it would at a real server.
pub(crate) async fn serve(app: Arc<App>, routed: Routed, request: Request) -> Response {
    let id = request_id::choose(request.headers(), &mut lock(&app.ids));
    let request = Received::read(routed, request, id.clone()).await;
    let work = tokio::spawn(async move { logged(&app, &request).await });
    let reply = work.await.unwrap_or_else(|_| crashed(&id));
    reply.into_response()
}

/// The answer when the sandbox itself failed; the panic was printed where it happened.
fn crashed(request_id: &str) -> Reply {
    let error = ApiError::new(Code::InternalServerError, "The sandbox has a fault.");
    error.into_reply(request_id)
}

async fn logged(app: &App, request: &Received) -> Reply {
    let ticket = lock(&app.log).arrived(request, app.clock.elapsed());
    let answer = scripted(app, request).await;
    let fate = Fate {
        status: answer.reply.status.as_u16(),
        replayed: answer.replayed,
        executed: answer.executed,
        api_key_id: answer.api_key_id,
    };
    lock(&app.log).answered(ticket, fate);
    answer.reply
}

/// A scripted answer is sent exactly as given, as if something in front of the API had answered.
async fn scripted(app: &App, request: &Received) -> Answer {
    let operation = request.operation();
    let script = operation.and_then(|operation| lock(&app.script).next_answer(operation.id));
    if let Some(reply) = script {
        return Answer::plain(reply);
    }
    let mut answer = authenticated(app, request).await;
    answer.reply.header(request_id::HEADER, &request.request_id);
    answer
}

async fn authenticated(app: &App, request: &Received) -> Answer {
    let key = lock(&app.keys).authenticate(&request.headers);
    match key {
        Ok(key) => {
            let mut answer = metered(app, request, &key).await;
            answer.api_key_id = Some(key.id);
            answer
        }
        Err(error) => {
            let mut answer = Answer::refusal(error, request);
            let class = Class::of(&request.method);
            let allowance = lock(&app.meter).untouched(class, app.clock.now());
            if let Some(allowance) = allowance {
                allowance.write_headers(&mut answer.reply);
            }
            answer
        }
    }
}

async fn metered(app: &App, request: &Received, key: &ApiKey) -> Answer {
    let class = Class::of(&request.method);
    let allowance = lock(&app.meter).spend(&key.id, class, app.clock.now());
    let Some(allowance) = allowance else {
        return once(app, request, key).await;
    };
    let mut answer = match grant(app, request, key, &allowance) {
        Ok(()) => once(app, request, key).await,
        Err(error) => Answer::refusal(error, request),
    };
    allowance.write_headers(&mut answer.reply);
    answer
}

/// Whether both quotas let the request pass.
fn grant(
    app: &App,
    request: &Received,
    key: &ApiKey,
    allowance: &Allowance,
) -> Result<(), ApiError> {
    if !allowance.granted {
        return Err(allowance.refusal());
    }
    match request.is_v1() {
        true => lock(&app.meter).spend_v1(&key.id, app.clock.now()),
        false => Ok(()),
    }
}

async fn once(app: &App, request: &Received, key: &ApiKey) -> Answer {
    let idempotency_key = request.header("idempotency-key");
    let Some(idempotency_key) = idempotency_key.filter(|_| !request.method.is_safe()) else {
        return permitted(app, request, key).await;
    };
    let endpoint = format!("{} {}", request.method, request.path);
    match app.idempotency.begin(&key.id, idempotency_key, &endpoint) {
        Ok(Turn::First(reservation)) => {
            let answer = permitted(app, request, key).await;
            reservation.settle(&answer.reply);
            answer
        }
        Ok(Turn::Repeat(reply)) => replay(reply, idempotency_key),
        Err(error) => Answer::refusal(error, request),
    }
}

fn replay(mut reply: Reply, idempotency_key: &str) -> Answer {
    reply.header("idempotency-key", idempotency_key);
    reply.header("idempotency-replayed", "true");
    Answer {
        replayed: true,
        ..Answer::plain(reply)
    }
}

async fn permitted(app: &App, request: &Received, key: &ApiKey) -> Answer {
    let operation = match &request.routed {
        Routed::Operation(operation, _) => operation,
        Routed::WrongMethod { allowed } => return wrong_method(request, allowed),
        Routed::UnknownPath => {
            let error = ApiError::new(Code::EndpointNotFound, "There is nothing at this URL.");
            return Answer::refusal(error, request);
        }
    };
    if let Err(error) = operation.scope.map_or(Ok(()), |scope| key.require(scope)) {
        return Answer::refusal(error, request);
    }
    let gate = lock(&app.script).next_hold(operation.id);
    if let Some(gate) = gate {
        gate.pass().await;
    }
    match (operation.handler)(&Context { app, request, key }) {
        Ok(reply) => Answer {
            executed: true,
            ..Answer::plain(reply)
        },
        Err(error) => Answer::refusal(error, request),
    }
}

fn wrong_method(request: &Received, allowed: &str) -> Answer {
    let message = format!("{} is not possible here.", request.method);
    let error = ApiError::new(Code::MethodNotAllowed, message)
        .suggestion(format!("Methods that are: {allowed}."));
    let mut answer = Answer::refusal(error, request);
    answer.reply.header("allow", allowed);
    answer
}
