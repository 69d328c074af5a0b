//! Describes TLS errors. The errors of rustls are types; those of the operating system's library
//! are only texts.

#[cfg(feature = "rustls-tls")]
pub(super) use typed::{is_lasting, refusal};
#[cfg(not(feature = "rustls-tls"))]
pub(super) use worded::{is_lasting, refusal};

const BETWEEN: &str = "if a proxy of your company decrypts connections, install its certificate \
                       on this machine; else check the base URL";
const CLOCK: &str =
    "check the clock of this machine; if it is correct, the server needs a new certificate";
const NAME: &str =
    "check the host in the base URL; a captive portal of the network may intercept the connection";
const SPEAKS: &str = "check the port of the base URL, and any proxy in between";

#[cfg(feature = "rustls-tls")]
mod typed {
    use rustls::pki_types::UnixTime;
    use rustls::{AlertDescription as Alert, CertificateError as Certificate, Error as Tls};

    use super::{BETWEEN, CLOCK, NAME, SPEAKS};
    use crate::transport::reason::{Cause, Reason};

    /// The maximum number of names of a certificate that are listed.
    const MOST_NAMES: usize = 3;

    pub(in crate::transport::reason) fn refusal(cause: &Cause) -> Option<Reason> {
        let refused = |why: String, advice| {
            let words = format!("TLS rejects the certificate of the server: {why}");
            Some(Reason::new(words, advice))
        };
        match cause.downcast_ref::<Tls>()? {
            Tls::InvalidCertificate(problem) => {
                let (why, advice) = certificate(problem);
                refused(why, advice)
            }
            Tls::NoCertificatesPresented => refused("the server sent none".to_owned(), SPEAKS),
            Tls::InvalidMessage(_) => Some(Reason::new(
                "the server does not support TLS on this port",
                SPEAKS,
            )),
            Tls::PeerIncompatible(_) => Some(Reason::new(
                "the server supports no secure TLS version or cipher suite",
                SPEAKS,
            )),
            Tls::AlertReceived(alert) => Some(alerted(*alert)),
            other => Some(Reason::bare(format!("TLS failed: {other}"))),
        }
    }

    /// Whether the next attempt would fail in the same way. If the server aborts the handshake for
    /// another reason, the failure may be temporary.
    pub(in crate::transport::reason) fn is_lasting(cause: &Cause) -> bool {
        match cause.downcast_ref::<Tls>() {
            Some(
                Tls::InvalidCertificate(_)
                | Tls::InvalidCertRevocationList(_)
                | Tls::NoCertificatesPresented
                | Tls::UnsupportedNameType
                | Tls::PeerIncompatible(_)
                | Tls::InvalidMessage(_),
            ) => true,
            Some(Tls::AlertReceived(alert)) => matches!(
                alert,
                Alert::HandshakeFailure
                    | Alert::ProtocolVersion
                    | Alert::InsufficientSecurity
                    | Alert::UnrecognisedName
                    | Alert::CertificateRequired
                    | Alert::BadCertificate
                    | Alert::UnknownCA
            ),
            _ => false,
        }
    }

    fn certificate(problem: &Certificate) -> (String, &'static str) {
        match problem {
            Certificate::Expired => ("it has expired".to_owned(), CLOCK),
            Certificate::ExpiredContext { not_after, .. } => {
                (format!("it expired on {}", date(*not_after)), CLOCK)
            }
            Certificate::NotValidYet => ("it is not valid yet".to_owned(), CLOCK),
            Certificate::NotValidYetContext { not_before, .. } => {
                (format!("it is valid from {} on", date(*not_before)), CLOCK)
            }
            Certificate::NotValidForName => ("it is for another host name".to_owned(), NAME),
            Certificate::NotValidForNameContext { presented, .. } => (names(presented), NAME),
            Certificate::UnknownIssuer => (
                "its issuer is unknown to this machine, or it is self-signed".to_owned(),
                BETWEEN,
            ),
            Certificate::Revoked => ("it was revoked".to_owned(), BETWEEN),
            Certificate::BadSignature => ("its signature is invalid".to_owned(), BETWEEN),
            other => match format!("{other:?}") {
                text if text.contains("CaUsedAsEndEntity") => {
                    ("it is self-signed, or a CA certificate".to_owned(), BETWEEN)
                }
                _ => (other.to_string(), BETWEEN),
            },
        }
    }

    fn names(presented: &[String]) -> String {
        // The format of rustls: `DnsName("example.com")`.
        let name = |text: &String| match text.split('"').nth(1) {
            Some(name) => name.to_owned(),
            None => text.clone(),
        };
        let shown: Vec<_> = presented.iter().take(MOST_NAMES).map(name).collect();
        match shown.is_empty() {
            true => "it is for no host name".to_owned(),
            false => format!("it is for {}", shown.join(", ")),
        }
    }

    fn date(time: UnixTime) -> String {
        let seconds = i64::try_from(time.as_secs()).ok();
        let stamp = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        match stamp {
            Some(stamp) => stamp.strftime("%Y-%m-%d").to_string(),
            None => "an invalid date".to_owned(),
        }
    }

    /// A TLS alert of the server.
    fn alerted(alert: Alert) -> Reason {
        match alert {
            Alert::ProtocolVersion | Alert::HandshakeFailure | Alert::InsufficientSecurity => {
                Reason::new(
                    "the server supports no secure TLS version or cipher suite",
                    SPEAKS,
                )
            }
            Alert::UnrecognisedName => Reason::new(
                "the server has no certificate for this host name (TLS)",
                NAME,
            ),
            Alert::CertificateRequired => Reason::new(
                "the server requires a client certificate (TLS)",
                "give the client an HTTP client of your own, with a certificate",
            ),
            other => Reason::new(
                format!("the server aborted the TLS handshake ({other:?})"),
                SPEAKS,
            ),
        }
    }
}

#[cfg(not(feature = "rustls-tls"))]
mod worded {
    use super::{BETWEEN, CLOCK, NAME, SPEAKS};
    use crate::transport::reason::{Cause, Reason};

    /// The texts of the libraries of Linux, macOS and Windows, their meaning, and advice.
    const WORDS: [(&str, &str, &str); 10] = [
        ("not yet valid", "it is not valid yet", CLOCK),
        ("expired", "it has expired", CLOCK),
        ("hostname mismatch", "it is for another host name", NAME),
        ("host name", "it is for another host name", NAME),
        ("cn name", "it is for another host name", NAME),
        ("self-signed", "it is self-signed", BETWEEN),
        ("self signed", "it is self-signed", BETWEEN),
        (
            "local issuer",
            "its issuer is unknown to this machine",
            BETWEEN,
        ),
        (
            "not trusted",
            "its issuer is unknown to this machine",
            BETWEEN,
        ),
        ("revoked", "it was revoked", BETWEEN),
    ];

    pub(in crate::transport::reason) fn refusal(cause: &Cause) -> Option<Reason> {
        let text = cause.to_string().to_ascii_lowercase();
        if text.contains("wrong version number") || text.contains("unknown protocol") {
            let words = "the server does not support TLS on this port";
            return Some(Reason::new(words, SPEAKS));
        }
        if !text.contains("certificate") {
            return None;
        }
        let known = WORDS.iter().find(|(word, _, _)| text.contains(word));
        let (why, advice) =
            known.map_or((text.as_str(), BETWEEN), |(_, why, advice)| (*why, *advice));
        let words = format!("TLS rejects the certificate of the server: {why}");
        Some(Reason::new(words, advice))
    }

    /// Whether the next attempt would fail in the same way.
    pub(in crate::transport::reason) fn is_lasting(cause: &Cause) -> bool {
        refusal(cause).is_some()
    }
}
