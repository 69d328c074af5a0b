//! The time of code generation, by stage.

use std::time::{Duration, Instant};

use allo_codegen::{Inputs, Source, generate_observed};

use crate::table::markdown;
use crate::{Result, Scale};

pub(crate) fn table(scale: Scale) -> Result<String> {
    let read = |name: &'static str| std::fs::read_to_string(name).map(|text| (name, text));
    let spec = read("openapi/allo.yaml")?;
    let overlay = read("openapi/overlay.yaml")?;
    let names = read("openapi/names.yaml")?;
    let source = |(name, text): &'static (&'static str, String)| Source { name, text };
    let [spec, overlay, names] =
        [spec, overlay, names].map(|text| source(Box::leak(Box::new(text))));
    let inputs = Inputs {
        spec,
        overlay,
        names,
    };
    let mut least: Vec<(&'static str, Duration)> = Vec::new();
    for _ in 0..scale.of(5, 1) {
        let mut begun: Vec<(&'static str, Instant)> = Vec::new();
        let mut stage = |name| begun.push((name, Instant::now()));
        generate_observed(inputs, &mut stage)
            .map_err(|problems| format!("{} problems in openapi/", problems.len()))?;
        begun.push(("", Instant::now()));
        for (index, pair) in begun.windows(2).enumerate() {
            let took = pair[1].1 - pair[0].1;
            match least.get_mut(index) {
                Some((_, best)) => *best = took.min(*best),
                None => least.push((pair[0].0, took)),
            }
        }
    }
    let total = least.iter().map(|(_, took)| *took).sum();
    least.push(("total", total));
    let rows: Vec<[String; 2]> = least
        .iter()
        .map(|(name, took)| {
            [
                (*name).to_owned(),
                format!("{:.1} ms", took.as_secs_f64() * 1e3),
            ]
        })
        .collect();
    Ok(markdown(&["stage", "time"], &rows))
}
