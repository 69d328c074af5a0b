//! `allo queue configure`: changes the name and settings of the queue.

use allo_client::types::{DoNotDisturb, VoicemailHandling};
use clap::{Args, ValueEnum};

use super::settings::{QUEUE, Write};
use crate::error::CliError;
use crate::json;
use crate::session::Session;

#[derive(Args)]
#[group(required = true, multiple = true, id = "settings", args = ["name", "voicemail", "do_not_disturb"])]
pub(crate) struct Configure {
    /// Name of the queue
    #[arg(long)]
    name: Option<String>,
    /// What the dialer does when it reaches voicemail
    #[arg(long, value_enum)]
    voicemail: Option<Voicemail>,
    /// Whether inbound calls are muted while the dialer runs
    #[arg(long, value_enum)]
    do_not_disturb: Option<Switch>,
    #[command(flatten)]
    write: Write,
}

#[derive(Clone, Copy, ValueEnum)]
enum Voicemail {
    /// Continue with the next number
    Skip,
    /// Stay on the line
    NoSkip,
}

#[derive(Clone, Copy, ValueEnum)]
enum Switch {
    /// Mute inbound calls
    Enabled,
    /// Let inbound calls ring
    Disabled,
}

pub(super) async fn run(session: &mut Session, settings: Configure) -> Result<(), CliError> {
    let mut change = session.dialer().await?.configure();
    if let Some(name) = settings.name {
        change = change.name(name);
    }
    if let Some(voicemail) = settings.voicemail {
        change = change.voicemail_handling(match voicemail {
            Voicemail::Skip => VoicemailHandling::Skip,
            Voicemail::NoSkip => VoicemailHandling::NoSkip,
        });
    }
    if let Some(switch) = settings.do_not_disturb {
        change = change.do_not_disturb(match switch {
            Switch::Enabled => DoNotDisturb::Enabled,
            Switch::Disabled => DoNotDisturb::Disabled,
        });
    }
    let change = change.options(|options| settings.write.apply(options));
    let mut queue = change.send().await?.into_inner();
    // Do not print up to a thousand entries.
    queue.numbers = None;
    session.printer.record(QUEUE, json::value(&queue)?)
}
