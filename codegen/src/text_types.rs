//! The types that the client has by hand for texts, of which the overlay chooses one by `x-type`: ids, and telephone
//! numbers. They are written in `allo-client/src/model/ids.rs` and `phone_number.rs`; whatever the overlay does not name
//! stays a `String`.

/// The extension key.
pub(crate) const KEY: &str = "x-type";

/// One of the types.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TextType {
    pub(crate) name: &'static str,
    /// Module below `crate::model`.
    pub(crate) module: &'static str,
    /// Whether `Debug` hides it.
    pub(crate) is_personal: bool,
}

const fn id(name: &'static str) -> TextType {
    TextType {
        name,
        module: "ids",
        is_personal: false,
    }
}

pub(crate) const ALL: &[TextType] = &[
    id("AccountId"),
    id("ApiKeyId"),
    id("CallId"),
    id("CompanyId"),
    id("ContactId"),
    id("ConversationItemId"),
    id("DealId"),
    id("PersonId"),
    id("QueueId"),
    id("SummaryTemplateId"),
    id("TagId"),
    id("TeamId"),
    id("UserId"),
    id("WebhookId"),
    TextType {
        name: "PhoneNumber",
        module: "phone_number",
        is_personal: true,
    },
];

pub(crate) fn find(name: &str) -> Option<&'static TextType> {
    ALL.iter().find(|known| known.name == name)
}
