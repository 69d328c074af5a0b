//! Serves one HTTP exchange: receives a request, decides on its fault, logs it, and sends a response
//! or injects the fault. The steps of the API itself are in `pipeline`.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;

use crate::app::App;
use crate::errors::{ApiError, Code};
use crate::faults::delivery::Delivery;
use crate::faults::fault::Fault;
use crate::faults::injection_point::InjectionPoint;
use crate::faults::journal::FaultEvent;
use crate::lock::lock;
use crate::log::RequestOutcome;
use crate::net::connection::ConnectionHandle;
use crate::net::listener::Command;
use crate::pipeline::{Facts, process, process_with};
use crate::reply::Reply;
use crate::request::{Received, Routed, idempotency_key};
use crate::request_id;

/// Answers one request. Execution continues if the client disconnects, as on a real server.
pub(crate) async fn serve(app: Arc<App>, routed: Routed, request: Request) -> Response {
    let connection = request.extensions().get::<ConnectionHandle>().cloned();
    let fault = decide(&app, &routed, &request);
    let id = request_id::choose(request.headers(), &mut lock(&app.ids));
    let request = if fault.as_ref().is_some_and(Fault::ignores_body) {
        Received::without_body(routed, request, id.clone())
    } else {
        Received::read(routed, request, id.clone()).await
    };
    let work = tokio::spawn(async move { logged(&app, &request, fault).await });
    let delivery = work.await;
    let delivery = delivery.unwrap_or_else(|_| Delivery::Http(crashed(&id)));
    match (delivery, connection) {
        (Delivery::Http(reply), _) => reply.into_response(),
        (Delivery::Script { script, .. }, Some(connection)) => connection.take_over(script).await,
        // Every connection of the sandbox has a handle.
        (Delivery::Script { .. }, None) => crashed(&id).into_response(),
    }
}

/// Decides on the fault of a request, once, as soon as its headers have arrived.
fn decide(app: &App, routed: &Routed, request: &Request) -> Option<Fault> {
    let operation = routed.operation()?;
    let identity = match idempotency_key(request.headers()) {
        Some(key) => format!("key {key}"),
        None => format!("{} {}", request.method(), request.uri()),
    };
    let mut faults = lock(&app.faults);
    faults.as_mut()?.decide(operation.id, identity)
}

/// The response if the sandbox panicked; the panic message was printed where it happened.
fn crashed(request_id: &str) -> Reply {
    let error = ApiError::new(Code::InternalServerError, "Internal error in the sandbox.");
    error.into_reply(request_id)
}

/// Logs a request before it is executed, and its outcome before the client can see it.
async fn logged(app: &App, request: &Received, fault: Option<Fault>) -> Delivery {
    let entry_id = lock(&app.log).arrived(request, app.clock.elapsed());
    let (delivery, facts) = match &fault {
        None => {
            let processed = process(app, request).await;
            (Delivery::Http(processed.reply), processed.facts)
        }
        Some(fault) => inject(app, request, fault).await,
    };
    if let Some(fault) = fault {
        note(app, request, fault, facts.executed);
    }
    let outcome = RequestOutcome {
        status: delivery.status(),
        replayed: facts.replayed,
        executed: facts.executed,
        api_key_id: facts.api_key_id,
        response_body: delivery.body(),
    };
    lock(&app.log).answered(entry_id, outcome);
    delivery
}

async fn inject(app: &App, request: &Received, fault: &Fault) -> (Delivery, Facts) {
    match fault.injection_point(&request.request_id, app.clock.now()) {
        InjectionPoint::Socket(script) => {
            if *fault == Fault::Refuse {
                app.listener.send(Command::CloseFor(Fault::REFUSAL)).await;
            }
            (Delivery::without_response(script), Facts::default())
        }
        InjectionPoint::BeforeApi(reply) => (Delivery::Http(reply), Facts::default()),
        InjectionPoint::InsideApi(reply) => {
            let processed = process_with(app, request, reply).await;
            (Delivery::Http(processed.reply), processed.facts)
        }
        InjectionPoint::OnResponse => {
            let processed = process(app, request).await;
            (fault.corrupt(processed.reply), processed.facts)
        }
    }
}

fn note(app: &App, request: &Received, fault: Fault, executed: bool) {
    let Some(operation) = request.operation() else {
        return;
    };
    lock(&app.journal).faults.push(FaultEvent {
        at: app.clock.elapsed(),
        operation: operation.id,
        key: request.idempotency_key().map(str::to_owned),
        fault,
        executed,
    });
}
