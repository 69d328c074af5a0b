//! Instructions, counted by callgrind if valgrind is installed: one process makes many calls, another one few, and the
//! difference is the cost of the calls alone. The counts are nearly the same on every machine and in every run.

use std::process::{Command, Stdio};

use crate::subjects::{self, Call, Subject};
use crate::{Result, canned, runtime};

/// The number of calls of the shorter run, after which one-time setup is complete.
const FEW: usize = 4;

/// The instructions of one `case` of a subject; `None` without valgrind.
pub(crate) fn count(case: &str, subject: &str, times: usize, url: &str) -> Result<Option<f64>> {
    let few = collected(case, subject, FEW, url)?;
    let many = collected(case, subject, FEW + times, url)?;
    Ok(few.zip(many).map(|(few, many)| (many - few) / times as f64))
}

fn collected(case: &str, subject: &str, times: usize, url: &str) -> Result<Option<f64>> {
    let child = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["run", case, subject, &times.to_string(), url])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(child) = child else { return Ok(None) };
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{case} of {subject} under callgrind: {text}").into());
    }
    let line = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, number) = line.ok_or("callgrind collected nothing")?;
    Ok(Some(number.trim().parse()?))
}

/// Makes the calls that are counted.
pub(crate) fn run(case: &str, subject: &str, times: &str, url: &str) -> Result<()> {
    let (times, leads) = (times.parse()?, canned::leads());
    let mut found = 0;
    match case {
        "decode" => {
            let page = canned::page(1, canned::PAGE, canned::PAGE);
            for _ in 0..times {
                found += subjects::decode(subject, page.as_bytes())?;
            }
        }
        "encode" => {
            for _ in 0..times {
                found += subjects::encode(subject, &leads)?;
            }
        }
        _ => {
            let known = Call::ALL.iter().find(|(_, name, _)| *name == case);
            let (call, ..) = *known.ok_or("no such call")?;
            found = runtime()?.block_on(async {
                let client = Subject::new(subject, url)?;
                let mut found = 0;
                for _ in 0..times {
                    found += client.call(call, &leads).await?;
                }
                Result::Ok(found)
            })?;
        }
    }
    if times > 0 && found == 0 {
        return Err("nothing was found".into());
    }
    Ok(())
}
