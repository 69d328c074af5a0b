//! API keys in the keyring of the operating system, one per profile. The precedence of
//! sources is in `session`.

use crate::error::CliError;

/// Set to `off`, the keyring is not used.
const SWITCH: &str = "ALLO_KEYRING";

/// The key stored for a profile, if the keyring is enabled and has one.
pub(crate) fn load(profile: &str) -> Result<Option<String>, CliError> {
    match is_off() {
        true => Ok(None),
        false => keys::load(profile),
    }
}

/// Stores the key of a profile.
pub(crate) fn store(profile: &str, key: &str) -> Result<(), CliError> {
    check()?;
    keys::store(profile, key)
}

/// Removes the key of a profile. Returns false if there was none.
pub(crate) fn forget(profile: &str) -> Result<bool, CliError> {
    check()?;
    keys::forget(profile)
}

fn is_off() -> bool {
    std::env::var_os(SWITCH).is_some_and(|value| value == "off")
}

fn check() -> Result<(), CliError> {
    match is_off() {
        true => Err(CliError::usage(format!("{SWITCH} disables the keyring"))
            .next("set ALLO_API_KEY, or unset the variable")),
        false => Ok(()),
    }
}

#[cfg(feature = "keyring")]
mod keys {
    use crate::error::CliError;
    use crate::exit::Exit;

    /// The service name of our entries in the keyring.
    const SERVICE: &str = "allo-cli";

    pub(super) fn load(profile: &str) -> Result<Option<String>, CliError> {
        let entry = keyring::Entry::new(SERVICE, profile);
        match entry.and_then(|entry| entry.get_password()) {
            Ok(key) => Ok(Some(key)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(unusable(&error)),
        }
    }

    pub(super) fn store(profile: &str, key: &str) -> Result<(), CliError> {
        let entry = keyring::Entry::new(SERVICE, profile);
        let stored = entry.and_then(|entry| entry.set_password(key));
        stored.map_err(|error| unusable(&error))
    }

    pub(super) fn forget(profile: &str) -> Result<bool, CliError> {
        let entry = keyring::Entry::new(SERVICE, profile);
        match entry.and_then(|entry| entry.delete_credential()) {
            Ok(()) => Ok(true),
            Err(keyring::Error::NoEntry) => Ok(false),
            Err(error) => Err(unusable(&error)),
        }
    }

    fn unusable(error: &keyring::Error) -> CliError {
        // Other kinds of errors may quote the key.
        let why = match error {
            keyring::Error::PlatformFailure(_) => "the operating system refused access",
            keyring::Error::NoStorageAccess(_) => "it cannot be opened in this session",
            keyring::Error::NoEntry => "this session has no keyring",
            _ => "the entry is not supported",
        };
        CliError::new(Exit::Other, format!("cannot use the keyring: {why}"))
            .next("set ALLO_API_KEY instead")
    }
}

#[cfg(not(feature = "keyring"))]
mod keys {
    use crate::error::CliError;

    pub(super) fn load(_: &str) -> Result<Option<String>, CliError> {
        Ok(None)
    }

    pub(super) fn store(_: &str, _: &str) -> Result<(), CliError> {
        Err(without())
    }

    pub(super) fn forget(_: &str) -> Result<bool, CliError> {
        Err(without())
    }

    fn without() -> CliError {
        CliError::usage("this build of allo has no keyring support").next("set ALLO_API_KEY")
    }
}
