//! The program of `cargo xtask bench`: `tables [--quick] [NAME…]` measures and prints Markdown tables. It starts the
//! other subcommands itself: `serve` answers requests, `run` makes the calls to be counted, `memory` is the process
//! whose memory is measured.
#![forbid(unsafe_code)]

mod build;
mod calls;
mod canned;
mod codec;
mod codegen;
mod cpu;
mod instructions;
mod listing;
mod memory;
mod rate_limit;
mod server;
mod subjects;
mod table;

use std::process::ExitCode;

/// The error type of the benchmarks: a benchmark that cannot continue reports why and stops.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The number of measurements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// Enough to check that everything works.
    quick: bool,
}

impl Scale {
    /// `full`, or a smaller number for a quick run.
    pub(crate) const fn of(self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}

type Bench = fn(Scale) -> Result<String>;

/// All benchmarks: name, title and function of each table.
const BENCHES: [(&str, &str, Bench); 7] = [
    ("calls", "Calls", calls::table),
    ("codec", "Decoding and encoding alone", codec::table),
    ("listing", "Listing", listing::table),
    ("rate_limit", "Rate limiter", rate_limit::table),
    ("codegen", "Code generation by stage", codegen::table),
    ("memory", "Memory", memory::table),
    (
        "build",
        "Build of a program that makes one call",
        build::table,
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A hand-written reqwest client sets no provider of its own; an error means that one is set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["serve", options @ ..] => server::serve(options),
        ["run", case, subject, times, url] => instructions::run(case, subject, times, url),
        ["memory", what, times, url] => memory::run(what, times, url),
        ["tables", names @ ..] => tables(names),
        _ => Err("usage: benches tables [--quick] [NAME…]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn tables(names: &[&str]) -> Result<()> {
    let quick = names.contains(&"--quick");
    let names: Vec<&str> = names.iter().copied().filter(|n| *n != "--quick").collect();
    if let Some(unknown) = names
        .iter()
        .find(|name| BENCHES.iter().all(|(known, ..)| known != *name))
    {
        let known: Vec<&str> = BENCHES.iter().map(|(name, ..)| *name).collect();
        return Err(format!("no benchmark `{unknown}`; there are: {}", known.join(", ")).into());
    }
    for (name, title, bench) in BENCHES {
        if names.is_empty() || names.contains(&name) {
            eprintln!("bench: {name}");
            let table = bench(Scale { quick })?;
            println!("<!-- bench:{name} -->\n## {title}\n\n{table}\n<!-- /bench:{name} -->");
        }
    }
    Ok(())
}

/// A single-threaded runtime, so that all work of a call is counted and nothing else.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
