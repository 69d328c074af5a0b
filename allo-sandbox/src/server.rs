//! A running sandbox: builds the router from the table of operations, starts and stops. Sockets are
//! in `net`.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::admin::AdminApi;
use crate::app::App;
use crate::control::Control;
use crate::http_exchange::serve;
use crate::net::listener::{Listener, PendingCommand};
use crate::net::server::Server;
use crate::net::tls::Identity;
use crate::operations::{self, OPERATIONS, Operation};
use crate::request::Routed;
use crate::state::recordings;

/// A running sandbox. It stops when it is dropped.
pub struct Sandbox {
    address: SocketAddr,
    ca_pem: Option<String>,
    app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Sandbox {
    pub(crate) fn serve(
        listener: TcpListener,
        identity: Option<Identity>,
        app: Arc<App>,
        admin: Option<AdminApi>,
        commands: UnboundedReceiver<PendingCommand>,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (acceptor, ca_pem) = identity.map(|it| (it.acceptor, it.ca_pem)).unzip();
        let server = Server {
            listener: Listener::new(listener)?,
            commands,
            tls: acceptor,
            router: router(&app, admin),
        };
        let (stop, stopped) = oneshot::channel();
        Ok(Self {
            address,
            ca_pem,
            app,
            stop: Some(stop),
            task: tokio::spawn(server.run(stopped)),
        })
    }

    /// `http://127.0.0.1:PORT`, or `https` with TLS, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        let scheme = if self.ca_pem.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    /// The CA certificate as PEM, which a client must trust; `None` without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The API key of the team's owner, with every scope.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.app.api_key
    }

    /// A handle for tests to inspect and change the sandbox.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.app))
    }

    /// Stops accepting connections and waits for the requests in progress. Running connection scripts
    /// are aborted.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // The task fails only if it panicked, and the panic message was printed where it happened.
        let _ = (&mut self.task).await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

fn router(app: &Arc<App>, admin: Option<AdminApi>) -> Router {
    let paths: BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.path).collect();
    let routed = paths.into_iter().fold(Router::new(), |router, path| {
        router.route(path, endpoint(app, path))
    });
    let routed = routed.route(recordings::PATH, recording(app));
    let routed = match admin {
        Some(admin) => routed.merge(admin.router(Control::new(Arc::clone(app)))),
        None => routed,
    };
    let app = Arc::clone(app);
    routed.fallback(move |request: Request| serve(app, Routed::UnknownPath, request))
}

/// Serves recordings; they require an API key, too.
fn recording(app: &Arc<App>) -> MethodRouter {
    let app = Arc::clone(app);
    axum::routing::any(move |params: RawPathParams, request: Request| {
        let allowed = "GET".to_owned();
        let name = params.iter().next().map(|(_, name)| name.to_owned());
        let routed = match name {
            _ if *request.method() != Method::GET => Routed::WrongMethod { allowed },
            Some(name) => Routed::Recording { name },
            None => Routed::UnknownPath,
        };
        serve(app, routed, request)
    })
}

/// All operations of a path; other methods are refused.
fn endpoint(app: &Arc<App>, path: &'static str) -> MethodRouter {
    let methods: Vec<_> = operations::at_path(path)
        .map(|operation| operation.method.as_str())
        .collect();
    let allowed = methods.join(", ");
    let refusing = Arc::clone(app);
    let refused = Routed::WrongMethod {
        allowed: allowed.clone(),
    };
    let refuse = move |request: Request| serve(refusing, refused, request);
    operations::at_path(path)
        .fold(MethodRouter::new(), |router, operation| {
            add(router, app, operation, allowed.clone())
        })
        .fallback(refuse)
}

fn add(
    router: MethodRouter,
    app: &Arc<App>,
    operation: &'static Operation,
    allowed: String,
) -> MethodRouter {
    let Ok(filter) = MethodFilter::try_from(operation.method.clone()) else {
        return router;
    };
    let app = Arc::clone(app);
    let handle = move |params: Result<RawPathParams, RawPathParamsRejection>, request: Request| {
        let routed = match params {
            // axum also routes HEAD to a GET handler.
            _ if *request.method() != operation.method => Routed::WrongMethod { allowed },
            Ok(params) => Routed::Operation(operation, owned(&params)),
            Err(_) => Routed::UnknownPath,
        };
        serve(app, routed, request)
    };
    router.on(filter, handle)
}

fn owned(params: &RawPathParams) -> Vec<(String, String)> {
    params
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
