//! `allo login` and `allo logout`: store and remove the API key in the keyring of the
//! operating system. A key is verified before it is stored.

use allo_client::{ApiKey, Client};
use allo_profiles::keyring;
use clap::Args;

use crate::error::CliError;
use crate::exit::Exit;
use crate::session::Session;
use crate::terminal;

#[derive(Args)]
pub(crate) struct Login {
    /// Store the key without verifying it with a request
    #[arg(long)]
    untried: bool,
}

pub(crate) async fn run(session: &mut Session, arguments: &Login) -> Result<(), CliError> {
    no_sandbox(session)?;
    let name = session.profile_name().to_owned();
    let read = terminal::secret(&format!("API key for profile {name} (input hidden): "));
    let key = read.map_err(|error| CliError::usage(format!("cannot read the key: {error}")))?;
    let checked = ApiKey::new(key.as_str())?;
    if !arguments.untried {
        let client = client(session, checked)?;
        client.get_me().send().await?;
    }
    keyring::store(&name, &key)?;
    session.printer.note(&format!(
        "Stored the API key of profile {name} in the keyring."
    ));
    Ok(())
}

fn client(session: &Session, key: ApiKey) -> Result<Client, CliError> {
    let mut builder = Client::builder().api_key(key);
    if let Some(url) = session.base_url() {
        builder = builder.base_url(url);
    }
    Ok(builder.build()?)
}

pub(crate) fn logout(session: &mut Session) -> Result<(), CliError> {
    no_sandbox(session)?;
    let name = session.profile_name().to_owned();
    match keyring::forget(&name)? {
        true => {
            let remark = format!("Removed the API key of profile {name} from the keyring.");
            session.printer.note(&remark);
            Ok(())
        }
        false => Err(CliError::new(
            Exit::NotFound,
            format!("the keyring has no API key for profile {name}"),
        )),
    }
}

/// The keyring belongs to the machine, so it must not be changed for a sandbox.
fn no_sandbox(session: &Session) -> Result<(), CliError> {
    match session.global.sandbox {
        true => Err(
            CliError::usage("the sandbox has no API key to store or remove")
                .next("remove --sandbox"),
        ),
        false => Ok(()),
    }
}
