//! HTTPS against a real TLS server: who is trusted and who is not.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

use fact_models::http::{Backoff, Client, Options};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SERVER: &str = "\
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'[1, 2]')
    def log_message(self, *_): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
";

/// Ends the server with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A certificate for `localhost` that signs itself, made anew: none is kept that could expire.
fn certificate(folder: &Path) -> bool {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
        .args(["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .output();
    made.is_ok_and(|made| made.status.success())
}

fn start(folder: &Path) -> Option<(Running, String)> {
    let child = Command::new("python3")
        .args(["-c", SERVER])
        .arg(folder.join("cert.pem"))
        .arg(folder.join("key.pem"))
        .stdout(Stdio::piped())
        .spawn();
    let mut running = Running(child.ok()?);
    let mut port = String::new();
    let out = running.0.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut port).unwrap();
    Some((running, port.trim().to_owned()))
}

#[test]
fn only_certificates_that_the_system_trusts_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    if !certificate(folder.path()) {
        eprintln!("skipped: no openssl to make a certificate with");
        return;
    }
    let Some((_running, port)) = start(folder.path()) else {
        eprintln!("skipped: no python3");
        return;
    };
    // What the system trusts is read from the environment, which a test can set for a child only.
    let child = |host: &str, trusted: Option<&Path>| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "tls_child", "--ignored", "--nocapture"])
            .env("FACT_TEST_SERVER", format!("https://{host}:{port}"))
            .env_remove("SSL_CERT_DIR")
            .env_remove("SSL_CERT_FILE");
        if let Some(file) = trusted {
            child.env("SSL_CERT_FILE", file);
        }
        let output = child.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let cert = folder.path().join("cert.pem");
    let said = child("localhost", Some(&cert));
    assert!(said.contains("SAID Ok([1, 2])"), "{said}");
    let said = child("127.0.0.1", Some(&cert));
    assert!(said.contains("TLS: invalid peer certificate"), "{said}");
    let said = child("localhost", None);
    assert!(
        said.contains("TLS: invalid peer certificate") || said.contains("NoTrust"),
        "{said}"
    );
    let said = child("localhost", Some(Path::new("no/such/file")));
    assert!(said.contains("NoTrust"), "{said}");
}

#[test]
#[ignore = "started by `only_certificates_that_the_system_trusts_are_accepted`"]
fn tls_child() {
    let url = std::env::var("FACT_TEST_SERVER").unwrap();
    let options = Options {
        request_timeout: Duration::from_secs(30),
        retries: 1,
        backoff: Backoff {
            base: Duration::from_millis(1),
            ..Backoff::default()
        },
        ..Options::default()
    };
    match Client::new(&url, options) {
        Ok(client) => eprintln!("SAID {:?}", client.get_json::<Vec<i64>>("/")),
        Err(error) => eprintln!("SAID {error:?}"),
    }
}
