//! The permissions of a key by its scopes, once learned: a call whose scope is missing is refused before it is sent.
//! The request for the scopes is in `convenience::permissions`.

use std::sync::{PoisonError, RwLock};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::model::operation::Operation;

/// The scopes of an API key, and the operations that they permit.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// use allo_client::operations;
///
/// let me = client.permissions().await?;
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
    /// The permissions of a key with these scopes.
    #[must_use]
    pub const fn new(scopes: Vec<String>) -> Self {
        Self { scopes }
    }

    /// The scopes of the key, with the names of the service.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether the scopes permit an operation. The role of the key's owner may still forbid it.
    #[must_use]
    pub fn can(&self, operation: &Operation) -> bool {
        self.missing(operation).is_empty()
    }

    /// The scopes that an operation needs and the key does not have.
    #[must_use]
    pub fn missing(&self, operation: &Operation) -> Vec<&'static str> {
        let wanted = operation.scopes.iter().copied();
        wanted.filter(|scope| !self.holds(scope)).collect()
    }

    /// The same as [`can`](Self::can), as a result whose error names the missing scopes.
    ///
    /// # Errors
    ///
    /// [`Error::is_missing_scope`] unless the key has all scopes of the operation.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// // Check at the start, so that a missing scope fails there and not in the middle of the night.
    /// let me = client.permissions().await?;
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
                "use an API key that has {names}; after adding it to this key, call `learn_limits` again"
            )))
    }

    /// A scope to read and write includes the scope to read.
    fn holds(&self, wanted: &str) -> bool {
        let both = wanted
            .strip_suffix("_READ")
            .map(|subject| format!("{subject}_READ_WRITE"));
        self.scopes
            .iter()
            .any(|held| held == wanted || Some(held) == both.as_ref())
    }
}

/// The permissions of the key; empty until they are learned.
#[derive(Debug, Default)]
pub(crate) struct CachedScopes(RwLock<Option<Permissions>>);

impl CachedScopes {
    pub(crate) fn set(&self, permissions: Permissions) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(permissions);
    }

    /// Refuses a call that the service would refuse because of a missing scope.
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
