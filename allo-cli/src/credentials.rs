//! API keys in the keyring of the operating system, one for each profile. Which
//! source of a key goes first is decided in `session`.

use crate::failure::Failure;

/// The name under which the keyring lists our keys.
#[cfg(feature = "keyring")]
const SERVICE: &str = "allo-cli";

/// The key stored for a profile, if there is one.
#[cfg(feature = "keyring")]
pub(crate) fn load(profile: &str) -> Result<Option<String>, Failure> {
    let entry = keyring::Entry::new(SERVICE, profile);
    match entry.and_then(|entry| entry.get_password()) {
        Ok(key) => Ok(Some(key)),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(unusable(&error)),
    }
}

/// Stores the key of a profile.
#[cfg(feature = "keyring")]
pub(crate) fn store(profile: &str, key: &str) -> Result<(), Failure> {
    let entry = keyring::Entry::new(SERVICE, profile);
    let stored = entry.and_then(|entry| entry.set_password(key));
    stored.map_err(|error| unusable(&error))
}

/// Forgets the key of a profile. False if there was none.
#[cfg(feature = "keyring")]
pub(crate) fn forget(profile: &str) -> Result<bool, Failure> {
    let entry = keyring::Entry::new(SERVICE, profile);
    match entry.and_then(|entry| entry.delete_credential()) {
        Ok(()) => Ok(true),
        Err(keyring::Error::NoEntry) => Ok(false),
        Err(error) => Err(unusable(&error)),
    }
}

#[cfg(feature = "keyring")]
fn unusable(error: &keyring::Error) -> Failure {
    // Other kinds may quote what was to be stored.
    let why = match error {
        keyring::Error::PlatformFailure(_) => "the operating system refused",
        keyring::Error::NoStorageAccess(_) => "it cannot be opened here",
        keyring::Error::NoEntry => "this session has none",
        _ => "it does not take this entry",
    };
    Failure::new(
        crate::exit::Exit::Other,
        format!("the keyring cannot be used: {why}"),
    )
    .next("put the key into ALLO_API_KEY instead")
}

#[cfg(not(feature = "keyring"))]
pub(crate) fn load(_: &str) -> Result<Option<String>, Failure> {
    Ok(None)
}

#[cfg(not(feature = "keyring"))]
pub(crate) fn store(_: &str, _: &str) -> Result<(), Failure> {
    Err(without())
}

#[cfg(not(feature = "keyring"))]
pub(crate) fn forget(_: &str) -> Result<bool, Failure> {
    Err(without())
}

#[cfg(not(feature = "keyring"))]
fn without() -> Failure {
    Failure::usage("this build of allo has no keyring").next("put the key into ALLO_API_KEY")
}
