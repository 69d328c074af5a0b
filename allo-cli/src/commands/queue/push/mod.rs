//! `allo queue push`: pushes a list of leads to a teammate's queue. This file runs the
//! steps; `options` defines the options, `journal` and `resume` find and resume an earlier
//! run, `dry_run` is the dry run, `progress` and `summary` print, and `exit_status`
//! determines the exit status.

mod dry_run;
mod exit_status;
mod journal;
mod list;
pub(super) mod options;
mod progress;
mod resume;
mod summary;
mod words;

use std::path::PathBuf;

use allo_client::power_dialer::{self, PushReport, Region, TeammateDialer, WhenFull};
use allo_client::types::NewQueueNumber;

use crate::error::CliError;
use crate::exit::Exit;
use crate::leads::Leads;
use crate::leads::mapping::Mapping;
use crate::leads::rejects::Rejects;
use crate::output_file::OutputFile;
use crate::session::Session;
use list::List;
use options::{Gone, Push};
use resume::ResumePlan;

pub(super) async fn run(session: &mut Session, push: Push) -> Result<Exit, CliError> {
    let region = push.region(session)?;
    // Errors in the list are reported before any request is sent.
    let leads = Leads::open(&push.file, push.format, Mapping::read(&push.map)?)?;
    let place = push.place(session)?;
    if push.dry_run {
        return dry_run::run(session, &push, region, leads, place).await;
    }
    let mut list = list::read(session, leads)?;
    let dialer = session.dialer().await?;
    let leads = std::mem::take(&mut list.leads);
    let client_push = configured(&push, &dialer, region, leads);
    let (journal, client_push) = journal::Journal::choose(session, &push, client_push).await?;
    let (plan, client_push) = resume::choose(session, &push, client_push, &journal).await?;
    reset(session, &dialer, plan).await?;
    if plan.resets {
        journal.forget_other()?;
    }
    let mut report = send(session, plan.apply(client_push), &journal).await?;
    let is_done = plan.is_done;
    if push.gone == Some(Gone::Push) && !is_done && report.stopped().is_none() && has_gone(&report)
    {
        // The rest was sent; now push what was removed from the queue in the meantime.
        let again = configured(&push, &dialer, region, report.into_leads());
        let again = ResumePlan::again().apply(journal.give(again));
        report = send(session, again, &journal).await?;
    }
    let outcome = exit_status::PushOutcome::new(&report, is_done, &journal, &push);
    // The summary is printed even if the rejects file cannot be written.
    let rejects = write_rejects(place, &list, &outcome);
    let path = rejects.as_ref().ok().and_then(|path| path.as_deref());
    summary::show(session, &push.file, &list, &outcome, path)?;
    // The journal is kept as long as the same command has something to resume.
    let rejects = rejects.and_then(|path| journal.settle(&report).map(|()| path));
    outcome.end(rejects)
}

/// Replaces the queue by an empty one, if the resume plan says so.
async fn reset(
    session: &Session,
    dialer: &TeammateDialer,
    plan: ResumePlan,
) -> Result<(), CliError> {
    if !plan.resets {
        return Ok(());
    }
    super::reset::confirm(session)?;
    let reset = dialer.reset().send().await;
    reset.map(drop).map_err(|error| {
        let failure = CliError::from(error);
        match failure.exit() {
            // Resetting twice does no harm, as nothing was pushed yet.
            Exit::Unknown => failure
                .without_key()
                .next("run the same command again: nothing was pushed yet"),
            _ => failure,
        }
    })
}

/// The push with its options.
fn configured(
    options: &Push,
    dialer: &TeammateDialer,
    region: Option<Region>,
    leads: Vec<NewQueueNumber>,
) -> power_dialer::Push {
    let mut push = options.apply(dialer.push(leads));
    if let Some(region) = region {
        push = push.default_region(region);
    }
    if options.what_fits {
        push = push.when_full(WhenFull::SendWhatFits);
    }
    if let Some(capacity) = options.capacity {
        push = push.capacity(capacity);
    }
    push
}

async fn send(
    session: &Session,
    push: power_dialer::Push,
    journal: &journal::Journal,
) -> Result<PushReport, CliError> {
    let bar = progress::Bar::new(session.global.is_quiet());
    let listener = bar.clone();
    let attempted = bar.clone();
    session.on_attempt(move |event| attempted.attempted(event));
    let report = push
        .on_progress(move |event| listener.handle_event(event))
        .await;
    bar.finish();
    report.map_err(|error| journal.failure(&error))
}

fn has_gone(report: &PushReport) -> bool {
    report.counts().gone > 0
}

/// Writes the leads that were not added, except those whose outcome is unknown.
fn write_rejects(
    place: Option<OutputFile>,
    list: &List,
    outcome: &exit_status::PushOutcome<'_>,
) -> Result<Option<PathBuf>, CliError> {
    let Some(place) = place else {
        return Ok(None);
    };
    let mut rejects = Rejects::new(place, list.shape.clone());
    for lead in &outcome.report.leads {
        let reason = outcome.reject_reason(lead);
        if let (Some(reason), Some((_, raw))) = (reason, list.origins.get(lead.input)) {
            rejects.write(raw, &reason)?;
        }
    }
    rejects.finish()?;
    Ok((rejects.count() > 0).then(|| rejects.path().to_owned()))
}
