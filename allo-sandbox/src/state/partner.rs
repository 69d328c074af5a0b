//! Partner accounts, the numbers available to them, and billing of seats. The users and keys of the
//! accounts are kept elsewhere.

use std::fmt;

/// Available numbers, in the order they are assigned: country and E.164.
const STOCK: &[(&str, &str)] = &[
    ("US", "+12125550190"),
    ("US", "+12125550191"),
    ("US", "+12125550192"),
    ("US", "+12125550193"),
    ("FR", "+33199009090"),
    ("FR", "+33199009091"),
    ("FR", "+33199009092"),
    ("FR", "+33199009093"),
];

/// The result of charging a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PartnerBilling {
    /// Paid.
    #[default]
    Works,
    /// The subscription cannot have seats.
    NotBillable,
    /// The charge fails.
    Fails,
}

/// A partner account. `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerAccount {
    /// The id of the account's user.
    pub id: String,
    /// The id of the API key that created it; no other key can see it.
    pub opened_by: String,
    /// The login.
    pub email: String,
    /// The name of the user.
    pub name: String,
    /// The user's mobile phone, E.164.
    pub personal_mobile: String,
    /// The partner's reference.
    pub partner_client_ref: Option<String>,
    /// Country and E.164 of the assigned numbers.
    pub phone_numbers: Vec<(String, String)>,
    /// Whether the user has signed in on a device.
    pub activated: bool,
    /// Whether it ends with the billing period.
    pub cancelled: bool,
}

impl fmt::Debug for PartnerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerAccount")
            .field("id", &self.id)
            .field("opened_by", &self.opened_by)
            .field("activated", &self.activated)
            .field("cancelled", &self.cancelled)
            .finish_non_exhaustive()
    }
}

/// Why no account was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    AlreadyExists,
    NoNumber,
    NotBillable,
    BillingFailed,
}

/// All accounts and the available numbers.
#[derive(Debug)]
pub(crate) struct Partner {
    accounts: Vec<PartnerAccount>,
    stock: Vec<(String, String)>,
    pub(crate) billing: PartnerBilling,
}

impl Default for Partner {
    fn default() -> Self {
        let owned = |&(country, number): &(&str, &str)| (country.to_owned(), number.to_owned());
        Self {
            accounts: Vec::new(),
            stock: STOCK.iter().map(owned).collect(),
            billing: PartnerBilling::default(),
        }
    }
}

impl Partner {
    /// Creates an account with a number of this country and prefix, or changes nothing.
    /// `email_taken` is for users without a partner account.
    pub(crate) fn open(
        &mut self,
        mut account: PartnerAccount,
        country: &str,
        prefix: Option<&str>,
        email_taken: bool,
    ) -> Result<&PartnerAccount, Refusal> {
        if email_taken
            || self
                .accounts
                .iter()
                .any(|other| same_person(other, &account))
        {
            return Err(Refusal::AlreadyExists);
        }
        let fits = |(other, number): &(String, String)| {
            other == country && prefix.is_none_or(|prefix| number.starts_with(prefix))
        };
        let index = self.stock.iter().position(fits).ok_or(Refusal::NoNumber)?;
        match self.billing {
            PartnerBilling::Works => {}
            PartnerBilling::NotBillable => return Err(Refusal::NotBillable),
            PartnerBilling::Fails => return Err(Refusal::BillingFailed),
        }
        account.phone_numbers = vec![self.stock.remove(index)];
        let index = self.accounts.len();
        self.accounts.push(account);
        self.accounts.get(index).ok_or(Refusal::NoNumber)
    }

    /// Adds an existing account with its numbers.
    pub(crate) fn admit(&mut self, account: PartnerAccount) {
        self.accounts.push(account);
    }

    pub(crate) fn all(&self) -> &[PartnerAccount] {
        &self.accounts
    }

    /// An account by its id.
    pub(crate) fn account_mut(&mut self, id: &str) -> Option<&mut PartnerAccount> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// An account of this API key.
    pub(crate) fn find(&self, key_id: &str, id: &str) -> Option<&PartnerAccount> {
        self.accounts
            .iter()
            .find(|account| account.opened_by == key_id && account.id == id)
    }

    pub(crate) fn find_mut(&mut self, key_id: &str, id: &str) -> Option<&mut PartnerAccount> {
        let account = self.account_mut(id);
        account.filter(|account| account.opened_by == key_id)
    }

    /// Removes cancelled accounts; their numbers become available again.
    pub(crate) fn end_period(&mut self) -> Vec<PartnerAccount> {
        let ended: Vec<_> = self
            .accounts
            .extract_if(.., |account| account.cancelled)
            .collect();
        for account in &ended {
            self.stock.extend(account.phone_numbers.iter().cloned());
        }
        ended
    }
}

fn same_person(one: &PartnerAccount, other: &PartnerAccount) -> bool {
    one.email.to_lowercase() == other.email.to_lowercase()
        || one.personal_mobile == other.personal_mobile
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(n: usize) -> PartnerAccount {
        PartnerAccount {
            id: format!("usr-{n}"),
            opened_by: "api-1".to_owned(),
            email: format!("baker{n}@example.com"),
            name: "A Baker".to_owned(),
            personal_mobile: format!("+1212555015{n}"),
            partner_client_ref: None,
            phone_numbers: Vec::new(),
            activated: false,
            cancelled: false,
        }
    }

    fn open(partner: &mut Partner, account: PartnerAccount) -> Result<(), Refusal> {
        partner.open(account, "US", None, false).map(|_| ())
    }

    #[test]
    fn each_account_gets_a_number_of_its_own_until_there_is_none() {
        let mut partner = Partner::default();
        for n in 0..4 {
            assert_eq!(open(&mut partner, account(n)), Ok(()));
        }
        assert_eq!(open(&mut partner, account(5)), Err(Refusal::NoNumber));
        let mut numbers: Vec<_> = partner
            .all()
            .iter()
            .flat_map(|a| &a.phone_numbers)
            .collect();
        numbers.dedup();
        assert_eq!(numbers.len(), 4);
        partner.account_mut("usr-2").unwrap().cancelled = true;
        assert_eq!(partner.end_period().len(), 1);
        assert_eq!(open(&mut partner, account(5)), Ok(()));
    }

    #[test]
    fn country_and_prefix_must_match() {
        let mut partner = Partner::default();
        for (country, prefix) in [("DE", None), ("FR", Some("+1")), ("US", Some("+33"))] {
            let opened = partner.open(account(1), country, prefix, false);
            assert_eq!(opened.map(|_| ()), Err(Refusal::NoNumber));
        }
        let opened = partner.open(account(1), "FR", Some("+331"), false);
        let numbers = opened.map(|account| account.phone_numbers.clone());
        assert!(numbers.is_ok_and(|numbers| numbers[0].1.starts_with("+331")));
    }

    #[test]
    fn a_login_or_a_mobile_is_used_once() {
        let mut partner = Partner::default();
        assert_eq!(open(&mut partner, account(1)), Ok(()));
        let email = PartnerAccount {
            email: "Baker1@Example.com".to_owned(),
            ..account(2)
        };
        assert_eq!(open(&mut partner, email), Err(Refusal::AlreadyExists));
        let mobile = PartnerAccount {
            personal_mobile: account(1).personal_mobile,
            ..account(2)
        };
        assert_eq!(open(&mut partner, mobile), Err(Refusal::AlreadyExists));
        let taken = partner.open(account(2), "US", None, true).map(|_| ());
        assert_eq!(taken, Err(Refusal::AlreadyExists));
    }

    #[test]
    fn an_unpaid_seat_costs_no_number() {
        let mut partner = Partner {
            billing: PartnerBilling::Fails,
            ..Partner::default()
        };
        let stock = partner.stock.len();
        assert_eq!(open(&mut partner, account(1)), Err(Refusal::BillingFailed));
        partner.billing = PartnerBilling::NotBillable;
        assert_eq!(open(&mut partner, account(1)), Err(Refusal::NotBillable));
        assert_eq!((partner.stock.len(), partner.all().len()), (stock, 0));
    }

    #[test]
    fn only_the_key_that_opened_an_account_sees_it() {
        let mut partner = Partner::default();
        assert_eq!(open(&mut partner, account(1)), Ok(()));
        assert!(partner.find("api-1", "usr-1").is_some());
        assert!(partner.find("api-2", "usr-1").is_none());
    }
}
