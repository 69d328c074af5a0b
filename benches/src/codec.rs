//! Decoding a page of 100 entries and encoding 100 leads, without HTTP.

use crate::subjects;
use crate::table::{beside, markdown};
use crate::{Result, Scale, canned, cpu, instructions};

const DECODERS: [&str; 4] = ["hand", "allo", "stock", "value"];
const ENCODERS: [&str; 3] = ["hand", "allo", "stock"];

pub(crate) fn table(scale: Scale) -> Result<String> {
    let (page, leads) = (canned::page(1, canned::PAGE, canned::PAGE), canned::leads());
    let (rounds, times) = (scale.of(15, 2), scale.of(500, 50));
    let mut rows = Vec::new();
    let decoded = cpu::interleaved(&DECODERS, rounds, times, |name, times| {
        (0..times).try_for_each(|_| subjects::decode(name, page.as_bytes()).map(drop))
    })?;
    rows.extend(both(
        "decode",
        "decoding a page",
        &DECODERS,
        &decoded,
        scale,
    )?);
    let encoded = cpu::interleaved(&ENCODERS, rounds, times, |name, times| {
        (0..times).try_for_each(|_| subjects::encode(name, &leads).map(drop))
    })?;
    rows.extend(both(
        "encode",
        "encoding leads",
        &ENCODERS,
        &encoded,
        scale,
    )?);
    let columns = ["what", "by what", "instructions", "CPU"];
    Ok(markdown(&columns, &rows))
}

fn both(
    case: &str,
    what: &str,
    names: &[&str],
    micros: &[f64],
    scale: Scale,
) -> Result<Vec<Vec<String>>> {
    let times = scale.of(200, 20);
    let counts = names
        .iter()
        .map(|name| instructions::count(case, name, times, "-"));
    let counts: Vec<Option<f64>> = counts.collect::<Result<_>>()?;
    let first = |numbers: &[f64]| numbers.first().copied().unwrap_or_default();
    let base = counts.first().copied().flatten().unwrap_or_default();
    let rows = names.iter().zip(micros).zip(&counts);
    Ok(rows
        .map(|((name, micros_of), count)| {
            let title = match *name {
                "value" => "serde_json::Value",
                "hand" => "closed types by hand",
                name => subjects::title(name),
            };
            let count = count.map_or("–".to_owned(), |count| beside(count, "", base));
            let time = beside(*micros_of, " µs", first(micros));
            vec![what.to_owned(), title.to_owned(), count, time]
        })
        .collect())
}
