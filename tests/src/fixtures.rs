//! The objects that minimal calls refer to: one of each kind, created in the demo team for a test.

use std::time::Duration;

use allo_client::types::{NumberPreference, WebhookTopic};
use allo_client::{Error, Response};
use allo_sandbox::{CallRecord, MessageRecord};

use crate::harness::{Harness, MARIE};

/// A number of the demo team for calls and text messages.
pub const LINE: &str = "+12125550100";
/// Another number, without text messages.
pub const MUTE_LINE: &str = "+12125550102";
/// A sender id of the demo team for text messages to France.
pub const SENDER_ID: &str = "LARCHST";
/// The number of the contact of the calls.
pub const CONTACT_NUMBER: &str = "+12125550140";

/// The ids of the objects.
#[derive(Clone, Debug)]
pub struct Fixtures {
    /// A member of the team.
    pub user: String,
    /// A contact with calls and messages.
    pub contact: String,
    /// A call with the contact, with one summary, tagged as `interested`.
    pub call: String,
    /// A text message from the contact.
    pub message: String,
    /// A summary template.
    pub template: String,
    /// A webhook.
    pub webhook: String,
    /// A person of the CRM.
    pub person: String,
    /// A company of the CRM.
    pub company: String,
    /// A deal of the CRM.
    pub deal: String,
    /// A partner account.
    pub account: String,
}

impl Fixtures {
    /// Ids of nothing, for calls that are refused before a lookup.
    #[must_use]
    pub fn nothing() -> Self {
        let none = |prefix: &str| format!("{prefix}-0000");
        Self {
            user: none("usr"),
            contact: none("cnt"),
            call: none("cll"),
            message: none("msg"),
            template: none("smt"),
            webhook: none("whk"),
            person: none("per"),
            company: none("cmp"),
            deal: none("dea"),
            account: none("usr"),
        }
    }

    pub(crate) async fn of(harness: &Harness) -> Self {
        let (client, control) = (&harness.client, &harness.control);
        let user = harness.id_of(MARIE);
        let contact = control.add_contact("Ines", [CONTACT_NUMBER]);
        let call = CallRecord::outbound(LINE, CONTACT_NUMBER)
            .user(&user)
            .answered(Duration::from_secs(75))
            .summary("Ines asks for the long lease.")
            .tags(["interested"]);
        let message = MessageRecord::inbound(LINE, CONTACT_NUMBER, "Is four o'clock fine?");
        let account = client
            .create_partner_account()
            .email("ola@example.com")
            .name("Ola Brandvik")
            .number_preference(NumberPreference::new("US"))
            .personal_mobile("+12125550141");
        let webhook = client.create_webhook(
            [WebhookTopic::CallCompleted],
            "https://hooks.example.com/calls",
        );
        Self {
            call: control.add_call(call),
            message: control.add_message(message),
            template: made(client.create_summary_template("Follow-up").send().await)
                .id
                .into_string(),
            webhook: made(webhook.send().await).id.into_string(),
            person: made(client.create_person(["+12125550142"]).send().await)
                .id
                .into_string(),
            company: made(client.create_company("Ferry Road Paper").send().await)
                .id
                .into_string(),
            deal: made(client.create_deal("Envelopes").send().await)
                .id
                .into_string(),
            account: made(account.send().await).id.into_string(),
            contact,
            user,
        }
    }
}

fn made<T>(answer: Result<Response<T>, Error>) -> T {
    answer.expect("what a test starts with").into_inner()
}
