//! A small set of calls and messages in addition to the demo data, for tests that must know every
//! item.

use std::time::Duration;

use allo_sandbox::{CallRecord, MessageRecord, PhoneNumber, Speaker};
use jiff::{Timestamp, ToSpan};

use crate::api::{Api, CAMILLE, MARIE, START};

/// A phone number that only the tests use.
pub(crate) const LINE: &str = "+12125550190";
/// A contact.
pub(crate) const ADA: &str = "+12125550191";
/// A number without a contact.
pub(crate) const STRANGER: &str = "+12125550192";
pub(crate) const LINE_QUERY: &str = "allo_number=%2B12125550190";

pub(crate) struct Small {
    pub(crate) api: Api,
    pub(crate) ada: String,
    /// Outbound, answered, tagged, two summaries; one day ago.
    pub(crate) talk: String,
    /// Inbound message of Ada; two hours ago.
    pub(crate) text: String,
    /// Missed inbound call of the unknown number; three hours ago.
    pub(crate) missed: String,
}

pub(crate) fn hours_ago(hours: i64) -> Timestamp {
    let start: Timestamp = format!("{START}Z").parse().expect("a time");
    start - hours.hours()
}

pub(crate) async fn start() -> Small {
    let api = Api::start().await;
    let control = api.control();
    control.add_phone_number(
        PhoneNumber::number(LINE, "US")
            .named("Tests")
            .users([MARIE]),
    );
    let ada = control.add_contact("Ada", [ADA]);
    let talk = CallRecord::outbound(LINE, ADA)
        .user(MARIE)
        .at(hours_ago(24))
        .rang(Duration::from_secs(10))
        .answered(Duration::from_secs(150))
        .recording("https://media.example.com/recordings/talk.mp3")
        .tags(["interested"])
        .says(Speaker::User, "Shall we talk about turbines?")
        .says(Speaker::External, "Gladly.")
        .summary("Ada wants a turbine.")
        .summary_by("MARKDOWN_SHORT_CALL", "Turbine: yes.");
    let talk = control.add_call(talk);
    let missed = control.add_call(CallRecord::inbound(LINE, STRANGER).at(hours_ago(3)));
    let text = MessageRecord::inbound(LINE, ADA, "The turbine arrived.")
        .user(CAMILLE)
        .at(hours_ago(2));
    let text = control.add_message(text);
    Small {
        api,
        ada,
        talk,
        text,
        missed,
    }
}
