//! One run of the program: its printer, its profile and its client, which is built when a
//! command needs it. Determines the precedence of settings.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use allo_client::power_dialer::TeammateDialer;
use allo_client::{ApiKey, AttemptEvent, Client, Teammate};
use allo_profiles::{Profile, keyring};
use allo_sandbox::Sandbox;

use crate::error::{CliError, KEY_ADVICE};
use crate::exit::Exit;
use crate::options::Global;
use crate::output::Printer;
use crate::{profile, sandbox, teammate};

/// One run of the program.
pub(crate) struct Session {
    pub(crate) global: Global,
    pub(crate) printer: Printer,
    profile: Profile,
    client: Option<Client>,
    sandbox: Option<Sandbox>,
    attempts: Attempts,
}

/// The listener for request attempts, if there is one.
#[derive(Clone, Default)]
struct Attempts(Arc<Mutex<Option<Listener>>>);

type Listener = Box<dyn Fn(&AttemptEvent) + Send>;

impl Attempts {
    fn tell(&self, event: &AttemptEvent) {
        let listener = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listener) = listener.as_ref() {
            listener(event);
        }
    }
}

impl Session {
    /// `configured` is whether the command uses the configuration file; a command that does not
    /// works with a damaged file, too.
    pub(crate) fn open(global: Global, configured: bool) -> Result<Self, CliError> {
        let chosen = match configured && !global.sandbox {
            true => profile::select(&global)?,
            false => Profile::default(),
        };
        let format = match global.output {
            Some(format) => Some(format),
            None => profile::output(&chosen)?,
        };
        let format = format.unwrap_or_default();
        Ok(Self {
            printer: Printer::new(format, global.is_quiet()),
            global,
            profile: chosen,
            client: None,
            sandbox: None,
            attempts: Attempts::default(),
        })
    }

    /// The client, built on first use.
    pub(crate) async fn client(&mut self) -> Result<Client, CliError> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let mut builder = Client::builder().user_agent(concat!("allo/", env!("CARGO_PKG_VERSION")));
        let attempts = self.attempts.clone();
        builder = builder.on_attempt(move |event| attempts.tell(event));
        if let Some(seconds) = self.global.timeout {
            builder = builder.timeout(Duration::from_secs(seconds));
        }
        if self.global.sandbox {
            let sandbox = sandbox::start().await?;
            builder = builder
                .base_url(sandbox.base_url())
                .api_key(sandbox.api_key());
            self.sandbox = Some(sandbox);
        } else {
            builder = builder.api_key(ApiKey::from(self.key()?));
            if let Some(url) = self.base_url() {
                builder = builder.base_url(url);
            }
        }
        let client = builder.build()?;
        self.client = Some(client.clone());
        Ok(client)
    }

    /// Sets the listener for request attempts.
    pub(crate) fn on_attempt(&self, listener: impl Fn(&AttemptEvent) + Send + 'static) {
        let mut place = self
            .attempts
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Some(Box::new(listener));
    }

    /// The teammate that the command is for.
    pub(crate) async fn teammate(&mut self) -> Result<Teammate, CliError> {
        let client = self.client().await?;
        teammate::resolve(&client, self.teammate_text()).await
    }

    /// The queue of that teammate.
    pub(crate) async fn dialer(&mut self) -> Result<TeammateDialer, CliError> {
        let client = self.client().await?;
        let teammate = self.teammate().await?;
        Ok(client.power_dialer().for_teammate(teammate))
    }

    /// The teammate as text.
    pub(crate) fn teammate_shown(&self) -> String {
        teammate::shown(self.teammate_text())
    }

    fn teammate_text(&self) -> Option<&str> {
        let own = self.profile.teammate();
        self.global.teammate.as_deref().or(own)
    }

    /// The region of the profile, for numbers without a country code.
    pub(crate) fn region(&self) -> Option<&str> {
        self.profile.region()
    }

    /// The name of the profile, which identifies the key in the keyring.
    pub(crate) fn profile_name(&self) -> &str {
        self.profile.name()
    }

    /// The API key. A profile selected with `--profile` takes precedence over the environment.
    fn key(&self) -> Result<String, CliError> {
        let environment = || variable("ALLO_API_KEY");
        let told = || self.profile.written_api_key();
        let found = match self.global.profile {
            Some(_) => told(),
            None => environment().or_else(told),
        };
        if let Some(key) = found {
            return Ok(key);
        }
        match (keyring::load(self.profile.name()), environment()) {
            (Ok(Some(key)), _) | (_, Some(key)) => Ok(key),
            (Ok(None), None) => Err(CliError::new(Exit::Auth, "no API key").next(KEY_ADVICE)),
            (Err(failure), None) => Err(CliError::from(failure).with_exit(Exit::Auth)),
        }
    }

    /// The base URL, if it is not the default.
    pub(crate) fn base_url(&self) -> Option<String> {
        let environment = || variable("ALLO_BASE_URL");
        let profile = || self.profile.base_url().map(str::to_owned);
        let given = self.global.base_url.clone();
        match self.global.profile {
            Some(_) => given.or_else(profile).or_else(environment),
            None => given.or_else(environment).or_else(profile),
        }
    }
}

/// An environment variable. An empty value counts as unset.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
