//! This client. Only this file uses its API, so that an API change affects one file.

use allo_client::types::{AppendQueueNumbersRequest, DialingQueuePage, NewQueueNumber};
use allo_client::{Client, Pacing};

use crate::Result;
use crate::canned::{Lead, PAGE, USER_ID};

/// The configuration of the rate limiter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limiter {
    /// Enabled, with a limit that never makes a call wait.
    Wide,
    /// Enabled, with this many reads per second.
    Reads(u32),
    /// Disabled.
    Off,
}

#[derive(Clone)]
pub(crate) struct Allo(Client);

impl Allo {
    pub(crate) fn new(url: &str, limiter: Limiter) -> Result<Self> {
        let pacing = match limiter {
            Limiter::Wide => Pacing::limits(1_000_000, 1_000_000),
            Limiter::Reads(most) => Pacing::limits(most, most),
            Limiter::Off => Pacing::off(),
        };
        let builder = Client::builder().api_key("ak_live_benchmark");
        Ok(Self(builder.base_url(url).pacing(pacing).build()?))
    }

    /// A client of another key over the same connections.
    pub(crate) fn with_key(&self, number: usize) -> Result<Self> {
        let key = format!("ak_live_benchmark_{number}");
        Ok(Self(self.0.with_api_key(key)?))
    }

    pub(crate) async fn page(&self, number: u64) -> Result<usize> {
        let call = self.0.get_current_dialing_queue();
        let page = call.page(number).size(PAGE as u64).send().await?;
        Ok(page.body().data.len())
    }

    pub(crate) async fn small(&self) -> Result<usize> {
        let user = self.0.get_user(USER_ID).send().await?;
        Ok(user.body().name.len())
    }

    pub(crate) async fn leads(&self, leads: &[Lead]) -> Result<usize> {
        let numbers = leads.iter().map(number);
        let answer = self.0.append_dialing_queue_numbers(numbers).send().await?;
        Ok(answer.body().added.len())
    }

    /// Reads the whole queue, with this many prefetched pages.
    pub(crate) async fn list(&self, prefetch: usize) -> Result<usize> {
        let call = self.0.get_current_dialing_queue().size(PAGE as u64);
        let mut items = call.items().prefetch(prefetch);
        let mut count = 0;
        while items.try_next().await?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

fn number([number, name, last_name, company]: &Lead) -> NewQueueNumber {
    NewQueueNumber::new(number.as_str())
        .name(name.as_str())
        .last_name(last_name.as_str())
        .company(company.as_str())
}

pub(super) fn decode(bytes: &[u8]) -> Result<usize> {
    let page: DialingQueuePage = serde_json::from_slice(bytes)?;
    Ok(page.data.len())
}

pub(super) fn encode(leads: &[Lead]) -> Result<Vec<u8>> {
    let request = AppendQueueNumbersRequest::new(leads.iter().map(number));
    Ok(serde_json::to_vec(&request)?)
}
