//! The state of the workspace: users, queues, phone numbers, calls and messages, contacts, tags,
//! summary templates, webhooks, the CRM and partner accounts. Pure data and rules: no HTTP, no
//! JSON formats, and times are passed in.

pub(crate) mod calls;
pub(crate) mod change;
pub(crate) mod contacts;
pub(crate) mod crm;
pub(crate) mod direction;
pub(crate) mod inbox;
pub(crate) mod messages;
pub(crate) mod partner;
pub(crate) mod phone;
pub(crate) mod phone_numbers;
pub(crate) mod queues;
pub(crate) mod recordings;
pub(crate) mod tags;
pub(crate) mod templates;
pub(crate) mod users;
pub(crate) mod webhooks;

/// The whole workspace.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) users: users::Directory,
    pub(crate) queues: queues::Queues,
    pub(crate) phone_numbers: phone_numbers::PhoneNumbers,
    pub(crate) inbox: inbox::Inbox,
    pub(crate) recordings: recordings::Recordings,
    pub(crate) contacts: contacts::Contacts,
    pub(crate) tags: tags::Tags,
    pub(crate) templates: templates::Templates,
    pub(crate) webhooks: webhooks::Webhooks,
    pub(crate) partner: partner::Partner,
    pub(crate) crm: crm::Crm,
}
