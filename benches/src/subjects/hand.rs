//! The client that a user would write who needs only these three calls: reqwest, closed types, times as strings, no
//! retries, no validation, no rate limiter.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::Result;
use crate::canned::{Lead, PAGE, USER_ID};

pub(super) const KEY: &str = "Api-Key ak_live_benchmark";

#[derive(Deserialize)]
#[allow(dead_code, reason = "read as a user would read them")]
pub(crate) struct Page {
    pub(crate) data: Vec<Entry>,
    pub(crate) pagination: Totals,
    queue: Queue,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read as a user would read them")]
pub(crate) struct Entry {
    number_to: String,
    position: u64,
    created_at: Option<String>,
    updated_at: Option<String>,
    sync_status: Option<SyncStatus>,
    call_start_date: Option<String>,
    call_id: Option<String>,
    routing_result: Option<RoutingResult>,
    not_reached_destination_reason: Option<NotReached>,
    detected_outbound_voicemail: Option<bool>,
    voicemail_left: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SyncStatus {
    NotSynced,
    Processing,
    Synced,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RoutingResult {
    Failed,
    Received,
    Blocked,
    Answered,
    Voicemail,
    Closed,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum NotReached {
    Busy,
    RingTimeout,
    NotInService,
    Declined,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read as a user would read them")]
pub(crate) struct Totals {
    page: u64,
    size: u64,
    total_count: u64,
    pub(crate) total_pages: u64,
    has_more: bool,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read as a user would read them")]
struct Queue {
    id: String,
    name: Option<String>,
    creator_id: Option<String>,
    assignee_id: Option<String>,
    voicemail_handling: Option<String>,
    do_not_disturb: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Data<T> {
    pub(super) data: T,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read as a user would read them")]
pub(super) struct User {
    id: String,
    pub(super) name: String,
    email: String,
    role: Option<String>,
    status: Option<String>,
    image_url: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Append {
    numbers: Vec<Number>,
}

#[derive(Serialize)]
struct Number {
    number: String,
    name: String,
    last_name: String,
    company: String,
}

#[derive(Deserialize)]
pub(super) struct Appended {
    pub(super) added: Vec<Entry>,
}

#[derive(Clone)]
pub(crate) struct Hand {
    http: reqwest::Client,
    url: String,
}

impl Hand {
    pub(crate) fn new(url: &str) -> Result<Self> {
        let builder = reqwest::Client::builder().timeout(Duration::from_secs(30));
        let (http, url) = (builder.no_proxy().build()?, url.to_owned());
        Ok(Self { http, url })
    }

    async fn get(&self, number: u64) -> Result<Page> {
        let url = format!("{}/v2/api/dialing-queues/current", self.url);
        let request = self.http.get(url).header("authorization", KEY);
        let request = request.query(&[("page", number), ("size", PAGE as u64)]);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    pub(crate) async fn page(&self, number: u64) -> Result<usize> {
        Ok(self.get(number).await?.data.len())
    }

    pub(crate) async fn small(&self) -> Result<usize> {
        let url = format!("{}/v2/api/users/{USER_ID}", self.url);
        let request = self.http.get(url).header("authorization", KEY);
        let user: Data<User> = request.send().await?.error_for_status()?.json().await?;
        Ok(user.data.name.len())
    }

    pub(crate) async fn leads(&self, leads: &[Lead]) -> Result<usize> {
        let url = format!("{}/v2/api/dialing-queues/current/numbers", self.url);
        let request = self.http.post(url).header("authorization", KEY);
        let response = request.json(&append(leads)).send().await?;
        let answer: Data<Appended> = response.error_for_status()?.json().await?;
        Ok(answer.data.added.len())
    }

    /// Reads the whole queue: the first page, then the others at an interval or concurrently.
    pub(crate) async fn list(&self, pace: Option<Duration>, at_once: usize) -> Result<usize> {
        let first = self.get(1).await?;
        let mut count = first.data.len();
        let mut running = JoinSet::new();
        let client = Arc::new(self.clone());
        let mut ticks = pace.map(tokio::time::interval);
        if let Some(ticks) = &mut ticks {
            ticks.tick().await;
        }
        for number in 2..=first.pagination.total_pages {
            match &mut ticks {
                Some(ticks) => drop(ticks.tick().await),
                None if running.len() >= at_once => {
                    if let Some(page) = running.join_next().await {
                        count += page??;
                    }
                }
                None => {}
            }
            let client = Arc::clone(&client);
            running.spawn(async move { client.page(number).await });
        }
        while let Some(page) = running.join_next().await {
            count += page??;
        }
        Ok(count)
    }
}

pub(super) fn append(leads: &[Lead]) -> Append {
    let number = |[number, name, last_name, company]: &Lead| Number {
        number: number.clone(),
        name: name.clone(),
        last_name: last_name.clone(),
        company: company.clone(),
    };
    let numbers = leads.iter().map(number).collect();
    Append { numbers }
}

pub(super) fn decode(bytes: &[u8]) -> Result<usize> {
    let page: Page = serde_json::from_slice(bytes)?;
    Ok(page.data.len())
}

pub(super) fn encode(leads: &[Lead]) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(&append(leads))?)
}
