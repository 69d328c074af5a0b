//! Describes why a connection failed, and what to do about it. TLS errors are in `tls`; the proxy
//! of a connection is in `route`.

#[cfg(test)]
mod tests;
mod tls;

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

/// A cause in the chain of errors.
type Cause = dyn StdError + 'static;

/// Why a connection failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    /// Not redacted yet: names in a certificate are external data.
    pub(super) words: String,
    pub(super) advice: Option<&'static str>,
}

impl Reason {
    fn new(words: impl Into<String>, advice: &'static str) -> Self {
        Self {
            words: words.into(),
            advice: Some(advice),
        }
    }

    fn bare(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            advice: None,
        }
    }

    /// The reason of an error of the HTTP client.
    pub(super) fn of(error: &Cause) -> Self {
        let at_proxy = causes(error).find_map(tunnel);
        let reason = causes(error)
            .find_map(tls::refusal)
            .or_else(|| causes(error).find_map(lookup))
            .or_else(|| causes(error).find_map(system));
        match (at_proxy, reason) {
            (Some(None), Some(reason)) => Self::new(
                format!("could not connect to the proxy: {}", reason.words),
                "check the proxy in HTTPS_PROXY or ALL_PROXY, or exempt the host with NO_PROXY",
            ),
            (Some(Some(refusal)), _) => refusal,
            (_, Some(reason)) => reason,
            (Some(None), None) => Self::bare("could not connect to the proxy"),
            (None, None) => Self::bare(deepest(error)),
        }
    }
}

/// Whether the proxy refused the connection or was unreachable.
pub(super) fn is_of_proxy(error: &Cause) -> bool {
    causes(error).any(|cause| tunnel(cause).is_some())
}

/// Whether connecting would fail in the same way again: TLS rejects the server, or the address is
/// invalid. All other failures may be temporary.
pub(super) fn is_lasting(error: &Cause) -> bool {
    let is_no_address = |cause: &Cause| {
        let error = cause.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == io::ErrorKind::InvalidInput)
    };
    causes(error).any(|cause| tls::is_lasting(cause) || is_no_address(cause))
}

/// An error and its chain of causes.
fn causes(error: &Cause) -> impl Iterator<Item = &Cause> {
    successors(Some(error), |error| next_cause(*error))
}

/// The cause of an error. An I/O error hides the error that it wraps.
fn next_cause(error: &Cause) -> Option<&Cause> {
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match inner {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The root cause, which says most; the others only add context.
fn deepest(error: &Cause) -> String {
    match causes(error).skip(1).last() {
        Some(cause) => without_number(&cause.to_string()),
        None => "unknown cause".to_owned(),
    }
}

/// The response of a proxy to CONNECT; the inner `None` means that the proxy is unreachable. The
/// type of this error is private to the HTTP client.
fn tunnel(cause: &Cause) -> Option<Option<Reason>> {
    let text = cause.to_string();
    let why = text.strip_prefix("tunnel error: ")?;
    Some(match why {
        "proxy authorization required" => Some(Reason::new(
            "the proxy requires a user name and password (407)",
            "set them in the proxy URL in HTTPS_PROXY or ALL_PROXY",
        )),
        "unsuccessful" => Some(Reason::new(
            "the proxy refuses to connect to this host",
            "ask the proxy's administrator, or exempt the host with NO_PROXY",
        )),
        "unexpected end of file" => Some(Reason::new(
            "the proxy closed the connection",
            "check that HTTPS_PROXY or ALL_PROXY names an HTTP proxy",
        )),
        _ => None,
    })
}

/// A host name that DNS could not resolve.
fn lookup(cause: &Cause) -> Option<Reason> {
    let is_lookup = cause.to_string().starts_with("dns error");
    is_lookup.then(|| {
        Reason::new(
            "could not resolve the host name (DNS)",
            "check the spelling of the base URL, and the DNS servers of this machine",
        )
    })
}

fn silent() -> Reason {
    Reason::new(
        "connecting timed out",
        "check host and port of the base URL, and any firewall in between",
    )
}

/// An error of the operating system, or a timeout of the HTTP client.
fn system(cause: &Cause) -> Option<Reason> {
    use io::ErrorKind;

    const NETWORK: &str = "check the network of this machine";
    if cause.to_string() == "operation timed out" {
        return Some(silent());
    }
    let error = cause.downcast_ref::<io::Error>()?;
    Some(match error.kind() {
        ErrorKind::ConnectionRefused => Reason::new(
            "the connection was refused",
            "check host and port of the base URL: nothing listens there",
        ),
        ErrorKind::ConnectionReset => Reason::bare("the connection was reset"),
        ErrorKind::ConnectionAborted => Reason::bare("the connection was aborted"),
        ErrorKind::BrokenPipe | ErrorKind::NotConnected => {
            Reason::bare("the connection was closed while the request was sent")
        }
        ErrorKind::HostUnreachable => Reason::new("the host is unreachable", NETWORK),
        ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown | ErrorKind::AddrNotAvailable => {
            Reason::new("the network is unreachable", NETWORK)
        }
        ErrorKind::TimedOut => silent(),
        ErrorKind::PermissionDenied => Reason::new(
            "the operating system does not permit the connection",
            "check the firewall or sandbox of this machine",
        ),
        _ if error.raw_os_error().is_some() => Reason::bare(without_number(&error.to_string())),
        _ => return None,
    })
}

/// The error without the number that the operating system adds, which differs between systems.
fn without_number(text: &str) -> String {
    match text.rsplit_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => text.to_owned(),
    }
}
