//! What a key may do, by its scopes, as far as the service was asked: a call for which a scope is missing is refused
//! here, before it is sent. Asking is in `convenience::permissions`.

use std::sync::{PoisonError, RwLock};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::model::operation::Operation;

/// The scopes of an API key, and which operations they open.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// use allo_client::operations;
///
/// let me = client.me().await?;
/// if !me.can(&operations::CREATE_COMPANY) {
///     println!("missing: {:?}", me.missing(&operations::CREATE_COMPANY));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    scopes: Vec<String>,
}

impl Permissions {
    /// What a key with these scopes may do.
    #[must_use]
    pub const fn new(scopes: Vec<String>) -> Self {
        Self { scopes }
    }

    /// The scopes of the key, as the service names them.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether the scopes open an operation. The role of the key's owner may
    /// still forbid it.
    #[must_use]
    pub fn can(&self, operation: &Operation) -> bool {
        self.missing(operation).is_empty()
    }

    /// The scopes an operation needs that the key does not have.
    #[must_use]
    pub fn missing(&self, operation: &Operation) -> Vec<&'static str> {
        let wanted = operation.scopes.iter().copied();
        wanted.filter(|scope| !self.holds(scope)).collect()
    }

    /// The same as [`can`](Self::can), as a result that names what is missing.
    ///
    /// # Errors
    ///
    /// [`Error::is_missing_scope`] unless the key has all scopes of it.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// // At the start, so that it fails there and not half-way through the night.
    /// let me = client.me().await?;
    /// me.require(&allo_client::operations::SEARCH_ALL_CONVERSATIONS)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn require(&self, operation: &'static Operation) -> Result<(), Error> {
        let missing = self.missing(operation);
        let Some(first) = missing.first() else {
            return Ok(());
        };
        let names = missing.join(" and ");
        let message = format!("the API key does not have the scope {names}");
        Err(Error::new(ErrorKind::MissingScope, message)
            .with_operation(operation)
            .with_param(first)
            .with_suggestion(format!(
                "use an API key that has {names}; after giving it to this one, learn its limits again"
            )))
    }

    /// A scope to read and write is taken for one to read, too.
    fn holds(&self, wanted: &str) -> bool {
        let both = wanted
            .strip_suffix("_READ")
            .map(|subject| format!("{subject}_READ_WRITE"));
        self.scopes
            .iter()
            .any(|held| held == wanted || Some(held) == both.as_ref())
    }
}

/// What the key may do.
/// What has been learnt of the key; nothing at first.
#[derive(Debug, Default)]
pub(crate) struct CachedScopes(RwLock<Option<Permissions>>);

impl CachedScopes {
    pub(crate) fn set(&self, permissions: Permissions) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(permissions);
    }

    /// Refuses a call that the service would refuse for want of a scope.
    pub(crate) fn check(&self, operation: &'static Operation) -> Result<(), Error> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(permissions) => permissions.require(operation),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::operations;

    fn with(scopes: &[&str]) -> Permissions {
        Permissions::new(scopes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn reading_comes_with_read_write_but_not_with_write() {
        let read = &operations::SEARCH_CONTACTS;
        assert_eq!(read.scopes, ["CONTACTS_READ"]);
        assert!(with(&["CONTACTS_READ"]).can(read));
        assert!(with(&["CONTACTS_READ_WRITE"]).can(read));
        assert!(!with(&["CONTACTS_READ"]).can(&operations::CREATE_CONTACT));
        assert!(!with(&["TAGS_WRITE"]).can(&operations::LIST_TAGS));
        assert!(with(&[]).can(&operations::GET_ME));
    }

    #[test]
    fn the_error_names_scope_and_operation() {
        let error = with(&["CRM_READ"])
            .require(&operations::CREATE_COMPANY)
            .unwrap_err();
        assert!(error.is_missing_scope() && !error.is_status());
        assert_eq!(error.param(), Some("CRM_WRITE"));
        assert_eq!(error.outcome(), &crate::error::Outcome::NotSent);
        let text = error.to_string();
        let begins = "createCompany was not sent: the API key does not have the scope CRM_WRITE";
        assert!(text.starts_with(begins), "{text}");
    }
}
