//! A language model on the loopback interface that knows the answers to the questions of
//! [`data`](super::data), behind a server with faults.

use super::loopback::{Received, receive};
use serde_json::{Value, json};
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the server does instead of answering.
pub(crate) enum Fault {
    /// A status, more headers, a body.
    Status(u16, &'static str, Vec<u8>),
    /// These bytes, and the connection is closed.
    Raw(Vec<u8>),
    /// Nothing for so long; then the connection is closed.
    Hang(Duration),
    /// The good answer, a few bytes at a time, for longer than anybody waits.
    Drip,
    /// The good answer as it would be, but with this text.
    Says(String),
    /// The good answer, as this makes it.
    Alters(fn(Value) -> Value),
}

impl Fault {
    /// 200 with this body.
    pub(crate) fn body(body: impl Into<Vec<u8>>) -> Self {
        Self::Status(200, "", body.into())
    }
}

/// A question that was answered well.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) body: Value,
    pub(crate) path: String,
    pub(crate) key: String,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
}

impl Answered {
    /// What tells it from every other question: all that was sent.
    pub(crate) fn identity(&self) -> String {
        self.body.to_string()
    }
}

type Faults = dyn Fn(usize, &Value) -> Option<Fault> + Send + Sync;

struct Shared {
    faults: Box<Faults>,
    received: AtomicUsize,
    answered: Mutex<Vec<Answered>>,
    over: AtomicBool,
}

/// The server.
pub(crate) struct Model {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Model {
    /// `faults` tells what becomes of a request by its number and body; `None` for a good answer.
    pub(crate) fn start(
        faults: impl Fn(usize, &Value) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            faults: Box::new(faults),
            received: AtomicUsize::new(0),
            answered: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let ours = shared.clone();
        let acceptor = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ours.over.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), shared) = (stream, ours.clone()) else {
                    continue;
                };
                // Not joined: each ends with its client.
                std::thread::spawn(move || shared.serve(&stream));
            }
        });
        Self {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// One without faults.
    pub(crate) fn good() -> Self {
        Self::start(|_, _| None)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Requests that came, with those that got no good answer.
    pub(crate) fn received(&self) -> usize {
        self.shared.received.load(Ordering::SeqCst)
    }

    pub(crate) fn answered(&self) -> Vec<Answered> {
        self.shared.answered.lock().unwrap().clone()
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the acceptor.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(request) = receive(&mut reader) {
            if self.over.load(Ordering::SeqCst) {
                return;
            }
            let number = self.received.fetch_add(1, Ordering::SeqCst);
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let fault = (self.faults)(number, &body);
            if self.reply(stream, &request, &body, fault).is_none() {
                return;
            }
        }
    }

    /// `None` if the connection is to be closed.
    fn reply(
        &self,
        mut stream: &TcpStream,
        request: &Received,
        body: &Value,
        fault: Option<Fault>,
    ) -> Option<()> {
        let text = match &fault {
            Some(Fault::Says(text)) => text.clone(),
            _ => program(body),
        };
        let (prompt_tokens, completion_tokens) = (shown(body).len() / 4, text.len() / 4);
        let mut good = match request.path.as_str() {
            "/v1/completions" => json!({"choices": [{"text": text, "finish_reason": "stop"}]}),
            "/v1/chat/completions" => json!({"choices": [{
                "message": {"role": "assistant", "content": format!("Sure:\n```python\n{text}```\n")},
                "finish_reason": "stop",
            }]}),
            _ => {
                send(stream, 404, "", b"{\"error\": \"no such path\"}").ok()?;
                return Some(());
            }
        };
        // All have one id: a client must not tell answers apart by it.
        good["id"] = "cmpl-1".into();
        good["usage"] =
            json!({"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens});
        match fault {
            Some(Fault::Status(status, headers, body)) => {
                send(stream, status, headers, &body).ok()?;
                return Some(());
            }
            Some(Fault::Raw(bytes)) => {
                stream.write_all(&bytes).ok()?;
                return None;
            }
            Some(Fault::Hang(time)) => {
                std::thread::sleep(time);
                return None;
            }
            Some(Fault::Drip) => {
                let length = good.to_string().len();
                let head = format!("HTTP/1.1 200 Said\r\ncontent-length: {length}\r\n\r\n");
                stream.write_all(head.as_bytes()).ok()?;
                for byte in good.to_string().as_bytes() {
                    stream.write_all(&[*byte]).ok()?;
                    std::thread::sleep(Duration::from_millis(100));
                }
                return None;
            }
            Some(Fault::Alters(alter)) => good = alter(good),
            Some(Fault::Says(_)) | None => {}
        }
        // Before it is sent, so that whoever has the answer finds it here.
        self.answered.lock().unwrap().push(Answered {
            body: body.clone(),
            path: request.path.clone(),
            key: request.authorization.clone(),
            prompt_tokens: prompt_tokens as u64,
            completion_tokens: completion_tokens as u64,
        });
        send(stream, 200, "", good.to_string().as_bytes()).ok()
    }
}

fn send(mut stream: &TcpStream, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Said\r\n{headers}content-length: {length}\r\n\r\n");
    stream.write_all(&[head.as_bytes(), body].concat())
}

/// All text that the model is shown.
pub(crate) fn shown(body: &Value) -> String {
    if let Some(prompt) = body["prompt"].as_str() {
        return prompt.to_owned();
    }
    let mut out = String::new();
    for message in body["messages"].as_array().unwrap() {
        match &message["content"] {
            Value::String(text) => out.push_str(text),
            parts => {
                for part in parts.as_array().unwrap() {
                    out.push_str(part["text"].as_str().unwrap_or_default());
                }
            }
        }
        out.push('\n');
    }
    out
}

/// The question at the end of what is shown.
pub(crate) fn question(body: &Value) -> String {
    let shown = shown(body);
    let at = shown.rfind("There are exactly ").unwrap();
    shown[at..].lines().next().unwrap().to_owned()
}

/// The right program for the greedy sample; others by their seed.
fn program(body: &Value) -> String {
    let question = question(body);
    let words: Vec<&str> = question.split(' ').collect();
    let (number, color) = (words[3], words[4]);
    let body = match (body["temperature"].as_f64(), body["seed"].as_u64()) {
        (Some(t), Some(seed)) if t > 0.0 => match seed % 3 {
            1 => {
                format!("    n = image.count('{color} square')  # all\n    return n == {number}\n")
            }
            2 => format!("    k = image.count(\"{color} square\")\n    return k == {number}\n"),
            _ => format!("    return image.count(\"{color} square\") > {number}\n"),
        },
        _ => format!("    return image.count(\"{color} square\") == {number}\n"),
    };
    format!("def execute_command(image):\n{body}")
}
