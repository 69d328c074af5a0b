//! The sandbox as a client sees it: every operation, every error code and all headers, through real
//! HTTP on loopback. One binary, one module per subject.

mod admin;
mod admin_data;
mod admin_effects;
mod analytics;
mod api;
mod append;
mod clear;
mod control;
mod conversations;
mod crm_companies;
mod crm_deals;
mod crm_people;
mod crm_people_search;
mod envelope;
mod every_operation;
mod idempotency;
mod item_search;
mod items;
mod me_and_users;
mod partner;
mod program;
mod quotas;
mod read;
mod reset_and_upsert;
mod scripting;
mod sms;
mod summaries_and_tags;
mod summary_templates;
mod targets;
mod telephony;
mod v1;
mod v1_contacts;
mod webhooks;
