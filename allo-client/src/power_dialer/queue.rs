//! What a push has to know of the queue before it begins.

use super::TeammateDialer;
use crate::types::QueueNumber;
use crate::{CallOptions, Error, Paginated};

/// The queue as it was found.
pub(super) struct Found {
    pub(super) total: u64,
    /// Its id, if there is one.
    pub(super) queue: Option<String>,
    /// How many requests that took.
    pub(super) requests: u32,
}

/// Counts the queue by one small request, if the server tells the total.
pub(super) async fn count(dialer: &TeammateDialer, options: &CallOptions) -> Result<Found, Error> {
    let request = dialer.numbers().size(1);
    let answer = request.options(|_| options.clone()).send().await?;
    let requests = answer.attempts();
    let page = answer.into_inner();
    let total = page
        .pagination
        .and_then(|totals| crate::runtime::count(&totals.total_count));
    let queue = page.queue.map(|queue| queue.id);
    let known = total.or_else(|| queue.is_none().then_some(0));
    if let Some(total) = known {
        return Ok(Found {
            total,
            queue,
            requests,
        });
    }
    let mut found = read(dialer, options, |_| ()).await?;
    found.requests += requests;
    Ok(found)
}

/// Reads all of the queue.
pub(super) async fn read(
    dialer: &TeammateDialer,
    options: &CallOptions,
    mut each: impl FnMut(&QueueNumber),
) -> Result<Found, Error> {
    let request = dialer.numbers().size(100).options(|_| options.clone());
    let mut found = Found {
        total: 0,
        queue: None,
        requests: 0,
    };
    let mut pages = request.pages();
    while let Some(page) = pages.try_next().await? {
        found.requests += page.attempts();
        let page = page.into_inner();
        found.queue = page.queue.map(|queue| queue.id);
        let entries = page.data;
        found.total += u64::try_from(entries.slots()).unwrap_or_default();
        entries.iter().for_each(&mut each);
    }
    Ok(found)
}
