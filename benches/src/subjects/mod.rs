//! The clients that are compared. Each makes the same three calls, decodes the same responses and encodes the same
//! request.

mod allo;
pub(crate) mod hand;
mod hyper;
mod stock;

use crate::Result;
use crate::canned::Lead;

pub(crate) use allo::{Allo, Limiter};
pub(crate) use hand::Hand;
use hyper::Hyper;
use stock::Stock;

/// The names of the subjects, in the order of the tables: all are compared with the first.
pub(crate) const NAMES: [&str; 4] = ["hand", "allo", "stock", "hyper"];

/// The description of each subject.
pub(crate) fn title(name: &str) -> &'static str {
    match name {
        "hand" => "reqwest and serde_json by hand",
        "allo" => "allo-client",
        "stock" => "progenitor's stock client",
        _ => "hyper and serde_json by hand",
    }
}

/// The calls that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// A page of 100 entries.
    Page,
    /// One small object.
    Small,
    /// 100 leads.
    Leads,
}

impl Call {
    pub(crate) const ALL: [(Self, &str, &str); 3] = [
        (Self::Page, "page", "GET of a page of 100 entries"),
        (Self::Small, "small", "GET of one small object"),
        (Self::Leads, "leads", "POST of 100 leads"),
    ];
}

/// A client that is connected to a server.
pub(crate) enum Subject {
    Allo(Allo),
    Hand(Hand),
    Hyper(Hyper),
    Stock(Stock),
}

impl Subject {
    /// The subject with this name.
    pub(crate) fn new(name: &str, url: &str) -> Result<Self> {
        Ok(match name {
            "allo" => Self::Allo(Allo::new(url, Limiter::Wide)?),
            "hand" => Self::Hand(Hand::new(url)?),
            "hyper" => Self::Hyper(Hyper::new(url)),
            "stock" => Self::Stock(Stock::new(url)),
            _ => return Err(format!("no subject `{name}`").into()),
        })
    }

    /// Makes a call and returns the number of items in the response.
    pub(crate) async fn call(&self, call: Call, leads: &[Lead]) -> Result<usize> {
        macro_rules! make {
            ($client:expr) => {
                match call {
                    Call::Page => $client.page(1).await,
                    Call::Small => $client.small().await,
                    Call::Leads => $client.leads(leads).await,
                }
            };
        }
        match self {
            Self::Allo(client) => make!(client),
            Self::Hand(client) => make!(client),
            Self::Hyper(client) => make!(client),
            Self::Stock(client) => make!(client),
        }
    }
}

/// Decodes a page without sending anything.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<usize> {
    match name {
        "allo" => allo::decode(bytes),
        "hand" => hand::decode(bytes),
        "stock" => stock::decode(bytes),
        "value" => {
            let value: serde_json::Value = serde_json::from_slice(bytes)?;
            Ok(value["data"].as_array().map_or(0, Vec::len))
        }
        _ => Err(format!("no codec `{name}`").into()),
    }
}

/// Encodes a request without sending it.
pub(crate) fn encode(name: &str, leads: &[Lead]) -> Result<usize> {
    let bytes = match name {
        "allo" => allo::encode(leads)?,
        "hand" => hand::encode(leads)?,
        "stock" => stock::encode(leads)?,
        _ => return Err(format!("no codec `{name}`").into()),
    };
    Ok(bytes.len())
}
