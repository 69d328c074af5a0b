//! A client with the key and the settings of a profile, as `allo login` has stored it. The file and the keyring are in the
//! crate `allo-profiles`.

use allo_profiles::{Profile, ProfileError};

use crate::client::ClientBuilder;
use crate::error::Error;
use crate::transport::client_handle::Client;

impl Client {
    /// A client with the API key and the base URL of a profile of this machine: the key that
    /// `allo login --profile work` has stored, or that of the configuration file of `allo`. The
    /// environment is not read, except for the variable that the profile names.
    ///
    /// Needs the feature `profiles`.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), allo_client::Error> {
    /// let client = allo_client::Client::from_profile("work")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such profile, if it has no key, if the file or the keyring cannot be read, or
    /// as [`ClientBuilder::build`].
    pub fn from_profile(name: impl Into<String>) -> Result<Self, Error> {
        let profile = Profile::named(name).map_err(unusable)?;
        Self::builder().profile(&profile)?.build()
    }
}

impl ClientBuilder {
    /// Sets the API key and the base URL of a profile. Needs the feature `profiles`.
    ///
    /// # Errors
    ///
    /// If the profile has no key, or the keyring cannot be read.
    pub fn profile(self, profile: &Profile) -> Result<Self, Error> {
        let key = profile.api_key().map_err(unusable)?;
        let key = key.ok_or_else(|| {
            let name = profile.name();
            Error::configuration(format!("the profile {name} has no API key"))
                .with_param("api_key")
                .with_suggestion(format!("store one with `allo login --profile {name}`"))
        })?;
        let builder = self.api_key(key);
        Ok(match profile.base_url() {
            Some(url) => builder.base_url(url),
            None => builder,
        })
    }
}

fn unusable(error: ProfileError) -> Error {
    let refused = Error::configuration(error.message()).with_param("profile");
    match error.suggestion() {
        Some(suggestion) => refused.with_suggestion(suggestion.to_owned()),
        None => refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use allo_profiles::Selection;

    fn profile(text: &str) -> Result<Profile, Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("config.toml");
        std::fs::write(&path, text)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        }
        Ok(Selection::new().file(&path).profile("work").read()?)
    }

    #[test]
    fn a_profile_gives_key_and_base_url() -> Result<(), Box<dyn std::error::Error>> {
        let text = "[profiles.work]\napi_key = \"ak_live_1\"\nbase_url = \"http://127.0.0.1:9\"\n";
        let builder = Client::builder().profile(&profile(text)?)?;
        let shown = format!("{builder:?}");
        assert!(
            shown.contains("127.0.0.1:9") && !shown.contains("ak_live_1"),
            "{shown}"
        );
        builder.build()?;
        Ok(())
    }

    #[test]
    fn an_error_of_a_profile_says_what_to_do() -> Result<(), Box<dyn std::error::Error>> {
        let text = "[profiles.work]\napi_key_env = \"ALLO_TEST_NO_SUCH_VARIABLE\"\n";
        let error = Client::builder().profile(&profile(text)?).unwrap_err();
        // Without a keyring in this session the error is another one, with the same way out.
        assert!(error.is_configuration(), "{error}");
        assert!(error.suggestion().is_some(), "{error}");
        Ok(())
    }
}
