//! The CPU time of a call, one at a time and eight concurrently, compared with other clients.

use std::rc::Rc;

use tokio::task::LocalSet;

use crate::server::{Options, Server};
use crate::subjects::{self, Call, NAMES, Subject};
use crate::table::{beside, markdown};
use crate::{Result, Scale, canned, cpu, instructions, runtime};

const AT_ONCE: usize = 8;

pub(crate) fn table(scale: Scale) -> Result<String> {
    let server = Server::start(Options::PLAIN)?;
    let mut rows = Vec::new();
    for (call, name, title) in Call::ALL {
        let counted = counted(name, scale, &server)?;
        if let Some(counted) = counted {
            rows.push(row(title, "instructions", "", &counted));
        }
        for (at_once, what) in [(1, "CPU, one at a time"), (AT_ONCE, "CPU, eight at once")] {
            rows.push(row(
                title,
                what,
                " µs",
                &timed(call, at_once, scale, &server)?,
            ));
        }
    }
    let titles = NAMES.map(subjects::title);
    let columns = [&["call", "measured"][..], &titles].concat();
    Ok(markdown(&columns, &rows))
}

fn row(title: &str, what: &str, unit: &str, numbers: &[f64]) -> Vec<String> {
    let first = numbers.first().copied().unwrap_or_default();
    let mut row = vec![title.to_owned(), what.to_owned()];
    row.extend(numbers.iter().map(|number| beside(*number, unit, first)));
    row
}

fn counted(name: &str, scale: Scale, server: &Server) -> Result<Option<Vec<f64>>> {
    let times = scale.of(200, 20);
    let count = |subject: &&str| instructions::count(name, subject, times, &server.url);
    NAMES.iter().map(count).collect()
}

fn timed(call: Call, at_once: usize, scale: Scale, server: &Server) -> Result<Vec<f64>> {
    let runtime = runtime()?;
    let connect = |name| Subject::new(name, &server.url).map(Rc::new);
    let subjects =
        runtime.block_on(async { NAMES.into_iter().map(connect).collect::<Result<Vec<_>>>() })?;
    let leads = Rc::new(canned::leads());
    cpu::interleaved(
        &subjects,
        scale.of(15, 2),
        scale.of(400, 40),
        |subject, times| {
            let local = LocalSet::new();
            local.block_on(&runtime, async {
                let workers = (0..at_once).map(|_| {
                    let (subject, leads) = (Rc::clone(subject), Rc::clone(&leads));
                    tokio::task::spawn_local(async move {
                        for _ in 0..times / at_once {
                            subject.call(call, &leads).await?;
                        }
                        Result::Ok(())
                    })
                });
                for worker in workers.collect::<Vec<_>>() {
                    worker.await??;
                }
                Ok(())
            })
        },
    )
}
