//! The descriptions of errors as the HTTP client wraps them.

use std::fmt;

use super::*;

/// A layer of an error, as in the libraries below.
#[derive(Debug)]
struct Layer(&'static str, Box<Cause>);

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Layer {
    fn source(&self) -> Option<&Cause> {
        Some(&*self.1)
    }
}

#[derive(Debug)]
struct Text(&'static str);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Text {}

fn connecting(cause: impl StdError + 'static) -> Layer {
    let cause = Layer("client error (Connect)", Box::new(cause));
    Layer("error sending request", Box::new(cause))
}

#[test]
fn the_words_do_not_depend_on_the_operating_system() {
    use io::ErrorKind;
    let table = [
        (ErrorKind::ConnectionRefused, "the connection was refused"),
        (ErrorKind::ConnectionReset, "the connection was reset"),
        (ErrorKind::HostUnreachable, "the host is unreachable"),
        (ErrorKind::NetworkUnreachable, "the network is unreachable"),
        (ErrorKind::TimedOut, "connecting timed out"),
    ];
    for (kind, expected) in table {
        let reason = Reason::of(&connecting(io::Error::from(kind)));
        assert_eq!(reason.words, expected);
    }
}

#[test]
fn a_lookup_is_told_from_what_comes_after_it() {
    let cause = io::Error::other("failed to lookup address information: Name or service not known");
    let reason = Reason::of(&connecting(Layer("dns error", Box::new(cause))));
    assert!(reason.words.contains("DNS"), "{reason:?}");
}

#[test]
fn what_is_not_known_is_told_as_it_is() {
    let reason = Reason::of(&connecting(Text(
        "connection closed before message completed",
    )));
    assert_eq!(
        reason,
        Reason::bare("connection closed before message completed")
    );
    assert_eq!(
        without_number("No route to host (os error 113)"),
        "No route to host"
    );
}

#[test]
fn a_proxy_that_is_not_there_is_not_the_server() {
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    let tunnel = "tunnel error: failed to create underlying connection";
    let error = connecting(Layer(tunnel, Box::new(refused)));
    let reason = Reason::of(&error);
    assert_eq!(
        reason.words,
        "could not connect to the proxy: the connection was refused"
    );
    assert!(is_of_proxy(&error) && reason.advice.is_some());
    let error = connecting(Text("tunnel error: proxy authorization required"));
    assert!(Reason::of(&error).words.contains("407"));
}

#[cfg(feature = "rustls-tls")]
#[test]
fn what_tls_refuses_is_told_in_words() {
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::{AlertDescription, CertificateError, Error as Tls, InvalidMessage};

    let time = |seconds| UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let table = [
        (
            Tls::InvalidCertificate(CertificateError::Expired),
            "it has expired",
        ),
        (
            Tls::InvalidCertificate(CertificateError::ExpiredContext {
                time: time(1_800_000_000),
                not_after: time(1_700_000_000),
            }),
            "it expired on 2023-11-14",
        ),
        (
            Tls::InvalidCertificate(CertificateError::NotValidForNameContext {
                expected: ServerName::try_from("api.example.com").unwrap(),
                presented: vec!["DnsName(\"login.example.net\")".to_owned()],
            }),
            "it is for login.example.net",
        ),
        (
            Tls::InvalidCertificate(CertificateError::UnknownIssuer),
            "issuer is unknown",
        ),
        (
            Tls::AlertReceived(AlertDescription::ProtocolVersion),
            "no secure TLS version",
        ),
        (
            Tls::InvalidMessage(InvalidMessage::InvalidContentType),
            "does not support TLS",
        ),
    ];
    for (error, expected) in table {
        // As in practice: inside an I/O error, which hides it, inside another one.
        let inner = io::Error::new(io::ErrorKind::InvalidData, error);
        let reason = Reason::of(&connecting(io::Error::other(inner)));
        assert!(reason.words.contains(expected), "{reason:?}");
        assert!(reason.advice.is_some(), "{reason:?}");
    }
}
