//! The profile of a run, and its errors as those of the command. Profiles are in the crate `allo-profiles`; the precedence
//! of sources is in `session`.

use allo_profiles::{ProblemKind, Profile, ProfileError, Selection};
use clap::ValueEnum;

use crate::error::CliError;
use crate::exit::Exit;
use crate::options::Global;
use crate::output::Format;

/// Reads the profile that the options select.
pub(crate) fn select(global: &Global) -> Result<Profile, CliError> {
    let mut selection = Selection::new();
    selection.file.clone_from(&global.config);
    selection.profile.clone_from(&global.profile);
    Ok(selection.read()?)
}

/// The output format of a profile.
pub(crate) fn output(profile: &Profile) -> Result<Option<Format>, CliError> {
    let Some(name) = profile.output() else {
        return Ok(None);
    };
    let known = Format::from_str(name, false).map_err(|_| {
        let names = Format::value_variants()
            .iter()
            .filter_map(Format::to_possible_value);
        let names: Vec<_> = names.map(|value| value.get_name().to_owned()).collect();
        let profile = profile.name();
        CliError::usage(format!("profile {profile} has an unknown output format"))
            .next(format!("use one of {}", names.join(", ")))
    });
    known.map(Some)
}

impl From<ProfileError> for CliError {
    fn from(error: ProfileError) -> Self {
        let exit = match error.kind() {
            ProblemKind::Keyring => Exit::Other,
            _ => Exit::Usage,
        };
        let failure = Self::new(exit, error.message());
        match error.suggestion() {
            Some(suggestion) => failure.next(suggestion),
            None => failure,
        }
    }
}
