//! Servers on the loopback interface: a tool server that can die, and any other.

use fact_lang::tool::{Arg, Request};
use fact_models::{View, decode, pixels};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A request as it came.
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The header of that name; empty without one.
    pub(crate) authorization: String,
    pub(crate) body: Vec<u8>,
}

type Handler = dyn Fn(&Received) -> Option<(u16, Value)> + Send + Sync;

/// A server of JSON. Where its handler has no reply, the connection is closed.
pub(crate) struct Loopback {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl Loopback {
    pub(crate) fn start(
        handler: impl Fn(&Received) -> Option<(u16, Value)> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let (ends, handler) = (over.clone(), Arc::new(handler) as Arc<Handler>);
        let acceptor = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), handler) = (stream, handler.clone()) else {
                    continue;
                };
                // Not joined: each ends with its client.
                std::thread::spawn(move || serve(&stream, &*handler));
            }
        });
        Self {
            address,
            over,
            acceptor: Some(acceptor),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the acceptor.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn serve(stream: &TcpStream, handler: &Handler) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = receive(&mut reader) {
        let Some((status, reply)) = handler(&request) else {
            return;
        };
        let body = reply.to_string();
        let length = body.len();
        // One write, so that no reply waits for a delayed acknowledgement.
        let reply = format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\n\r\n{body}");
        let mut writer = stream;
        if writer.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

pub(crate) fn receive(reader: &mut BufReader<&TcpStream>) -> Option<Received> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut authorization) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        } else if name.eq_ignore_ascii_case("authorization") {
            authorization = value.trim().to_owned();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        method,
        path,
        authorization,
        body,
    })
}

/// What becomes of a question beyond those that the server has left to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing: it is answered.
    Lives,
    /// The connection is closed, and so is every later one.
    Dies,
    /// It waits until the server is revived.
    Hangs,
}

/// A tool server that sees what `pixels` sees, one question a request.
pub(crate) struct ToolServer {
    state: Arc<(Mutex<State>, Condvar)>,
    server: Loopback,
}

#[derive(Debug)]
struct State {
    left: usize,
    then: Then,
    hanging: usize,
    images: BTreeMap<String, Vec<u8>>,
    answered: Vec<String>,
}

impl ToolServer {
    pub(crate) fn start() -> Self {
        let state = State {
            left: 0,
            then: Then::Lives,
            hanging: 0,
            images: BTreeMap::new(),
            answered: Vec::new(),
        };
        let state = Arc::new((Mutex::new(state), Condvar::new()));
        let shared = state.clone();
        let server = Loopback::start(move |request| State::reply(&shared, request));
        Self { state, server }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Answers so many questions more, and `then`.
    pub(crate) fn set(&self, left: usize, then: Then) {
        let mut state = self.state.0.lock().unwrap();
        (state.left, state.then) = (left, then);
        self.state.1.notify_all();
    }

    /// Answers whatever comes, also what hangs.
    pub(crate) fn revive(&self) {
        self.set(0, Then::Lives);
    }

    /// Kills `child`, which asks this server, when a question of it hangs.
    pub(crate) fn kill_when_hanging(&self, child: &mut Child) {
        let mut state = self.state.0.lock().unwrap();
        while state.hanging == 0 {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "ended without asking so much: {ended:?}");
            let waited = self.state.1.wait_timeout(state, Duration::from_millis(20));
            state = waited.unwrap().0;
        }
        drop(state);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// The questions answered so far: tool, image, region and arguments as text.
    pub(crate) fn answered(&self) -> Vec<String> {
        self.state.0.lock().unwrap().answered.clone()
    }
}

impl State {
    fn reply(shared: &(Mutex<Self>, Condvar), request: &Received) -> Option<(u16, Value)> {
        let (mutex, changed) = shared;
        let mut state = mutex.lock().unwrap();
        if (state.left, state.then) == (0, Then::Dies) {
            return None;
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/v1/capabilities") => Some((
                200,
                json!({
                    "protocol": 1, "name": "pixels", "version": "1", "max_batch": 1,
                    "tools": [{"name": "find"}, {"name": "verify_property"},
                              {"name": "simple_query"}],
                }),
            )),
            ("PUT", path) => {
                let sha256 = path.strip_prefix("/v1/images/")?.to_owned();
                state.images.insert(sha256, request.body.clone());
                Some((200, json!({})))
            }
            ("POST", "/v1/answer") => {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                let question = &body["questions"][0];
                let sha256 = question["image"]["sha256"].as_str().unwrap();
                let Some(image) = state.images.get(sha256).cloned() else {
                    return Some((200, json!({"missing_images": [sha256]})));
                };
                if (state.left, state.then) == (0, Then::Hangs) {
                    state.hanging += 1;
                    changed.notify_all();
                    while state.then == Then::Hangs {
                        state = changed.wait(state).unwrap();
                    }
                    state.hanging -= 1;
                    // Whoever asked was killed.
                    return None;
                }
                state.left = state.left.saturating_sub(1);
                let answer = json!({"id": question["id"], "answer": answer(&image, question)});
                let mut asked = question.clone();
                asked.as_object_mut().unwrap().remove("id");
                state.answered.push(asked.to_string());
                Some((200, json!({ "answers": [answer] })))
            }
            _ => Some((404, json!({"error": "no such thing"}))),
        }
    }
}

/// What `pixels` says.
fn answer(image: &[u8], question: &Value) -> Value {
    let image = decode(image, &decode::DecodeLimits::default()).unwrap();
    let args = question["args"].as_object().unwrap();
    let text = |arg: &Value| serde_json::from_value::<Arg>(arg.clone()).unwrap();
    let request = Request {
        tool: question["tool"].as_str().unwrap().to_owned(),
        image: 0,
        region: serde_json::from_value(question["region"].clone()).unwrap(),
        args: args
            .iter()
            .map(|(name, arg)| (name.clone(), text(arg)))
            .collect(),
    };
    let views = [View::of_pixels(&image.rgb)];
    serde_json::to_value(pixels::perception().answer(&views, &request)).unwrap()
}
