//! `cargo xtask <command>`: the maintenance commands of the repository, one module each. This file dispatches.
#![forbid(unsafe_code)]

mod bench;
mod codegen;
mod dist_assets;
mod layers;
mod package;
mod tidy;
mod timings;
mod trial;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <command>

commands:
  bench [--quick] [NAME…]
                     measure calls and more beside other clients, into docs/performance.md
  codegen            write allo-client/src/generated from openapi/
  codegen --check    tell what is stale there, change nothing
  dist-assets [DIR]  write manual pages and completions of allo, into target/dist-assets unless told
  package            test, document and install the published crates from their packages
  tidy               check the rules of the house that no lint knows
  timings            measure how long the compiler works on allo-client
  trial              tell which tests miss something for a new operation, in a copy";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["bench", names @ ..] => bench::run(names),
        ["codegen"] => codegen::run(codegen::Mode::Write),
        ["codegen", "--check"] => codegen::run(codegen::Mode::Check),
        ["dist-assets"] => dist_assets::run(None),
        ["dist-assets", directory] => dist_assets::run(Some(*directory)),
        ["package"] => package::run(),
        ["tidy"] => tidy::run(),
        ["timings"] => timings::run(),
        ["trial"] => trial::run(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
