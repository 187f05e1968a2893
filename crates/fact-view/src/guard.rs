//! Who may ask: the token, the name that was asked for, and the page that asks.

use crate::http::{Request, Response};
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};
use subtle::ConstantTimeEq;

/// A secret that only whoever read the program's output has.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// 256 random bits of the operating system, in hex.
    ///
    /// # Errors
    /// If the operating system has none.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let mut hex = String::with_capacity(64);
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Ok(Self(hex))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Whether a request carries it, compared in a time that does not tell how much of it was right.
    fn is_in(&self, request: &Request) -> bool {
        let given = request.header("authorization").unwrap_or_default();
        let given = given.strip_prefix("Bearer ").unwrap_or_default();
        given.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

/// Refuses whom the run is not for.
pub(crate) struct Guard {
    pub(crate) token: Token,
    pub(crate) address: SocketAddr,
}

impl Guard {
    /// Refuses a request for another host: a page on another site that has its own name lead here (DNS
    /// rebinding) sends that name.
    pub(crate) fn host(&self, request: &Request) -> Result<(), Response> {
        let Some(host) = request.header("host") else {
            return Err(Response::problem(400, "the request names no host"));
        };
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port),
            _ => (host, "80"),
        };
        let name = name
            .strip_prefix('[')
            .and_then(|n| n.strip_suffix(']'))
            .unwrap_or(name);
        let bound = self.address.ip();
        let known = match name.parse::<IpAddr>() {
            Ok(ip) if bound.is_loopback() => ip.is_loopback(),
            // A number cannot be made to lead elsewhere.
            Ok(_) => true,
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        };
        match known && port.parse() == Ok(self.address.port()) {
            true => Ok(()),
            false => Err(Response::problem(
                421,
                "this is not the host that was asked for",
            )),
        }
    }

    /// Refuses a request without the token.
    pub(crate) fn token(&self, request: &Request) -> Result<(), Response> {
        match self.token.is_in(request) {
            true => Ok(()),
            false => Err(Response::problem(
                401,
                "the token is missing or wrong; use the address that `fact view` printed",
            )
            .with("WWW-Authenticate", "Bearer")),
        }
    }

    /// Refuses a change that another page asks for, or that a form could have sent.
    pub(crate) fn change(&self, request: &Request) -> Result<(), Response> {
        if let Some(origin) = request.header("origin") {
            let own = request.header("host").map(|host| format!("http://{host}"));
            if Some(origin) != own.as_deref() {
                return Err(Response::problem(403, "another page asks for a change"));
            }
        }
        if !matches!(request.header("sec-fetch-site"), None | Some("same-origin")) {
            return Err(Response::problem(403, "another page asks for a change"));
        }
        let kind = request.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        match kind.eq_ignore_ascii_case("application/json") {
            true => Ok(()),
            false => Err(Response::problem(415, "a change must be application/json")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::read;

    fn taken(bound: &str, host: &str) -> bool {
        let guard = Guard {
            token: Token("secret".into()),
            address: bound.parse().unwrap(),
        };
        let sent = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        guard.host(&read(&mut sent.as_bytes()).unwrap()).is_ok()
    }

    #[test]
    fn only_hosts_that_cannot_be_led_here_are_taken() {
        for host in ["127.0.0.1:81", "localhost:81", "LOCALHOST:81", "[::1]:81"] {
            assert!(taken("127.0.0.1:81", host), "{host}");
            assert!(taken("[::1]:81", host), "{host}");
        }
        for host in [
            "localhost.example:81",
            "example:81",
            "192.0.2.1:81",
            "127.0.0.1:82",
            "127.0.0.1",
            "[::1]",
            "0x7f000001:81",
            ":81",
            "localhost:81:81",
            "user@localhost:81",
        ] {
            assert!(!taken("127.0.0.1:81", host), "{host}");
        }
        assert!(taken("0.0.0.0:81", "192.0.2.1:81"));
        assert!(!taken("0.0.0.0:81", "example:81"));
        assert!(taken("127.0.0.1:80", "127.0.0.1"));
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, two) = (Token::new().unwrap(), Token::new().unwrap());
        assert_eq!(one.text().len(), 64);
        assert_ne!(one.text(), two.text());
    }
}
