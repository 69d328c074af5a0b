//! Leads from CSV. Numbers go on as written; the push reads them, and says which are none.

use std::io::Read;

use allo_client::types::NewQueueNumber;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    number: String,
    name: Option<String>,
    last_name: Option<String>,
    company: Option<String>,
    job_title: Option<String>,
    email: Option<String>,
}

/// The leads that ship with the example, some of them with bad numbers.
pub(crate) fn shipped() -> csv::Result<Vec<NewQueueNumber>> {
    read(include_bytes!("leads.csv").as_slice())
}

/// Reads leads; the header names the columns.
pub(crate) fn read(input: impl Read) -> csv::Result<Vec<NewQueueNumber>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(input);
    reader.deserialize().map(|row| row.map(lead)).collect()
}

fn lead(row: Row) -> NewQueueNumber {
    let mut lead = NewQueueNumber::new(row.number);
    if let Some(name) = row.name {
        lead = lead.name(name);
    }
    if let Some(last_name) = row.last_name {
        lead = lead.last_name(last_name);
    }
    if let Some(company) = row.company {
        lead = lead.company(company);
    }
    if let Some(job_title) = row.job_title {
        lead = lead.job_title(job_title);
    }
    if let Some(email) = row.email {
        lead = lead.emails(vec![email]);
    }
    lead
}
