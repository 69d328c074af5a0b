//! The sandbox as a client sees it: every operation, every error code and every promise about
//! headers, through real HTTP on loopback. One binary, one module a subject.

mod api;
mod append;
mod clear;
mod control;
mod envelope;
mod idempotency;
mod me_and_users;
mod quotas;
mod read;
mod reset_and_upsert;
mod targets;
