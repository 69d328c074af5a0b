//! What can be set for a single call, besides what is sent.

use std::time::Duration;

use crate::{Error, IdempotencyKey};

/// Options of one call, set through `.options(…)` of every builder.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// use std::time::Duration;
///
/// let users = client
///     .list_users()
///     .options(|o| o.with_timeout(Duration::from_secs(5)).with_request_id("nightly-7"))
///     .send()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    timeout: Option<Duration>,
    idempotency_key: Option<IdempotencyKey>,
    request_id: Option<Box<str>>,
    /// The first thing that was set wrongly; reported when the call is sent.
    problem: Option<Problem>,
}

/// What is wrong with an option. An [`Error`] cannot be cloned.
#[derive(Clone, Debug)]
struct Problem {
    message: String,
    param: &'static str,
}

/// The most characters a request id may have.
const MOST_ID_CHARS: usize = 128;

impl CallOptions {
    /// How long each attempt may take, from the connection to the last byte of
    /// the body. Overrides the timeout of the client.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        if timeout.is_zero() {
            self.refuse("timeout", "the timeout must be longer than nothing");
        }
        self.timeout = Some(timeout);
        self
    }

    /// The idempotency key of a write, instead of a random one.
    ///
    /// A key that cannot be sent, or one for an operation that only reads, makes
    /// the call fail before anything is sent.
    #[must_use]
    pub fn with_idempotency_key<K>(mut self, key: K) -> Self
    where
        K: TryInto<IdempotencyKey>,
        K::Error: Into<Error>,
    {
        match key.try_into() {
            Ok(key) => self.idempotency_key = Some(key),
            Err(error) => self.refuse("idempotency_key", error.into().message()),
        }
        self
    }

    /// The id under which the server is to know the request, instead of one it
    /// makes up. At most 128 visible ASCII characters.
    #[must_use]
    pub fn with_request_id(mut self, id: &str) -> Self {
        let fits = (1..=MOST_ID_CHARS).contains(&id.len());
        if !fits || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.refuse(
                "request_id",
                "the request id must be 1 to 128 visible ASCII characters",
            );
        }
        self.request_id = Some(id.into());
        self
    }

    /// Refuses the call if an option was set wrongly.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.problem.as_ref().map_or(Ok(()), |problem| {
            Err(Error::invalid_request(problem.message.as_str()).with_param(problem.param))
        })
    }

    pub(crate) const fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    pub(crate) const fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.idempotency_key.as_ref()
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    fn refuse(&mut self, param: &'static str, message: &str) {
        let message = message.to_owned();
        self.problem.get_or_insert(Problem { message, param });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_sent_is_reported_with_its_name() {
        let table = [
            (
                CallOptions::default().with_timeout(Duration::ZERO),
                "timeout",
            ),
            (
                CallOptions::default().with_idempotency_key("a b"),
                "idempotency_key",
            ),
            (
                CallOptions::default().with_request_id("a\r\nb"),
                "request_id",
            ),
            (CallOptions::default().with_request_id(""), "request_id"),
        ];
        for (options, param) in table {
            let error = options.check().unwrap_err();
            assert!(error.is_invalid_request());
            assert_eq!(error.param(), Some(param));
        }
    }

    #[test]
    fn a_key_is_taken_as_text_or_as_a_key() {
        let key = IdempotencyKey::random();
        let options = CallOptions::default().with_idempotency_key(key.clone());
        assert_eq!(options.idempotency_key(), Some(&key));
        let options = options
            .with_idempotency_key("mine")
            .with_request_id("req-1");
        assert_eq!(
            options.idempotency_key().map(IdempotencyKey::as_str),
            Some("mine")
        );
        assert!(options.check().is_ok());
    }
}
