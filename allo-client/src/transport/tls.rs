//! The TLS configuration. It is passed to the HTTP client of this SDK; nothing is installed for the
//! whole process.

use reqwest::ClientBuilder;

use crate::error::Error;

/// Certificates of authorities, each text in PEM, that are trusted besides those of the operating system.
pub(crate) type Roots = Vec<Box<[u8]>>;

/// Configures TLS for a server with an `https` URL, or disables it.
#[cfg(feature = "rustls-tls")]
pub(crate) fn configure(
    builder: ClientBuilder,
    is_secure: bool,
    roots: &Roots,
) -> Result<ClientBuilder, Error> {
    use std::sync::Arc;

    use rustls::ClientConfig;
    use rustls::crypto::ring;

    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    // Without https no root certificate is needed, and none may exist.
    let config = if is_secure {
        let verifier = verifier(certificates(roots)?, provider)?;
        config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
    } else {
        config.with_root_certificates(rustls::RootCertStore::empty())
    };
    Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
}

/// The verifier of the operating system, which may trust further authorities.
#[cfg(feature = "rustls-tls")]
fn verifier(
    roots: Vec<rustls::pki_types::CertificateDer<'static>>,
    provider: std::sync::Arc<rustls::crypto::CryptoProvider>,
) -> Result<rustls_platform_verifier::Verifier, Error> {
    use rustls_platform_verifier::Verifier;

    if roots.is_empty() {
        return Verifier::new(provider).map_err(failed);
    }
    #[cfg(target_os = "android")]
    return Err(
        Error::configuration("on Android only the certificates of the system are trusted")
            .with_param(ROOTS),
    );
    #[cfg(not(target_os = "android"))]
    Verifier::new_with_extra_roots(roots, provider).map_err(failed)
}

#[cfg(feature = "rustls-tls")]
fn failed(error: rustls::Error) -> Error {
    Error::configuration("could not initialize TLS; does this machine have root certificates?")
        .with_source(error)
}

#[cfg(feature = "rustls-tls")]
fn certificates(roots: &Roots) -> Result<Vec<rustls::pki_types::CertificateDer<'static>>, Error> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    let mut certificates = Vec::new();
    for pem in roots {
        let before = certificates.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            certificates.push(certificate.map_err(|_| no_certificate())?);
        }
        if certificates.len() == before {
            return Err(no_certificate());
        }
    }
    Ok(certificates)
}

/// The setting of the certificates.
#[cfg(any(feature = "rustls-tls", feature = "native-tls"))]
const ROOTS: &str = "root_certificates";

#[cfg(any(feature = "rustls-tls", feature = "native-tls"))]
fn no_certificate() -> Error {
    Error::configuration("the root certificates are not in PEM").with_param(ROOTS)
}

/// The library of the operating system needs no setup, but settings of the caller that weaken it are undone.
#[cfg(all(feature = "native-tls", not(feature = "rustls-tls")))]
pub(crate) fn configure(
    builder: ClientBuilder,
    _is_secure: bool,
    roots: &Roots,
) -> Result<ClientBuilder, Error> {
    let mut builder = builder
        .tls_backend_native()
        .tls_danger_accept_invalid_certs(false)
        .tls_danger_accept_invalid_hostnames(false);
    for pem in roots {
        let certificates = reqwest::Certificate::from_pem_bundle(pem);
        let certificates = certificates.map_err(|_| no_certificate())?;
        if certificates.is_empty() {
            return Err(no_certificate());
        }
        builder = builder.tls_certs_merge(certificates);
    }
    Ok(builder)
}

/// Without TLS only a server on this machine can be reached.
#[cfg(not(any(feature = "rustls-tls", feature = "native-tls")))]
pub(crate) fn configure(
    builder: ClientBuilder,
    is_secure: bool,
    _roots: &Roots,
) -> Result<ClientBuilder, Error> {
    if is_secure {
        return Err(
            Error::configuration("this build of allo-client does not support https")
                .with_param("base_url")
                .with_suggestion("enable the feature `rustls-tls` or `native-tls`"),
        );
    }
    Ok(builder)
}

#[cfg(test)]
mod tests {
    use crate::transport::client_handle::Client;

    #[test]
    fn https_needs_a_tls_library_and_loopback_none() {
        let has_tls = cfg!(any(feature = "rustls-tls", feature = "native-tls"));
        let build = |url: &str| Client::builder().api_key("key").base_url(url).build();
        assert!(build("http://localhost:1").is_ok());
        match build("https://api.example.com") {
            Ok(_) => assert!(has_tls),
            Err(error) => {
                assert!(!has_tls);
                assert!(error.to_string().contains("rustls-tls"), "{error}");
            }
        }
    }
}
