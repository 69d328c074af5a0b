//! The quota of an API key per second, and the `X-RateLimit-*` headers.
//! The daily quota of v1 of the API is in `daily`.
//! Windows are whole Unix seconds, because that is what `X-RateLimit-Reset` can express.

mod daily;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::errors::{ApiError, Code};
use crate::reply::Reply;

/// The quotas per API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    pub(crate) read_per_second: u64,
    pub(crate) write_per_second: u64,
    pub(crate) v1_per_day: u64,
    pub(crate) enforced: bool,
}

impl Quotas {
    /// The documented quotas: 20 reads and 5 writes a second.
    #[must_use]
    pub fn standard() -> Self {
        Self::per_second(20, 5)
    }

    /// Other quotas than the documented ones.
    #[must_use]
    pub fn per_second(reads: u64, writes: u64) -> Self {
        Self {
            read_per_second: reads,
            write_per_second: writes,
            v1_per_day: 1_000,
            enforced: true,
        }
    }

    /// Sets the requests per day to v1 of the API; the default is 1,000.
    #[must_use]
    pub fn v1_per_day(mut self, requests: u64) -> Self {
        self.v1_per_day = requests;
        self
    }

    /// Disables quotas: nothing is counted, and no `X-RateLimit-*` header is sent. `getMe` still reports
    /// the documented limits.
    #[must_use]
    pub fn off() -> Self {
        Self {
            enforced: false,
            ..Self::standard()
        }
    }
}

impl Default for Quotas {
    fn default() -> Self {
        Self::standard()
    }
}

/// The quota class of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    Read,
    Write,
}

impl Class {
    /// By HTTP method only: a search sent by POST is a write.
    pub(crate) fn of(method: &axum::http::Method) -> Self {
        if method.is_safe() {
            Self::Read
        } else {
            Self::Write
        }
    }
}

/// The quota after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuotaStatus {
    pub(crate) granted: bool,
    limit: u64,
    remaining: u64,
    reset: i64,
}

impl QuotaStatus {
    pub(crate) fn write_headers(&self, reply: &mut Reply) {
        reply.header("x-ratelimit-limit", &self.limit.to_string());
        reply.header("x-ratelimit-remaining", &self.remaining.to_string());
        reply.header("x-ratelimit-reset", &self.reset.to_string());
    }

    /// The error for a request over the quota.
    pub(crate) fn refusal(&self) -> ApiError {
        let message = format!(
            "More than {} requests of this kind in one second.",
            self.limit
        );
        ApiError::new(Code::RateLimitExceeded, message)
            .suggestion("Retry the request after the number of seconds in Retry-After.")
            .retry_after(1)
    }
}

/// Counts requests.
#[derive(Debug)]
pub(crate) struct Meter {
    quotas: Quotas,
    windows: HashMap<(String, Class), Window>,
    daily: daily::Daily,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    second: i64,
    used: u64,
}

impl Meter {
    pub(crate) fn new(quotas: Quotas) -> Self {
        Self {
            quotas,
            windows: HashMap::new(),
            daily: daily::Daily::default(),
        }
    }

    /// The current quotas.
    pub(crate) fn quotas(&self) -> Quotas {
        self.quotas
    }

    /// Counts a request against the quota of its key; `None` if quotas are disabled. A refused request
    /// is not counted.
    pub(crate) fn count_request(
        &mut self,
        key_id: &str,
        class: Class,
        now: Timestamp,
    ) -> Option<QuotaStatus> {
        let limit = self.limit(class)?;
        let second = now.as_second();
        let window = self
            .windows
            .entry((key_id.to_owned(), class))
            .or_insert(Window { second, used: 0 });
        if window.second != second {
            *window = Window { second, used: 0 };
        }
        let granted = window.used < limit;
        window.used += u64::from(granted);
        Some(QuotaStatus {
            granted,
            limit,
            remaining: limit - window.used,
            reset: second + 1,
        })
    }

    /// Counts a request against the daily quota of v1 of the API.
    pub(crate) fn count_v1_request(
        &mut self,
        key_id: &str,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        if !self.quotas.enforced {
            return Ok(());
        }
        self.daily
            .count_request(key_id, self.quotas.v1_per_day, now)
    }

    /// A full quota, for responses to requests without a valid key.
    pub(crate) fn full(&self, class: Class, now: Timestamp) -> Option<QuotaStatus> {
        let limit = self.limit(class)?;
        Some(QuotaStatus {
            granted: true,
            limit,
            remaining: limit,
            reset: now.as_second() + 1,
        })
    }

    fn limit(&self, class: Class) -> Option<u64> {
        let limit = match class {
            Class::Read => self.quotas.read_per_second,
            Class::Write => self.quotas.write_per_second,
        };
        self.quotas.enforced.then_some(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    fn count_request(meter: &mut Meter, key: &str, class: Class, milliseconds: i64) -> QuotaStatus {
        meter.count_request(key, class, at(milliseconds)).unwrap()
    }

    #[test]
    fn a_window_grants_its_limit_and_the_next_second_is_a_new_one() {
        let mut meter = Meter::new(Quotas::standard());
        for used in 1..=5 {
            let quota_status = count_request(&mut meter, "a", Class::Write, 10_000);
            assert!(quota_status.granted);
            assert_eq!(quota_status.remaining, 5 - used);
            assert_eq!(quota_status.reset, 11);
        }
        assert!(!count_request(&mut meter, "a", Class::Write, 10_999).granted);
        assert!(count_request(&mut meter, "a", Class::Write, 11_000).granted);
    }

    #[test]
    fn keys_and_classes_do_not_share() {
        let mut meter = Meter::new(Quotas::per_second(1, 1));
        assert!(count_request(&mut meter, "a", Class::Write, 0).granted);
        assert!(count_request(&mut meter, "a", Class::Read, 0).granted);
        assert!(count_request(&mut meter, "b", Class::Write, 0).granted);
        assert!(!count_request(&mut meter, "a", Class::Write, 1).granted);
    }

    #[test]
    fn disabled_quotas_count_nothing() {
        let mut meter = Meter::new(Quotas::off());
        assert_eq!(meter.count_request("a", Class::Write, at(0)), None);
        assert_eq!(meter.full(Class::Read, at(0)), None);
    }
}
