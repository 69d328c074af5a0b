//! The configuration file and its profiles. A file that contains a key and is readable by
//! others is rejected. The precedence of sources is in `session`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::error::CliError;
use crate::exit::Exit;
use crate::output::Format;

/// The configuration file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// The settings of one account or workspace.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// The API key; the file must then be readable by its owner only.
    pub(crate) api_key: Option<String>,
    /// The environment variable that holds the API key.
    pub(crate) api_key_env: Option<String>,
    pub(crate) base_url: Option<String>,
    pub(crate) teammate: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) output: Option<Format>,
}

/// The selected profile and its name.
pub(crate) struct SelectedProfile {
    pub(crate) name: String,
    pub(crate) profile: Profile,
}

impl Default for SelectedProfile {
    fn default() -> Self {
        Self {
            name: DEFAULT.to_owned(),
            profile: Profile::default(),
        }
    }
}

/// The name of the profile to use if none is selected.
const DEFAULT: &str = "default";

/// Reads the file and selects a profile: `wanted`, or the default of the file, or `default`,
/// which need not exist in the file.
pub(crate) fn select(
    file: Option<&Path>,
    wanted: Option<&str>,
) -> Result<SelectedProfile, CliError> {
    let path = match file {
        Some(path) => path.to_owned(),
        None => default_path()?,
    };
    let config = match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path, &text)?,
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            Config::default()
        }
        Err(error) => return Err(CliError::file(Exit::Usage, "read", &path, &error)),
    };
    pick(config, &path, wanted)
}

fn pick(
    mut config: Config,
    path: &Path,
    wanted: Option<&str>,
) -> Result<SelectedProfile, CliError> {
    let asked = wanted.map(str::to_owned).or(config.default_profile.take());
    let name = asked.clone().unwrap_or_else(|| DEFAULT.to_owned());
    match (config.profiles.remove(&name), asked) {
        (Some(profile), _) => Ok(SelectedProfile { name, profile }),
        // The key may be in the keyring only.
        (None, None) => Ok(SelectedProfile::default()),
        (None, Some(_)) => {
            let known: Vec<_> = config.profiles.keys().map(String::as_str).collect();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            Err(
                CliError::usage(format!("no profile {name} in {}", path.display())).next(format!(
                    "add [profiles.{name}], or use an existing profile: {known}"
                )),
            )
        }
    }
}

fn parse(path: &Path, text: &str) -> Result<Config, CliError> {
    let config: Config = toml::from_str(text).map_err(|error| {
        // The message of the TOML parser would quote the line, including the key.
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let place = format!("{}:{line}", path.display());
        CliError::usage(format!("{place}: {}", reason(error.message())))
            .next("see `docs/cli.md` for the fields of a profile")
    })?;
    if config
        .profiles
        .values()
        .any(|profile| profile.api_key.is_some())
    {
        private(path)?;
    }
    Ok(config)
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// The message without values, which might be a key.
fn reason(message: &str) -> &str {
    match message {
        known if known.starts_with("unknown field") => known,
        _ => "unexpected syntax or value",
    }
}

/// Rejects a file with a key that others can read.
#[cfg(unix)]
fn private(path: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::PermissionsExt;
    let data = std::fs::metadata(path);
    let data = data.map_err(|error| CliError::file(Exit::Usage, "read", path, &error))?;
    let mode = data.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let shown = path.display();
    Err(CliError::usage(format!(
        "{shown} contains an API key but is readable by others (mode {mode:o})"
    ))
    .next(format!("chmod 600 {}", quoted(path))))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), CliError> {
    Ok(())
}

/// Quotes a path for a shell.
#[cfg(unix)]
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    match text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// `allo/config.toml` in the user's configuration directory.
fn default_path() -> Result<PathBuf, CliError> {
    Ok(directories()?.config_dir().join("allo").join("config.toml"))
}

/// The directory for journals of unfinished pushes.
pub(crate) fn state_directory() -> Result<PathBuf, CliError> {
    let directories = directories()?;
    let state = directories
        .state_dir()
        .unwrap_or_else(|| directories.data_dir());
    Ok(state.join("allo"))
}

fn directories() -> Result<impl BaseStrategy, CliError> {
    etcetera::choose_base_strategy()
        .map_err(|_| CliError::usage("cannot determine your home directory").next("set HOME"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(text: &str, wanted: Option<&str>) -> Result<SelectedProfile, CliError> {
        let path = Path::new("/nowhere/config.toml");
        parse(path, text).and_then(|config| pick(config, path, wanted))
    }

    #[test]
    fn the_profile_asked_for_goes_first() {
        let text = "default_profile = \"b\"\n[profiles.a]\nteammate = \"x\"\n[profiles.b]\n";
        let name = |wanted| picked(text, wanted).map(|chosen| chosen.name).ok();
        assert_eq!(name(Some("a")).as_deref(), Some("a"));
        assert_eq!(name(None).as_deref(), Some("b"));
        assert_eq!(name(Some("c")), None);
        assert_eq!(
            picked("", None).ok().map(|it| it.name).as_deref(),
            Some("default")
        );
    }

    #[test]
    fn a_syntax_error_has_its_line_and_no_key() {
        let wrong = picked("[profiles.a]\napi_key = ak_live_secret\n", None);
        let text = wrong.err().unwrap().to_string();
        assert!(text.contains("config.toml:2"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        let wrong = picked("[profiles.a]\nkey = \"x\"\n", None);
        assert!(
            wrong
                .err()
                .unwrap()
                .to_string()
                .contains("unknown field `key`")
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_path_can_be_pasted_into_a_shell() {
        assert_eq!(quoted(Path::new("/a/b-c.toml")), "/a/b-c.toml");
        assert_eq!(quoted(Path::new("/it's mine/c")), r"'/it'\''s mine/c'");
    }
}
