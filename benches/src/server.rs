//! A server in its own process that answers from memory, so that it does not affect the CPU time of the subjects. It
//! has configurable latency and rate limit, and records when requests arrive.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Result, canned};

const WINDOW: Duration = Duration::from_secs(1);

/// The configuration of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The number of entries of the queue.
    pub(crate) entries: usize,
    /// The latency of each response in milliseconds.
    pub(crate) latency: u64,
    /// The maximum number of requests in any one second; 0 means unlimited.
    pub(crate) quota: usize,
}

impl Options {
    /// A queue of one page, without latency and rate limit.
    pub(crate) const PLAIN: Self = Self {
        entries: canned::PAGE,
        latency: 0,
        quota: 0,
    };
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    /// The address.
    pub(crate) url: String,
}

/// The requests that a server has recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) requests: usize,
    pub(crate) refused: usize,
    /// The maximum number in any one second.
    pub(crate) worst: usize,
    /// The time from the first to the last request.
    pub(crate) spread: Duration,
}

impl Server {
    /// Starts a server.
    pub(crate) fn start(options: Options) -> Result<Self> {
        let Options {
            entries,
            latency,
            quota,
        } = options;
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args([entries.to_string(), latency.to_string(), quota.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = process.stdout.take().ok_or("the server says nothing")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let url = format!("http://{}", line.trim());
        Ok(Self { process, url })
    }

    /// Returns the records of the server and clears them.
    pub(crate) fn seen(&self) -> Result<Seen> {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /seen HTTP/1.1\r\nconnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let numbers = text.lines().last().unwrap_or_default();
        let numbers: Vec<usize> = numbers.split(' ').filter_map(|n| n.parse().ok()).collect();
        let [requests, refused, worst, micros] = numbers[..] else {
            return Err("the server does not say what it has seen".into());
        };
        let spread = Duration::from_micros(micros as u64);
        Ok(Seen {
            requests,
            refused,
            worst,
            spread,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until the process is killed.
pub(crate) fn serve(options: &[&str]) -> Result<()> {
    let [entries, latency, quota] = options else {
        return Err("usage: serve ENTRIES LATENCY QUOTA".into());
    };
    let options = Options {
        entries: entries.parse()?,
        latency: latency.parse()?,
        quota: quota.parse()?,
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let state = Arc::new(State {
        options,
        log: Mutex::default(),
        first_page: canned::page(1, canned::PAGE, options.entries),
        appended: canned::appended(),
    });
    for stream in listener.incoming() {
        let (stream, state) = (stream?, Arc::clone(&state));
        thread::spawn(move || connection(&stream, &state));
    }
    Ok(())
}

struct State {
    options: Options,
    log: Mutex<Log>,
    first_page: String,
    appended: String,
}

#[derive(Default)]
struct Log {
    arrivals: Vec<Instant>,
    window: VecDeque<Instant>,
    refused: usize,
}

impl Log {
    /// Whether a request that arrives now is within the limit.
    fn admit(&mut self, quota: usize) -> bool {
        let now = Instant::now();
        self.arrivals.push(now);
        while self
            .window
            .front()
            .is_some_and(|first| now - *first >= WINDOW)
        {
            self.window.pop_front();
        }
        let full = quota > 0 && self.window.len() >= quota;
        if full {
            self.refused += 1;
        } else {
            self.window.push_back(now);
        }
        !full
    }

    fn summary(&self) -> String {
        let at = &self.arrivals;
        let held = |(index, first): (usize, &Instant)| {
            at[index..]
                .iter()
                .take_while(|later| **later - *first < WINDOW)
                .count()
        };
        let worst = at.iter().enumerate().map(held).max().unwrap_or_default();
        let spread = match (at.first(), at.last()) {
            (Some(first), Some(last)) => *last - *first,
            _ => Duration::ZERO,
        };
        let (requests, refused) = (at.len(), self.refused);
        format!("{requests} {refused} {worst} {}", spread.as_micros())
    }
}

fn connection(stream: &TcpStream, state: &State) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    let mut writer = stream;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).is_err() || line.is_empty() {
            return;
        }
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let Some(length) = rest_of_head(&mut reader, &mut line) else {
            return;
        };
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let answer = answer(state, &target);
        if writer.write_all(answer.as_bytes()).is_err() || target == "/seen" {
            return;
        }
    }
}

/// Skips the headers and returns the length of the body.
fn rest_of_head(reader: &mut impl BufRead, line: &mut String) -> Option<usize> {
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(line).ok()?;
        if line.trim().is_empty() {
            return Some(length);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
}

fn answer(state: &State, target: &str) -> String {
    let log = || {
        state
            .log
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    };
    if target == "/seen" {
        let summary = std::mem::take(&mut *log()).summary();
        return response("200 OK", "", &summary);
    }
    let admitted = log().admit(state.options.quota);
    thread::sleep(Duration::from_millis(state.options.latency));
    if !admitted {
        let body = r#"{"error":{"type":"rate_limit_error","code":"RATE_LIMIT_EXCEEDED","message":"Slow down.","retryable":true}}"#;
        return response("429 Too Many Requests", "retry-after: 1\r\n", body);
    }
    let path = target.split('?').next().unwrap_or_default();
    if path.ends_with("/numbers") {
        return response("200 OK", "", &state.appended);
    }
    if path.contains("/users/") {
        return response("200 OK", "", canned::USER);
    }
    let number = |name: &str| {
        let query = target.split_once('?')?.1;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name)?.1.parse().ok()
    };
    match (number("page").unwrap_or(1), number("size")) {
        (1, Some(canned::PAGE)) => response("200 OK", "", &state.first_page),
        (page, size) => {
            let size = size.unwrap_or(canned::PAGE);
            response(
                "200 OK",
                "",
                &canned::page(page, size, state.options.entries),
            )
        }
    }
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-request-id: req-0001\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}
