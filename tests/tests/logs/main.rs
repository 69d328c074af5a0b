//! All that is logged while calls go well and badly, by this SDK and by the libraries beneath it, at the finest level:
//! no secret is in it, and what is documented is.

mod capture;
mod fields;
mod scenarios;
mod secrets;
