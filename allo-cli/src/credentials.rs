//! API keys in the keyring of the operating system, one for each profile. Which
//! source of a key goes first is decided in `session`.

use crate::error::CliError;

/// `off` in it leaves the keyring alone, where there is none or nobody can open it.
const SWITCH: &str = "ALLO_KEYRING";

/// The key stored for a profile, if there is one and the keyring may be asked.
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

/// Forgets the key of a profile. False if there was none.
pub(crate) fn forget(profile: &str) -> Result<bool, CliError> {
    check()?;
    keys::forget(profile)
}

fn is_off() -> bool {
    std::env::var_os(SWITCH).is_some_and(|value| value == "off")
}

fn check() -> Result<(), CliError> {
    match is_off() {
        true => Err(
            CliError::usage(format!("{SWITCH} switches the keyring off"))
                .next("put the key into ALLO_API_KEY, or unset the variable"),
        ),
        false => Ok(()),
    }
}

#[cfg(feature = "keyring")]
mod keys {
    use crate::error::CliError;
    use crate::exit::Exit;

    /// The name under which the keyring lists our keys.
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
        // Other kinds may quote what was to be stored.
        let why = match error {
            keyring::Error::PlatformFailure(_) => "the operating system refused",
            keyring::Error::NoStorageAccess(_) => "it cannot be opened here",
            keyring::Error::NoEntry => "this session has none",
            _ => "it does not take this entry",
        };
        CliError::new(Exit::Other, format!("the keyring cannot be used: {why}"))
            .next("put the key into ALLO_API_KEY instead")
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
        CliError::usage("this build of allo has no keyring").next("put the key into ALLO_API_KEY")
    }
}
