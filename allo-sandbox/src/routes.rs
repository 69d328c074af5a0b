//! The table of operations: what each is called, where it answers, which scope it asks for and
//! what carries it out. Everything else (router, scopes, `getMe`, log, control) reads this table.

use std::fmt;

use axum::http::Method;
use serde_json::Value;

use crate::errors::ApiError;
use crate::handlers::crm::{companies, deals, people};
use crate::handlers::{
    Context, analytics, conversations, dialing_queues, lines, me, partner, summary_templates, tags,
    users, v1, webhooks,
};
use crate::reply::Reply;

const CALLS: Scope = Some("CONVERSATIONS_READ");
const CALLS_WRITE: Scope = Some("CONVERSATIONS_WRITE");
const CONTACTS: Scope = Some("CONTACTS_READ");
const CONTACTS_WRITE: Scope = Some("CONTACTS_READ_WRITE");
const CRM_DELETE: Scope = Some("CRM_DELETE");
const CRM_READ: Scope = Some("CRM_READ");
const CRM_WRITE: Scope = Some("CRM_WRITE");
const DIALER: Scope = Some("DIALING_QUEUE_READ_WRITE");
const NUMBERS: Scope = Some("PHONE_NUMBERS_READ");
const PARTNER: Scope = Some("PARTNER");
const SMS: Scope = Some("SMS_SEND");
const TAGS: Scope = Some("TAGS_READ");
const TAGS_WRITE: Scope = Some("TAGS_WRITE");
const TEMPLATES_READ: Scope = Some("SUMMARY_TEMPLATES_READ");
const TEMPLATES_WRITE: Scope = Some("SUMMARY_TEMPLATES_WRITE");
const USERS: Scope = Some("USERS_READ");
const WEBHOOKS: Scope = Some("WEBHOOKS_READ_WRITE");

const CURRENT: &str = "/v2/api/dialing-queues/current";
const CURRENT_NUMBERS: &str = "/v2/api/dialing-queues/current/numbers";
const ACCOUNTS: &str = "/v2/api/partner/accounts";
const ACCOUNT: &str = "/v2/api/partner/accounts/{id}";
const TEMPLATES: &str = "/v2/api/summary_templates";
const TEMPLATE: &str = "/v2/api/summary_templates/{id}";
const HOOKS: &str = "/v2/api/webhooks";
const HOOK: &str = "/v2/api/webhooks/{webhook_id}";
const CONVERSATIONS: &str = "/v2/api/conversations";
const ITEM: &str = "/v2/api/conversations/items/{id}";
const PERSON: &str = "/v2/api/crm/people/{id}";
const COMPANY: &str = "/v2/api/crm/companies/{id}";
const DEAL: &str = "/v2/api/crm/deals/{id}";

const DELETE: Method = Method::DELETE;
const GET: Method = Method::GET;
const PATCH: Method = Method::PATCH;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;

/// An operation of the API.
#[non_exhaustive]
pub struct Operation {
    /// The `operationId` of the API's description.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template, with `{name}` for a parameter.
    pub path: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// The scope a key needs; `None` when any valid key will do.
    pub scope: Option<&'static str>,
    pub(crate) handler: Handler,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.id, self.method, self.path)
    }
}

/// Carries out one request of an operation.
pub(crate) type Handler = fn(&Context<'_>) -> Result<Reply, ApiError>;

type Scope = Option<&'static str>;
type Text = &'static str;

/// A row of the table: id, method, path, scope, summary, handler.
const fn op(
    id: Text,
    method: Method,
    path: Text,
    scope: Scope,
    summary: Text,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method,
        path,
        summary,
        scope,
        handler,
    }
}

/// Every operation the sandbox answers, by resource; one row is one or two lines.
#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    // Partner accounts
    op("createPartnerAccount", POST, ACCOUNTS, PARTNER, "Open an account for somebody", partner::create),
    op("getPartnerAccount", GET, ACCOUNT, PARTNER, "One of the accounts this key opened", partner::get),
    op("deletePartnerAccount", DELETE, ACCOUNT, PARTNER,
        "End an account with its billing period", partner::delete),

    // Summary templates
    op("setNumberDefaultSummaryTemplate", PUT, "/v2/api/numbers/{number}/default_summary_template",
        TEMPLATES_WRITE, "Choose the summary template a number uses", summary_templates::set_default),
    op("listSummaryTemplates", GET, TEMPLATES, TEMPLATES_READ,
        "Every summary template of the team", summary_templates::list),
    op("createSummaryTemplate", POST, TEMPLATES, TEMPLATES_WRITE,
        "Add a summary template", summary_templates::create),
    op("getSummaryTemplate", GET, TEMPLATE, TEMPLATES_READ,
        "One summary template", summary_templates::get),
    op("updateSummaryTemplate", PUT, TEMPLATE, TEMPLATES_WRITE,
        "Replace a summary template whole", summary_templates::update),
    op("deleteSummaryTemplate", DELETE, TEMPLATE, TEMPLATES_WRITE,
        "Delete a summary template", summary_templates::delete),

    // Webhooks
    op("listWebhooks", GET, HOOKS, WEBHOOKS, "Every webhook of the team", webhooks::list),
    op("createWebhook", POST, HOOKS, WEBHOOKS, "Have events sent to a URL", webhooks::create),
    op("getWebhook", GET, HOOK, WEBHOOKS, "One webhook and its signing secret", webhooks::get),
    op("updateWebhook", PUT, HOOK, WEBHOOKS, "Change a webhook or switch it off", webhooks::update),
    op("deleteWebhook", DELETE, HOOK, WEBHOOKS, "Delete a webhook", webhooks::delete),
    op("listWebhookEventTypes", GET, "/v2/api/webhooks/event_types", WEBHOOKS,
        "Every event there is to listen to", webhooks::event_types),

    // Calls (v1)
    op("searchCalls", GET, "/v1/api/calls", CALLS, "Calls of a line, newest first", v1::calls::search),

    // Contacts (v1)
    op("searchContacts", GET, "/v1/api/contacts", CONTACTS,
        "Everybody in the address book", v1::contacts::search),
    op("createContact", POST, "/v1/api/contacts", CONTACTS_WRITE,
        "Add a contact", v1::contacts::create),
    op("updateContact", PUT, "/v1/api/contacts/{contact_id}", CONTACTS_WRITE,
        "Change parts of a contact", v1::contacts::update),
    op("getContactContext", GET, "/v1/api/contact/{contact_id}", CONTACTS,
        "All that is known about a contact", v1::context::get),
    op("getContactConversation", GET, "/v1/api/contact/{contact_id}/conversation", CALLS,
        "Calls and texts with a contact", v1::history::get),

    // SMS and numbers (v1)
    op("sendSMS", POST, "/v1/api/sms", SMS, "Send a text from a number", v1::sms::send),
    op("sendSMSFrance", POST, "/v1/api/sms", SMS,
        "Send a text to France under a sender id", v1::sms::send_france),
    op("getNumbers", GET, "/v1/api/numbers", CALLS, "The team's numbers in brief", lines::list_v1),

    // Numbers, tags
    op("listNumbers", GET, "/v2/api/numbers", NUMBERS,
        "The team's numbers and sender ids", lines::list),
    op("listTags", GET, "/v2/api/tags", TAGS, "The tags calls can get", tags::list),
    op("addTags", POST, "/v2/api/conversations/items/{id}/tags", TAGS_WRITE,
        "Tag a call", tags::add),
    op("removeTag", DELETE, "/v2/api/conversations/items/{id}/tags/{tag}", TAGS_WRITE,
        "Take a tag off a call", tags::remove),

    // Conversations
    op("listConversations", GET, CONVERSATIONS, CALLS,
        "A line's conversations, the liveliest first", conversations::list::handle),
    op("searchAllConversations", POST, "/v2/api/conversations/items/search", CALLS,
        "Search all calls and texts", conversations::search::handle),
    op("getConversationItem", GET, ITEM, CALLS, "One call or text", conversations::item::get),
    op("batchGetConversationItems", POST, "/v2/api/conversations/items/batch", CALLS,
        "Up to a hundred calls and texts by their ids", conversations::item::batch),
    op("updateCallSummary", PATCH, "/v2/api/conversations/items/{id}/summary", CALLS_WRITE,
        "Rewrite a call's summary", conversations::summary::update),
    op("executeConversationAction", PUT, "/v2/api/conversations/{contact_number}/action", CALLS_WRITE,
        "Mark a conversation as read or unread, put it away or take it back",
        conversations::action::handle),

    // The key and the team
    op("getMe", GET, "/v2/api/me", None, "What this API key is and may do", me::get),
    op("listUsers", GET, "/v2/api/users", USERS, "Everybody in the team", users::list),
    op("getUser", GET, "/v2/api/users/{id}", USERS, "One person of the team", users::get),

    // Analytics
    op("getTeamMetrics", POST, "/v2/api/analytics/overview", CALLS,
        "The team's figures, and each person's", analytics::overview::handle),
    op("getAnalyticsOutbound", POST, "/v2/api/analytics/outbound", CALLS,
        "How far the team's own calls got", analytics::outbound::handle),

    // CRM: people
    op("createPerson", POST, "/v2/api/crm/people", CRM_WRITE, "Add a person", people::create),
    op("getPerson", GET, PERSON, CRM_READ, "One person", people::get),
    op("updatePerson", PUT, PERSON, CRM_WRITE, "Change what is known about a person", people::update),
    op("searchPeople", POST, "/v2/api/crm/people/search", CRM_READ, "Look for people", people::search),

    // CRM: companies
    op("createCompany", POST, "/v2/api/crm/companies", CRM_WRITE, "Add a company", companies::create),
    op("getCompany", GET, COMPANY, CRM_READ, "One company", companies::get),
    op("updateCompany", PUT, COMPANY, CRM_WRITE, "Change a company", companies::update),
    op("searchCompanies", POST, "/v2/api/crm/companies/search", CRM_READ,
        "Look for companies", companies::search),

    // CRM: deals
    op("createDeal", POST, "/v2/api/crm/deals", CRM_WRITE, "Add a deal", deals::create),
    op("getDeal", GET, DEAL, CRM_READ, "One deal", deals::get),
    op("updateDeal", PATCH, DEAL, CRM_WRITE, "Change a deal", deals::update),
    op("deleteDeal", DELETE, DEAL, CRM_DELETE, "Delete a deal", deals::delete),
    op("searchDeals", POST, "/v2/api/crm/deals/search", CRM_READ, "Look for deals", deals::search),

    // Power Dialer
    op("getCurrentDialingQueue", GET, CURRENT, DIALER,
        "A page of a person's current dialing queue", dialing_queues::read::handle),
    op("resetCurrentDialingQueue", POST, CURRENT, DIALER,
        "Start a new, empty dialing queue", dialing_queues::reset::handle),
    op("upsertCurrentDialingQueue", PATCH, CURRENT, DIALER,
        "Change the settings of a dialing queue, creating it if need be", dialing_queues::upsert::handle),
    op("appendDialingQueueNumbers", POST, CURRENT_NUMBERS, DIALER,
        "Append numbers to a dialing queue", dialing_queues::append::handle),
    op("clearDialingQueueNumbers", DELETE, CURRENT_NUMBERS, DIALER,
        "Delete numbers from a dialing queue", dialing_queues::clear::handle),
];

/// The operation with this id.
pub(crate) fn by_id(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

/// All operations at one path template that differ in their method.
pub(crate) fn at_path(path: &str) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS
        .iter()
        .filter(move |operation| operation.path == path && !is_told_by_body(operation))
}

/// Operations that share the endpoint of another one: the other's id, their own id, and the field
/// of the body that only they have. A body with `from` is the first one's, whatever else it has.
const TOLD_BY_BODY: &[(&str, &str, &str)] = &[("sendSMS", "sendSMSFrance", "sender_id")];

fn is_told_by_body(operation: &Operation) -> bool {
    TOLD_BY_BODY.iter().any(|(_, id, _)| *id == operation.id)
}

/// The operation that a request to the endpoint of `operation` means.
pub(crate) fn meant(
    operation: &'static Operation,
    body: impl Fn() -> Option<Value>,
) -> &'static Operation {
    let sharing = TOLD_BY_BODY.iter().find(|(id, ..)| *id == operation.id);
    let told = sharing.and_then(|(_, id, field)| {
        let body = body()?;
        let is_other = body.get(field).is_some() && body.get("from").is_none();
        is_other.then(|| by_id(id)).flatten()
    });
    told.unwrap_or(operation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scopes;

    #[test]
    fn ids_and_endpoints_are_unique_and_scopes_exist() {
        for (index, operation) in OPERATIONS.iter().enumerate() {
            for other in &OPERATIONS[..index] {
                assert_ne!(operation.id, other.id);
                let same = operation.path == other.path && operation.method == other.method;
                assert!(
                    !same || is_told_by_body(operation),
                    "{operation:?}, {other:?}"
                );
            }
            assert!(
                operation
                    .scope
                    .is_none_or(|scope| scopes::ALL.contains(&scope))
            );
        }
    }
}
