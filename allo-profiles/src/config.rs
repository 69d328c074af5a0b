//! The configuration file and its profiles, and which of them is selected. Keys in the keyring are in `keyring`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::directories::config_file;
use crate::error::ProfileError;
use crate::keyring;

/// The configuration file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Settings>,
}

/// The settings of one profile, as they are written.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    api_key: Option<String>,
    api_key_env: Option<String>,
    base_url: Option<String>,
    teammate: Option<String>,
    region: Option<String>,
    output: Option<String>,
}

/// The name of the profile to use if none is selected.
const DEFAULT: &str = "default";

/// Which profile of which file to read.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Selection {
    /// The configuration file; by default [`config_file`], which need not exist.
    pub file: Option<PathBuf>,
    /// The profile; by default the `default_profile` of the file, or `default`, which need not be in the file.
    pub profile: Option<String>,
}

impl Selection {
    /// The default profile of the default file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another configuration file, which must exist.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// The profile of this name, which must be in the file.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Reads the profile.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or has a mistake, if it contains a key and is readable by others, or if it has no
    /// such profile.
    pub fn read(self) -> Result<Profile, ProfileError> {
        let path = match &self.file {
            Some(path) => path.clone(),
            None => config_file()?,
        };
        let config = match std::fs::read_to_string(&path) {
            Ok(text) => parse(&path, &text)?,
            Err(error) if self.file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                Config::default()
            }
            Err(error) => return Err(ProfileError::unreadable(&path, &error)),
        };
        select(config, &path, self.profile)
    }
}

/// The settings of one account or workspace.
#[derive(Clone)]
pub struct Profile {
    name: String,
    settings: Settings,
}

impl Profile {
    /// The profile of this name in the default file.
    ///
    /// # Errors
    ///
    /// As [`Selection::read`].
    pub fn named(name: impl Into<String>) -> Result<Self, ProfileError> {
        Selection::new().profile(name).read()
    }

    /// The name, under which the keyring has its key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The API key: that of the file, or of the variable that the profile names, or of the keyring.
    ///
    /// # Errors
    ///
    /// If neither the file nor the environment has a key, and the keyring cannot be read.
    pub fn api_key(&self) -> Result<Option<String>, ProfileError> {
        match self.written_api_key() {
            Some(key) => Ok(Some(key)),
            None => keyring::load(&self.name),
        }
    }

    /// The API key without the keyring: that of the file, or of the variable that the profile names.
    pub fn written_api_key(&self) -> Option<String> {
        let settings = &self.settings;
        let variable = |name| std::env::var(name).ok().filter(|key| !key.is_empty());
        let named = || settings.api_key_env.as_deref().and_then(variable);
        settings.api_key.clone().or_else(named)
    }

    /// The base URL, if it is not the default.
    pub fn base_url(&self) -> Option<&str> {
        self.settings.base_url.as_deref()
    }

    /// The teammate, an id, e-mail address or name, for commands that are not told one.
    pub fn teammate(&self) -> Option<&str> {
        self.settings.teammate.as_deref()
    }

    /// The region of telephone numbers without a country code, such as `FR`.
    pub fn region(&self) -> Option<&str> {
        self.settings.region.as_deref()
    }

    /// The output format of the command `allo`.
    pub fn output(&self) -> Option<&str> {
        self.settings.output.as_deref()
    }
}

impl Default for Profile {
    /// The profile `default` without settings, whose key may be in the keyring.
    fn default() -> Self {
        Self {
            name: DEFAULT.to_owned(),
            settings: Settings::default(),
        }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let api_key = self.settings.api_key.as_ref().map(|_| "<redacted>");
        f.debug_struct("Profile")
            .field("name", &self.name)
            .field("api_key", &api_key)
            .field("api_key_env", &self.settings.api_key_env)
            .finish_non_exhaustive()
    }
}

fn select(
    mut config: Config,
    path: &Path,
    wanted: Option<String>,
) -> Result<Profile, ProfileError> {
    let asked = wanted.or(config.default_profile.take());
    let name = asked.clone().unwrap_or_else(|| DEFAULT.to_owned());
    match (config.profiles.remove(&name), asked) {
        (Some(settings), _) => Ok(Profile { name, settings }),
        // The key may be in the keyring only.
        (None, None) => Ok(Profile::default()),
        (None, Some(_)) => Err(unknown(&config, path, &name)),
    }
}

fn unknown(config: &Config, path: &Path, name: &str) -> ProfileError {
    let known: Vec<_> = config.profiles.keys().map(String::as_str).collect();
    let known = match known.is_empty() {
        true => "none".to_owned(),
        false => known.join(", "),
    };
    ProfileError::config(format!("no profile {name} in {}", path.display())).suggest(format!(
        "add [profiles.{name}], or use an existing profile: {known}"
    ))
}

fn parse(path: &Path, text: &str) -> Result<Config, ProfileError> {
    let config: Config = toml::from_str(text).map_err(|error| {
        // The message of the TOML parser would quote the line, including the key.
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let place = format!("{}:{line}", path.display());
        ProfileError::config(format!("{place}: {}", reason(error.message())))
            .suggest("see `docs/cli.md` for the fields of a profile")
    })?;
    let has_key = |settings: &Settings| settings.api_key.is_some();
    if config.profiles.values().any(has_key) {
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
fn private(path: &Path) -> Result<(), ProfileError> {
    use std::os::unix::fs::PermissionsExt;
    let data = std::fs::metadata(path).map_err(|error| ProfileError::unreadable(path, &error))?;
    let mode = data.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let shown = path.display();
    Err(ProfileError::config(format!(
        "{shown} contains an API key but is readable by others (mode {mode:o})"
    ))
    .suggest(format!("chmod 600 {}", quoted(path))))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), ProfileError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(text: &str, wanted: Option<&str>) -> Result<Profile, ProfileError> {
        let path = Path::new("/nowhere/config.toml");
        parse(path, text).and_then(|config| select(config, path, wanted.map(str::to_owned)))
    }

    #[test]
    fn the_profile_asked_for_goes_first() {
        let text = "default_profile = \"b\"\n[profiles.a]\nteammate = \"x\"\n[profiles.b]\n";
        let name = |wanted| selected(text, wanted).map(|profile| profile.name).ok();
        assert_eq!(name(Some("a")).as_deref(), Some("a"));
        assert_eq!(name(None).as_deref(), Some("b"));
        assert_eq!(name(Some("c")), None);
        assert_eq!(
            selected("", None).ok().map(|it| it.name).as_deref(),
            Some("default")
        );
    }

    #[test]
    fn a_syntax_error_has_its_line_and_no_key() {
        let wrong = selected("[profiles.a]\napi_key = ak_live_secret\n", None);
        let text = wrong.err().unwrap().to_string();
        assert!(text.contains("config.toml:2"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        let wrong = selected("[profiles.a]\nkey = \"x\"\n", None);
        let text = wrong.err().unwrap().to_string();
        assert!(text.contains("unknown field `key`"), "{text}");
    }

    #[test]
    fn a_file_gives_its_key_and_hides_it() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("config.toml");
        std::fs::write(&path, "[profiles.work]\napi_key = \"ak_live_secret\"\n")?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let selection = Selection::new().file(&path);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644))?;
            let error = selection.read().err().ok_or("readable by others")?;
            assert!(
                error
                    .suggestion()
                    .is_some_and(|it| it.starts_with("chmod 600"))
            );
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        }
        let selection = Selection::new().file(path).profile("work");
        let profile = selection.read()?;
        assert_eq!(profile.api_key()?.as_deref(), Some("ak_live_secret"));
        assert!(!format!("{profile:?}").contains("ak_live"));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_path_can_be_pasted_into_a_shell() {
        assert_eq!(quoted(Path::new("/a/b-c.toml")), "/a/b-c.toml");
        assert_eq!(quoted(Path::new("/it's mine/c")), r"'/it'\''s mine/c'");
    }
}
