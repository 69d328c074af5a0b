//! The client that progenitor generates from the same document with its default settings.

use generated::types;

use super::hand::KEY;
use crate::Result;
use crate::canned::{Lead, PAGE, USER_ID};

#[allow(
    dead_code,
    unused,
    unreachable_pub,
    missing_debug_implementations,
    clippy::all,
    reason = "it is as progenitor writes it"
)]
mod generated {
    include!(env!("ALLO_STOCK_CLIENT"));
}

pub(crate) struct Stock(generated::Client);

impl Stock {
    pub(crate) fn new(url: &str) -> Self {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert(
            "authorization",
            reqwest::header::HeaderValue::from_static(KEY),
        );
        let builder = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(30))
            .default_headers(headers);
        let http = builder.no_proxy().build().unwrap_or_default();
        Self(generated::Client::new_with_client(url, http))
    }
}

impl Stock {
    pub(crate) async fn page(&self, number: u64) -> Result<usize> {
        let (page, size) = (number.try_into()?, (PAGE as u64).try_into()?);
        let answer = self
            .0
            .get_current_dialing_queue(None, Some(page), Some(size), None);
        Ok(answer.await.map_err(failed)?.into_inner().data.len())
    }

    pub(crate) async fn small(&self) -> Result<usize> {
        let answer = self.0.get_user(USER_ID).await.map_err(failed)?;
        Ok(answer.into_inner().data.name.len())
    }

    pub(crate) async fn leads(&self, leads: &[Lead]) -> Result<usize> {
        let request = request(leads);
        let answer = self.0.append_dialing_queue_numbers(&request).await;
        Ok(answer.map_err(failed)?.into_inner().data.added.len())
    }
}

fn failed(error: progenitor_client::Error<()>) -> String {
    error.to_string()
}

fn request(leads: &[Lead]) -> types::AppendQueueNumbersRequest {
    let number =
        |[number, name, last_name, company]: &Lead| types::AppendQueueNumbersRequestNumbersItem {
            addresses: None,
            company: Some(company.clone()),
            emails: None,
            job_title: None,
            last_name: Some(last_name.clone()),
            name: Some(name.clone()),
            number: number.clone(),
            website: None,
        };
    types::AppendQueueNumbersRequest {
        email: None,
        numbers: leads.iter().map(number).collect(),
        user_id: None,
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<usize> {
    let page: types::GetCurrentDialingQueueResponse = serde_json::from_slice(bytes)?;
    Ok(page.data.len())
}

pub(super) fn encode(leads: &[Lead]) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(&request(leads))?)
}
