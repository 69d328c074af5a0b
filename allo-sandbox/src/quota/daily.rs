//! The daily quota of an API key in v1 of the API. Days are in UTC.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::errors::{ApiError, Code};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Counts the requests of the current day.
#[derive(Debug, Default)]
pub(super) struct Daily {
    day: i64,
    used: HashMap<String, u64>,
}

impl Daily {
    /// Counts a request against the quota of its key. A refused request is not counted.
    pub(super) fn count_request(
        &mut self,
        key_id: &str,
        limit: u64,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let day = now.as_second().div_euclid(DAY_SECONDS);
        if day != self.day {
            self.day = day;
            self.used.clear();
        }
        let used = self.used.entry(key_id.to_owned()).or_default();
        if *used >= limit {
            let left = DAY_SECONDS - now.as_second().rem_euclid(DAY_SECONDS);
            return Err(used_up(limit, left.unsigned_abs()));
        }
        *used += 1;
        Ok(())
    }
}

fn used_up(limit: u64, reset_in: u64) -> ApiError {
    let detail = format!("limit={limit};type=DAILY;reset_in={reset_in}");
    ApiError::new(
        Code::ApiKeyQuotaExceeded,
        "The daily quota of this API key is exhausted.",
    )
    .v1_detail("DAILY", detail)
    .retry_after(reset_in)
}
