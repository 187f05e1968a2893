//! Accepting connections: a thread each, a bounded number at once.

use super::{Request, Response, read};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// Connections at once. A browser keeps six, and some that it says nothing on.
const MAX_CONNECTIONS: usize = 64;
/// Time for a request to come as a whole.
const TO_READ: Duration = Duration::from_secs(10);
/// Time that one write may take.
const TO_WRITE: Duration = Duration::from_secs(30);
/// Time for what is in flight when the server ends.
const TO_END: Duration = Duration::from_secs(3);
/// Bytes that are read and dropped after a refusal, so that the client reads it before it sees the end.
const DROPPED: u64 = 1 << 20;
/// Stack of a thread: programs are run again in it, as in the pipeline.
const STACK_BYTES: usize = 32 << 20;

/// A server at work; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Listening {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    open: Arc<AtomicUsize>,
    acceptor: Option<JoinHandle<()>>,
}

impl Listening {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the acceptor. An address that stands for all is reached as the loopback one is.
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        let woken = TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok();
        if let Some(acceptor) = self.acceptor.take()
            && woken
        {
            // It panics nowhere; if it did, there is nothing left to end.
            let _ = acceptor.join();
        }
        let deadline = Instant::now() + TO_END;
        while self.open.load(Ordering::SeqCst) > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Counts a connection as open while it lives.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Serves `listener` with `handler` in threads of its own.
///
/// # Errors
/// If the listener has no address, or there can be no thread.
pub(crate) fn listen(
    listener: TcpListener,
    handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> io::Result<Listening> {
    let address = listener.local_addr()?;
    let over = Arc::new(AtomicBool::new(false));
    let open = Arc::new(AtomicUsize::new(0));
    let (ends, count, handler) = (over.clone(), open.clone(), Arc::new(handler));
    let accept = move || {
        for stream in listener.incoming() {
            if ends.load(Ordering::SeqCst) {
                break;
            }
            let Ok(stream) = stream else {
                // Too many open files, usually: a pause lets some be closed.
                std::thread::sleep(Duration::from_millis(20));
                continue;
            };
            let open = Open(count.clone());
            if count.fetch_add(1, Ordering::SeqCst) >= MAX_CONNECTIONS {
                let full = Response::problem(503, "too many connections at once");
                reply(&stream, &full);
                continue;
            }
            let handler = handler.clone();
            let serve = move || {
                let _open = open;
                converse(&stream, &*handler);
            };
            // Without a thread the connection is closed, which a browser tries again.
            let _ = Builder::new().stack_size(STACK_BYTES).spawn(serve);
        }
    };
    Ok(Listening {
        address,
        over,
        open,
        acceptor: Some(Builder::new().spawn(accept)?),
    })
}

/// Reads from a stream until a deadline.
struct Until<'a> {
    stream: &'a TcpStream,
    deadline: Instant,
}

impl Read for Until<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(into)
    }
}

fn converse(stream: &TcpStream, handler: &dyn Fn(&Request) -> Response) {
    let deadline = Instant::now() + TO_READ;
    match read(&mut Until { stream, deadline }) {
        Ok(request) => reply(stream, &handler(&request)),
        Err(Some((status, why))) => reply(stream, &Response::problem(status, &why)),
        Err(None) => {}
    }
}

/// Sends a response. A client that left needs none.
fn reply(mut stream: &TcpStream, response: &Response) {
    let sent = stream
        .set_write_timeout(Some(TO_WRITE))
        .and_then(|()| stream.write_all(&response.bytes()))
        .and_then(|()| stream.shutdown(Shutdown::Write));
    if sent.is_ok() {
        let deadline = Instant::now() + Duration::from_secs(1);
        let mut rest = Until { stream, deadline }.take(DROPPED);
        let _ = io::copy(&mut rest, &mut io::sink());
    }
}
