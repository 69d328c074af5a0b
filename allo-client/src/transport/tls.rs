//! The TLS configuration. It is passed to the HTTP client of this SDK; nothing is installed for the
//! whole process.

use reqwest::ClientBuilder;

use crate::error::Error;

/// Configures TLS for a server with an `https` URL, or disables it.
#[cfg(feature = "rustls-tls")]
pub(crate) fn configure(builder: ClientBuilder, is_secure: bool) -> Result<ClientBuilder, Error> {
    use std::sync::Arc;

    use rustls::ClientConfig;
    use rustls::crypto::ring;
    use rustls_platform_verifier::BuilderVerifierExt;

    let failed = |error: rustls::Error| {
        Error::configuration("could not initialize TLS; does this machine have root certificates?")
            .with_source(error)
    };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    // Without https no root certificate is needed, and none may exist.
    let config = if is_secure {
        config.with_platform_verifier().map_err(failed)?
    } else {
        config.with_root_certificates(rustls::RootCertStore::empty())
    };
    Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
}

/// The library of the operating system needs no configuration.
#[cfg(all(feature = "native-tls", not(feature = "rustls-tls")))]
pub(crate) fn configure(builder: ClientBuilder, _is_secure: bool) -> Result<ClientBuilder, Error> {
    Ok(builder.tls_backend_native())
}

/// Without TLS only a server on this machine can be reached.
#[cfg(not(any(feature = "rustls-tls", feature = "native-tls")))]
pub(crate) fn configure(builder: ClientBuilder, is_secure: bool) -> Result<ClientBuilder, Error> {
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
