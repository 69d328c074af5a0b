//! Where programs of Allo keep their files.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::error::ProfileError;

/// The configuration file: `allo/config.toml` in the user's configuration directory.
///
/// # Errors
///
/// If the home directory cannot be determined.
pub fn config_file() -> Result<PathBuf, ProfileError> {
    Ok(directories()?.config_dir().join("allo").join("config.toml"))
}

/// The directory for state that survives a restart, such as journals of unfinished pushes: `allo` in the user's state
/// directory, or where there is none, in the data directory.
///
/// # Errors
///
/// If the home directory cannot be determined.
pub fn state_directory() -> Result<PathBuf, ProfileError> {
    let directories = directories()?;
    let state = directories
        .state_dir()
        .unwrap_or_else(|| directories.data_dir());
    Ok(state.join("allo"))
}

fn directories() -> Result<impl BaseStrategy, ProfileError> {
    etcetera::choose_base_strategy().map_err(|_| {
        ProfileError::config("cannot determine your home directory").suggest("set HOME")
    })
}
