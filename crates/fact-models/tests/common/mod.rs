//! A server on the loopback interface that answers as a test tells it, faults included.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by tests, each of which uses its part"
)]

pub(crate) mod annotated;
pub(crate) mod tools;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// One request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What to do with a request.
pub(crate) enum Reply {
    /// A whole reply.
    Full {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// These bytes as they are, then the connection is closed.
    Raw(Vec<u8>),
    /// These bytes, then one more every few milliseconds until the client goes away.
    Drip(Vec<u8>),
    /// Nothing, until the client goes away.
    Hang,
    /// The connection is closed without a byte.
    Close,
}

impl Reply {
    pub(crate) fn json(body: impl Into<String>) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: impl Into<String>) -> Self {
        Self::Full {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.into().into_bytes(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Full { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }
}

pub(crate) struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<Vec<Received>>>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server; `answer` gets each request and its number, from 0.
    pub(crate) fn start(
        answer: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, end, log) = (Arc::new(answer), stop.clone(), seen.clone());
        let acceptor = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let (answer, end, log) = (answer.clone(), end.clone(), log.clone());
                // Not joined: each ends with its client or with the stop flag.
                std::thread::spawn(move || serve(&stream, &*answer, &end, &log));
            }
        });
        Self {
            address,
            stop,
            seen,
            acceptor: Some(acceptor),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, in the order of arrival.
    pub(crate) fn seen(&self) -> Vec<Received> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the acceptor.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn serve(
    stream: &TcpStream,
    answer: &(impl Fn(&Received, usize) -> Reply + ?Sized),
    stop: &AtomicBool,
    log: &Mutex<Vec<Received>>,
) {
    // Head and body are two writes: without this each reply waits for a delayed acknowledgement.
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader) {
        let number = {
            let mut log = log.lock().unwrap();
            log.push(request.clone());
            log.len() - 1
        };
        if !write_reply(stream, answer(&request, number), stop) {
            return;
        }
    }
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<Received> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Received {
        method,
        path,
        headers,
        body: Vec::new(),
    };
    let length = request
        .header("content-length")
        .map_or(0, |n| n.parse().unwrap());
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

/// Whether the connection can be used again.
fn write_reply(mut stream: &TcpStream, reply: Reply, stop: &AtomicBool) -> bool {
    match reply {
        Reply::Full {
            status,
            headers,
            body,
        } => {
            let mut head = format!(
                "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n",
                body.len()
            );
            for (name, value) in headers {
                head += &format!("{name}: {value}\r\n");
            }
            head += "\r\n";
            stream.write_all(head.as_bytes()).is_ok() && stream.write_all(&body).is_ok()
        }
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
            false
        }
        Reply::Drip(bytes) => {
            let mut open = stream.write_all(&bytes).is_ok();
            while open && !stop.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
                open = stream.write_all(b" ").is_ok();
            }
            false
        }
        Reply::Hang => {
            stream
                .set_read_timeout(Some(Duration::from_millis(20)))
                .unwrap();
            while !stop.load(Ordering::SeqCst) {
                if matches!(stream.read(&mut [0]), Ok(0)) {
                    break;
                }
            }
            false
        }
        Reply::Close => false,
    }
}
