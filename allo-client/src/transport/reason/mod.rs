//! Why a connection failed, in words, and what to do about it. What TLS refuses
//! is in `tls`; which proxy a connection takes is in `route`.

#[cfg(test)]
mod tests;
mod tls;

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

/// A cause further down.
type Cause = dyn StdError + 'static;

/// Why a connection failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    /// Not yet fit to be shown: names in a certificate come from outside.
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

    /// The reason behind an error of the HTTP client.
    pub(super) fn of(error: &Cause) -> Self {
        let at_proxy = causes(error).find_map(tunnel);
        let reason = causes(error)
            .find_map(tls::refusal)
            .or_else(|| causes(error).find_map(lookup))
            .or_else(|| causes(error).find_map(system));
        match (at_proxy, reason) {
            (Some(None), Some(reason)) => Self::new(
                format!("the proxy cannot be reached: {}", reason.words),
                "check the proxy in HTTPS_PROXY or ALL_PROXY, or exempt the host by NO_PROXY",
            ),
            (Some(Some(refusal)), _) => refusal,
            (_, Some(reason)) => reason,
            (Some(None), None) => Self::bare("the proxy cannot be reached"),
            (None, None) => Self::bare(deepest(error)),
        }
    }
}

/// Whether the proxy itself did not let a connection through, or was not there.
pub(super) fn is_of_proxy(error: &Cause) -> bool {
    causes(error).any(|cause| tunnel(cause).is_some())
}

/// Whether what keeps a connection from being made is the same at the next attempt:
/// TLS does not accept the server, or the address is none. All else may pass.
pub(super) fn is_lasting(error: &Cause) -> bool {
    let is_no_address = |cause: &Cause| {
        let error = cause.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == io::ErrorKind::InvalidInput)
    };
    causes(error).any(|cause| tls::is_lasting(cause) || is_no_address(cause))
}

/// An error and what caused it, one after another.
fn causes(error: &Cause) -> impl Iterator<Item = &Cause> {
    successors(Some(error), |error| next_cause(*error))
}

/// The cause of an error. An I/O error hides the error it was made of.
fn next_cause(error: &Cause) -> Option<&Cause> {
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match inner {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The cause at the bottom, which says most: the others only say where.
fn deepest(error: &Cause) -> String {
    match causes(error).skip(1).last() {
        Some(cause) => without_number(&cause.to_string()),
        None => "no cause is known".to_owned(),
    }
}

/// What a proxy answered to the wish for a connection; the inner `None` stands
/// for a proxy that is not there. Its type is not public.
fn tunnel(cause: &Cause) -> Option<Option<Reason>> {
    let text = cause.to_string();
    let why = text.strip_prefix("tunnel error: ")?;
    Some(match why {
        "proxy authorization required" => Some(Reason::new(
            "the proxy wants a user name and password (407)",
            "put them into the proxy's address in HTTPS_PROXY or ALL_PROXY",
        )),
        "unsuccessful" => Some(Reason::new(
            "the proxy does not connect to this host",
            "ask who runs the proxy, or exempt the host by NO_PROXY",
        )),
        "unexpected end of file" => Some(Reason::new(
            "the proxy closed the connection",
            "check that the proxy in HTTPS_PROXY or ALL_PROXY is one",
        )),
        _ => None,
    })
}

/// A host name that has no address.
fn lookup(cause: &Cause) -> Option<Reason> {
    let is_lookup = cause.to_string().starts_with("dns error");
    is_lookup.then(|| {
        Reason::new(
            "the host name has no address (DNS)",
            "check the spelling of the base URL, and the name servers of this machine",
        )
    })
}

fn silent() -> Reason {
    Reason::new(
        "nothing answered in time",
        "check host and port of the base URL, and any firewall in between",
    )
}

/// What the operating system says, or the HTTP client's own watch.
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
        ErrorKind::HostUnreachable => Reason::new("the host cannot be reached", NETWORK),
        ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown | ErrorKind::AddrNotAvailable => {
            Reason::new("the network cannot be reached", NETWORK)
        }
        ErrorKind::TimedOut => silent(),
        ErrorKind::PermissionDenied => Reason::new(
            "the system does not permit the connection",
            "check the firewall or sandbox of this machine",
        ),
        _ if error.raw_os_error().is_some() => Reason::bare(without_number(&error.to_string())),
        _ => return None,
    })
}

/// Without the number of the system's error, which differs between systems.
fn without_number(text: &str) -> String {
    match text.rsplit_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => text.to_owned(),
    }
}
