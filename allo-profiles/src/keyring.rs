//! API keys in the keyring of the operating system, one for each profile. `ALLO_KEYRING=off` in the environment disables
//! it. On Linux it is the keyring of the kernel, which is cleared at the next boot.

use crate::error::{ProblemKind, ProfileError};

/// Set to `off`, the keyring is not used.
const SWITCH: &str = "ALLO_KEYRING";

/// The key stored for a profile, if the keyring is enabled and has one.
///
/// # Errors
///
/// If the keyring cannot be read.
pub fn load(profile: &str) -> Result<Option<String>, ProfileError> {
    match is_off() {
        true => Ok(None),
        false => keys::load(profile),
    }
}

/// Stores the key of a profile.
///
/// # Errors
///
/// If the keyring is disabled or cannot be written.
pub fn store(profile: &str, key: &str) -> Result<(), ProfileError> {
    check()?;
    keys::store(profile, key)
}

/// Removes the key of a profile. Returns false if there was none.
///
/// # Errors
///
/// If the keyring is disabled or cannot be written.
pub fn forget(profile: &str) -> Result<bool, ProfileError> {
    check()?;
    keys::forget(profile)
}

fn is_off() -> bool {
    std::env::var_os(SWITCH).is_some_and(|value| value == "off")
}

fn check() -> Result<(), ProfileError> {
    match is_off() {
        true => Err(disabled(
            format!("{SWITCH} disables the keyring"),
            "set ALLO_API_KEY, or unset the variable",
        )),
        false => Ok(()),
    }
}

fn disabled(message: impl Into<String>, suggestion: &str) -> ProfileError {
    ProfileError::new(ProblemKind::KeyringDisabled, message).suggest(suggestion)
}

#[cfg(feature = "keyring")]
mod keys {
    use crate::error::{ProblemKind, ProfileError};

    /// The service name of our entries in the keyring.
    const SERVICE: &str = "allo-cli";

    pub(super) fn load(profile: &str) -> Result<Option<String>, ProfileError> {
        let entry = keyring::Entry::new(SERVICE, profile);
        match entry.and_then(|entry| entry.get_password()) {
            Ok(key) => Ok(Some(key)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(unusable(&error)),
        }
    }

    pub(super) fn store(profile: &str, key: &str) -> Result<(), ProfileError> {
        let entry = keyring::Entry::new(SERVICE, profile);
        let stored = entry.and_then(|entry| entry.set_password(key));
        stored.map_err(|error| unusable(&error))
    }

    pub(super) fn forget(profile: &str) -> Result<bool, ProfileError> {
        let entry = keyring::Entry::new(SERVICE, profile);
        match entry.and_then(|entry| entry.delete_credential()) {
            Ok(()) => Ok(true),
            Err(keyring::Error::NoEntry) => Ok(false),
            Err(error) => Err(unusable(&error)),
        }
    }

    fn unusable(error: &keyring::Error) -> ProfileError {
        // Other kinds of errors may quote the key.
        let why = match error {
            keyring::Error::PlatformFailure(_) => "the operating system refused access",
            keyring::Error::NoStorageAccess(_) => "it cannot be opened in this session",
            keyring::Error::NoEntry => "this session has no keyring",
            _ => "the entry is not supported",
        };
        let message = format!("cannot use the keyring: {why}");
        ProfileError::new(ProblemKind::Keyring, message).suggest("set ALLO_API_KEY instead")
    }
}

#[cfg(not(feature = "keyring"))]
mod keys {
    use crate::error::ProfileError;
    use crate::keyring::disabled;

    pub(super) fn load(_: &str) -> Result<Option<String>, ProfileError> {
        Ok(None)
    }

    pub(super) fn store(_: &str, _: &str) -> Result<(), ProfileError> {
        Err(without())
    }

    pub(super) fn forget(_: &str) -> Result<bool, ProfileError> {
        Err(without())
    }

    fn without() -> ProfileError {
        disabled("this build has no keyring support", "set ALLO_API_KEY")
    }
}
