//! The table of operations: id, method, path and required scope of each. The router, `getMe`, the log, fault plans
//! and `Control` read this table. Which handler carries out an operation is in `routes`.

use std::fmt;

use axum::http::Method;
use serde_json::Value;

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
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.id, self.method, self.path)
    }
}

type Scope = Option<&'static str>;
type Text = &'static str;

/// A row of the table: id, method, path, scope, summary.
const fn op(id: Text, method: Method, path: Text, scope: Scope, summary: Text) -> Operation {
    Operation {
        id,
        method,
        path,
        summary,
        scope,
    }
}

/// Every operation the sandbox answers, by resource; one row is one or two lines.
#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    // Partner accounts
    op("createPartnerAccount", POST, ACCOUNTS, PARTNER, "Open an account for somebody"),
    op("getPartnerAccount", GET, ACCOUNT, PARTNER, "One of the accounts this key opened"),
    op("deletePartnerAccount", DELETE, ACCOUNT, PARTNER,
        "End an account with its billing period"),

    // Summary templates
    op("setNumberDefaultSummaryTemplate", PUT, "/v2/api/numbers/{number}/default_summary_template",
        TEMPLATES_WRITE, "Choose the summary template a number uses"),
    op("listSummaryTemplates", GET, TEMPLATES, TEMPLATES_READ,
        "Every summary template of the team"),
    op("createSummaryTemplate", POST, TEMPLATES, TEMPLATES_WRITE,
        "Add a summary template"),
    op("getSummaryTemplate", GET, TEMPLATE, TEMPLATES_READ,
        "One summary template"),
    op("updateSummaryTemplate", PUT, TEMPLATE, TEMPLATES_WRITE,
        "Replace a summary template whole"),
    op("deleteSummaryTemplate", DELETE, TEMPLATE, TEMPLATES_WRITE,
        "Delete a summary template"),

    // Webhooks
    op("listWebhooks", GET, HOOKS, WEBHOOKS, "Every webhook of the team"),
    op("createWebhook", POST, HOOKS, WEBHOOKS, "Have events sent to a URL"),
    op("getWebhook", GET, HOOK, WEBHOOKS, "One webhook and its signing secret"),
    op("updateWebhook", PUT, HOOK, WEBHOOKS, "Change a webhook or switch it off"),
    op("deleteWebhook", DELETE, HOOK, WEBHOOKS, "Delete a webhook"),
    op("listWebhookEventTypes", GET, "/v2/api/webhooks/event_types", WEBHOOKS,
        "Every event there is to listen to"),

    // Calls (v1)
    op("searchCalls", GET, "/v1/api/calls", CALLS, "Calls of a line, newest first"),

    // Contacts (v1)
    op("searchContacts", GET, "/v1/api/contacts", CONTACTS,
        "Everybody in the address book"),
    op("createContact", POST, "/v1/api/contacts", CONTACTS_WRITE,
        "Add a contact"),
    op("updateContact", PUT, "/v1/api/contacts/{contact_id}", CONTACTS_WRITE,
        "Change parts of a contact"),
    op("getContactContext", GET, "/v1/api/contact/{contact_id}", CONTACTS,
        "All that is known about a contact"),
    op("getContactConversation", GET, "/v1/api/contact/{contact_id}/conversation", CALLS,
        "Calls and texts with a contact"),

    // SMS and numbers (v1)
    op("sendSMS", POST, "/v1/api/sms", SMS, "Send a text from a number"),
    op("sendSMSFrance", POST, "/v1/api/sms", SMS,
        "Send a text to France under a sender id"),
    op("getNumbers", GET, "/v1/api/numbers", CALLS, "The team's numbers in brief"),

    // Numbers, tags
    op("listNumbers", GET, "/v2/api/numbers", NUMBERS,
        "The team's numbers and sender ids"),
    op("listTags", GET, "/v2/api/tags", TAGS, "The tags calls can get"),
    op("addTags", POST, "/v2/api/conversations/items/{id}/tags", TAGS_WRITE,
        "Tag a call"),
    op("removeTag", DELETE, "/v2/api/conversations/items/{id}/tags/{tag}", TAGS_WRITE,
        "Take a tag off a call"),

    // Conversations
    op("listConversations", GET, CONVERSATIONS, CALLS,
        "A line's conversations, the liveliest first"),
    op("searchAllConversations", POST, "/v2/api/conversations/items/search", CALLS,
        "Search all calls and texts"),
    op("getConversationItem", GET, ITEM, CALLS, "One call or text"),
    op("batchGetConversationItems", POST, "/v2/api/conversations/items/batch", CALLS,
        "Up to a hundred calls and texts by their ids"),
    op("updateCallSummary", PATCH, "/v2/api/conversations/items/{id}/summary", CALLS_WRITE,
        "Rewrite a call's summary"),
    op("executeConversationAction", PUT, "/v2/api/conversations/{contact_number}/action", CALLS_WRITE,
        "Mark a conversation as read or unread, put it away or take it back"),

    // The key and the team
    op("getMe", GET, "/v2/api/me", None, "What this API key is and may do"),
    op("listUsers", GET, "/v2/api/users", USERS, "Everybody in the team"),
    op("getUser", GET, "/v2/api/users/{id}", USERS, "One person of the team"),

    // Analytics
    op("getTeamMetrics", POST, "/v2/api/analytics/overview", CALLS,
        "The team's figures, and each person's"),
    op("getAnalyticsOutbound", POST, "/v2/api/analytics/outbound", CALLS,
        "How far the team's own calls got"),

    // CRM: people
    op("createPerson", POST, "/v2/api/crm/people", CRM_WRITE, "Add a person"),
    op("getPerson", GET, PERSON, CRM_READ, "One person"),
    op("updatePerson", PUT, PERSON, CRM_WRITE, "Change what is known about a person"),
    op("searchPeople", POST, "/v2/api/crm/people/search", CRM_READ, "Look for people"),

    // CRM: companies
    op("createCompany", POST, "/v2/api/crm/companies", CRM_WRITE, "Add a company"),
    op("getCompany", GET, COMPANY, CRM_READ, "One company"),
    op("updateCompany", PUT, COMPANY, CRM_WRITE, "Change a company"),
    op("searchCompanies", POST, "/v2/api/crm/companies/search", CRM_READ,
        "Look for companies"),

    // CRM: deals
    op("createDeal", POST, "/v2/api/crm/deals", CRM_WRITE, "Add a deal"),
    op("getDeal", GET, DEAL, CRM_READ, "One deal"),
    op("updateDeal", PATCH, DEAL, CRM_WRITE, "Change a deal"),
    op("deleteDeal", DELETE, DEAL, CRM_DELETE, "Delete a deal"),
    op("searchDeals", POST, "/v2/api/crm/deals/search", CRM_READ, "Look for deals"),

    // Power Dialer
    op("getCurrentDialingQueue", GET, CURRENT, DIALER,
        "A page of a person's current dialing queue"),
    op("resetCurrentDialingQueue", POST, CURRENT, DIALER,
        "Start a new, empty dialing queue"),
    op("upsertCurrentDialingQueue", PATCH, CURRENT, DIALER,
        "Change the settings of a dialing queue, creating it if need be"),
    op("appendDialingQueueNumbers", POST, CURRENT_NUMBERS, DIALER,
        "Append numbers to a dialing queue"),
    op("clearDialingQueueNumbers", DELETE, CURRENT_NUMBERS, DIALER,
        "Delete numbers from a dialing queue"),
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
