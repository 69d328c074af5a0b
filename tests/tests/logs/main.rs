//! Everything that this SDK and its libraries log at the finest level, for calls that succeed and fail: it contains no
//! secret, and what is documented.

mod capture;
mod fields;
mod scenarios;
mod secrets;
