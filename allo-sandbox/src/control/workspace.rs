//! Inspects phone numbers and webhooks, and simulates the partner programme: billing, activation and the end of
//! accounts.

use super::{Control, ControlError};
use crate::lock::lock;
use crate::state::partner::{PartnerAccount, PartnerBilling};
use crate::state::phone_numbers::PhoneNumber;
use crate::state::webhooks::Webhook;

/// Phone numbers, webhooks and partner accounts.
impl Control {
    /// The phone numbers of all teams, in the order they were added.
    #[must_use]
    pub fn phone_numbers(&self) -> Vec<PhoneNumber> {
        lock(&self.app.state).phone_numbers.all().to_vec()
    }

    /// The webhooks of all teams, oldest first, with their signing secrets.
    #[must_use]
    pub fn webhooks(&self) -> Vec<Webhook> {
        lock(&self.app.state).webhooks.all().to_vec()
    }

    /// The accounts that partners have created and that have not ended, oldest first.
    #[must_use]
    pub fn partner_accounts(&self) -> Vec<PartnerAccount> {
        lock(&self.app.state).partner.all().to_vec()
    }

    /// Sets what happens when a seat is charged.
    pub fn partner_billing(&self, billing: PartnerBilling) {
        lock(&self.app.state).partner.billing = billing;
    }

    /// Simulates the first sign-in of the account's owner on a device.
    ///
    /// # Errors
    ///
    /// If there is no such account.
    pub fn activate_partner_account(&self, id: &str) -> Result<(), ControlError> {
        let mut state = lock(&self.app.state);
        let account = state.partner.account_mut(id);
        account.ok_or_else(|| unknown(id))?.activated = true;
        Ok(())
    }

    /// Ends the billing period: cancelled accounts are removed with their users and keys, and their
    /// numbers become available again. Returns how many were removed.
    pub fn end_billing_period(&self) -> usize {
        let mut state = lock(&self.app.state);
        let ended = state.partner.end_period();
        for account in &ended {
            state.users.users.retain(|user| user.id != account.id);
            for (_, number) in &account.phone_numbers {
                state.phone_numbers.remove_number(number);
            }
            lock(&self.app.keys).revoke_all_of(&account.id);
        }
        ended.len()
    }
}

fn unknown(id: &str) -> ControlError {
    ControlError::UnknownAccount(id.to_owned())
}
