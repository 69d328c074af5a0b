//! What an administrator sees of lines and webhooks, and the partner programme: whether seats are paid, and
//! what becomes of an account after it was opened.

use super::{Control, ControlError};
use crate::lock::lock;
use crate::state::partner::{PartnerAccount, PartnerBilling};
use crate::state::phone_numbers::PhoneNumber;
use crate::state::webhooks::Webhook;

/// Lines, webhooks and partner accounts.
impl Control {
    /// The lines of all teams, in the order they were added.
    #[must_use]
    pub fn phone_numbers(&self) -> Vec<PhoneNumber> {
        lock(&self.app.state).phone_numbers.all().to_vec()
    }

    /// The webhooks of all teams, oldest first, with their signing secrets.
    #[must_use]
    pub fn webhooks(&self) -> Vec<Webhook> {
        lock(&self.app.state).webhooks.all().to_vec()
    }

    /// The accounts that partners opened and that have not ended, oldest first.
    #[must_use]
    pub fn partner_accounts(&self) -> Vec<PartnerAccount> {
        lock(&self.app.state).partner.all().to_vec()
    }

    /// What happens from now on when a seat is charged.
    pub fn partner_billing(&self, billing: PartnerBilling) {
        lock(&self.app.state).partner.billing = billing;
    }

    /// Signs the account's owner in on a device for the first time.
    ///
    /// # Errors
    ///
    /// When there is no such account.
    pub fn activate_partner_account(&self, id: &str) -> Result<(), ControlError> {
        let mut state = lock(&self.app.state);
        let account = state.partner.account_mut(id);
        account.ok_or_else(|| unknown(id))?.activated = true;
        Ok(())
    }

    /// Ends the billing period: accounts that were deleted are gone, with their people and keys,
    /// and their numbers can be given to others. Returns how many there were.
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
