//! The operations with which a partner creates, reads and deletes accounts. An account is a user
//! with a team, a phone number and an API key of their own.

use axum::http::StatusCode;
use email_address::EmailAddress;
use serde_json::{Value, json};

use super::{Context, e164};
use crate::auth::KeySpec;
use crate::errors::{ApiError, Code};
use crate::fields::{ANY, Fields};
use crate::lock::lock;
use crate::reply::Reply;
use crate::scopes;
use crate::state::State;
use crate::state::partner::{PartnerAccount, Refusal};
use crate::state::phone_numbers::PhoneNumber;
use crate::state::users::{Role, Status, Team, User};

/// Scopes that the API key of an account does not get.
const WITHHELD: &[&str] = &["BILLING", "PARTNER"];

/// The requested account.
struct Wish {
    email: String,
    name: String,
    personal_mobile: String,
    partner_client_ref: Option<String>,
    country: String,
    prefix: Option<String>,
}

pub(crate) fn create(context: &Context<'_>) -> Result<Reply, ApiError> {
    let wish = read(context.request.required_body()?)?;
    let personal_mobile = e164("personal_mobile", &wish.personal_mobile)?;
    let mut state = lock(&context.app.state);
    let taken = state
        .users
        .users
        .iter()
        .any(|user| user.email.to_lowercase() == wish.email.to_lowercase());
    let account = PartnerAccount {
        id: lock(&context.app.ids).user(),
        opened_by: context.key.id.clone(),
        email: wish.email,
        name: wish.name,
        personal_mobile,
        partner_client_ref: wish.partner_client_ref,
        phone_numbers: Vec::new(),
        activated: false,
        cancelled: false,
    };
    let opened = state
        .partner
        .open(account, &wish.country, wish.prefix.as_deref(), taken);
    let account = opened.map_err(refusal)?.clone();
    move_in(context, &mut state, &account);
    let scopes = scopes::ALL.iter().copied();
    let key = KeySpec::new(&account.id).scopes(scopes.filter(|scope| !WITHHELD.contains(scope)));
    let key = lock(&context.app.keys).add(key, &mut lock(&context.app.ids));
    Ok(Reply::created(json_of(&account, Some(&key))))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let account = state.partner.find(&context.key.id, id(context));
    account
        .map(|account| Reply::data(json_of(account, None)))
        .ok_or_else(not_found)
}

/// The account stays active until the billing period ends, so it stays readable.
pub(crate) fn delete(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut state = lock(&context.app.state);
    let account = state.partner.find_mut(&context.key.id, id(context));
    account.ok_or_else(not_found)?.cancelled = true;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn id<'a>(context: &'a Context<'_>) -> &'a str {
    context.request.path_param("id")
}

/// Creates the user of the account, in a team of its own with the phone number.
fn move_in(context: &Context<'_>, state: &mut State, account: &PartnerAccount) {
    let team_id = lock(&context.app.ids).team();
    state.users.teams.push(Team {
        id: team_id.clone(),
        name: account.name.clone(),
    });
    for (country, number) in &account.phone_numbers {
        let phone_number = PhoneNumber::number(number, country).users([&account.id]);
        state.phone_numbers.add(&team_id, phone_number);
    }
    state.users.users.push(User {
        id: account.id.clone(),
        name: account.name.clone(),
        email: account.email.clone(),
        role: Role::Admin,
        status: Status::Active,
        image_url: None,
        team_id: Some(team_id),
    });
}

fn read(mut fields: Fields) -> Result<Wish, ApiError> {
    let address = |text: &str| EmailAddress::is_valid(text).then(|| text.to_owned());
    let email = fields.parsed("email", address, "must be an e-mail address");
    let email = fields.require("email", email);
    let name = fields.text("name", 1..=usize::MAX);
    let name = fields.require("name", name);
    let personal_mobile = fields.text("personal_mobile", ANY);
    let personal_mobile = fields.require("personal_mobile", personal_mobile);
    let partner_client_ref = fields.text("partner_client_ref", ANY);
    let preference = fields.object("number_preference", read_preference);
    let preference = fields.require("number_preference", preference.flatten());
    let wish = email.zip(name).zip(personal_mobile).zip(preference);
    let wish = wish.map(
        |(((email, name), personal_mobile), (country, prefix))| Wish {
            email,
            name,
            personal_mobile,
            partner_client_ref,
            country,
            prefix,
        },
    );
    fields.finish_with(wish)
}

/// Country and prefix of the requested number.
fn read_preference(fields: &mut Fields) -> Option<(String, Option<String>)> {
    let code = |text: &str| {
        let valid = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        valid.then(|| text.to_owned())
    };
    let country = fields.parsed("country", code, "must be a two-letter country code");
    let country = fields.require("country", country);
    fields.nullable(&["prefix"]);
    let prefix = fields.text("prefix", ANY);
    Some((country?, prefix))
}

fn json_of(account: &PartnerAccount, api_key: Option<&str>) -> Value {
    let numbers = account.phone_numbers.iter().map(|(_, number)| number);
    json!({
        "id": account.id,
        "api_key": api_key,
        "phone_numbers": numbers.collect::<Vec<_>>(),
        "status": "ACTIVE",
        "activated": account.activated,
        "partner_client_ref": account.partner_client_ref,
    })
}

fn refusal(refusal: Refusal) -> ApiError {
    let (code, message) = match refusal {
        Refusal::AlreadyExists => (
            Code::PartnerAccountAlreadyExists,
            "The e-mail address or the mobile number already belongs to an account.",
        ),
        Refusal::NoNumber => (
            Code::NoNumberAvailable,
            "No number of this country and prefix is available; no account was created.",
        ),
        Refusal::NotBillable => (
            Code::PartnerSubscriptionNotBillable,
            "The partner's subscription does not allow another seat.",
        ),
        Refusal::BillingFailed => (
            Code::PartnerBillingFailed,
            "Charging the seat failed; no account was created.",
        ),
    };
    ApiError::new(code, message)
}

fn not_found() -> ApiError {
    let message = "No account with this id was created with this API key.";
    ApiError::new(Code::PartnerAccountNotFound, message)
}
