//! What a server says of itself, checked.

use crate::http::reply::{self, AtMost, ReplyError};
use crate::tools::{self, AnswerKind};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The version of the protocol that this program speaks.
pub const PROTOCOL: u64 = 1;
/// Most questions a batch, whatever the server offers.
pub(super) const MAX_BATCH: usize = 1024;
/// Most calls at once, whatever the server offers.
const MAX_CONCURRENCY: usize = 64;
/// Most tools a server.
const MAX_TOOLS: usize = 256;
/// Most arguments a tool.
const MAX_ARGS: usize = 64;
/// Longest name, version and fingerprint, in bytes.
const MAX_NAME: usize = 128;

/// What a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The tools it offers, in its order.
    pub tools: Vec<Offer>,
    /// Most questions a batch, 1 to 1024.
    pub max_batch: usize,
    /// Calls it wants at once, 1 to 64.
    pub concurrency: usize,
    /// Whether it wants to be told where an image lies.
    pub paths: bool,
    pub(super) fingerprint: String,
}

/// A tool that a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// The names of its arguments; `None` where the server takes them as the pack names them.
    pub args: Option<Vec<String>>,
    /// What it answers.
    pub answer: AnswerKind,
}

/// Why a server's words about itself are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CapabilityError {
    /// Not the JSON that is expected.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// Another protocol.
    #[error(
        "the server speaks version {theirs} of the tool server protocol and this program version \
         {PROTOCOL}: use a server or a program of the same version"
    )]
    Protocol {
        /// What the server says.
        theirs: u64,
    },
    /// A value that cannot be.
    #[error("`{field}` {reason}")]
    Value {
        /// Its field, such as `tools[2].name`.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

#[derive(Deserialize)]
struct Version {
    protocol: u64,
}

#[derive(Deserialize)]
struct Wire {
    name: String,
    version: String,
    #[serde(default)]
    fingerprint: Option<String>,
    max_batch: u64,
    #[serde(default)]
    concurrency: Option<u64>,
    #[serde(default)]
    paths: bool,
    tools: AtMost<WireTool, MAX_TOOLS>,
}

#[derive(Deserialize)]
struct WireTool {
    name: String,
    #[serde(default)]
    args: Option<AtMost<String, MAX_ARGS>>,
    #[serde(default)]
    answer: Option<AnswerKind>,
}

impl Capabilities {
    /// Reads the body of `GET /v1/capabilities`.
    ///
    /// # Errors
    /// When it is not the expected JSON, speaks another version, or a value is out of range.
    pub fn read(body: &[u8]) -> Result<Self, CapabilityError> {
        // The version first: another one may have other fields.
        let Version { protocol } = reply::parse(body)?;
        if protocol != PROTOCOL {
            return Err(CapabilityError::Protocol { theirs: protocol });
        }
        let wire: Wire = reply::parse(body)?;
        check_word("name", &wire.name)?;
        check_word("version", &wire.version)?;
        if let Some(fingerprint) = &wire.fingerprint {
            check_word("fingerprint", fingerprint)?;
        }
        let max_batch = within("max_batch", wire.max_batch, MAX_BATCH)?;
        let concurrency = within(
            "concurrency",
            wire.concurrency.unwrap_or(1),
            MAX_CONCURRENCY,
        )?;
        if wire.tools.0.is_empty() {
            return Err(value(
                "tools",
                "is empty: a server offers at least one tool",
            ));
        }
        let mut tools: Vec<Offer> = Vec::new();
        for (at, tool) in wire.tools.0.into_iter().enumerate() {
            let offer = offer(at, tool)?;
            if tools.iter().any(|known| known.name == offer.name) {
                return Err(value(
                    format!("tools[{at}].name"),
                    format!("is `{}` a second time", offer.name),
                ));
            }
            tools.push(offer);
        }
        let fingerprint = fingerprint(
            &wire.name,
            &wire.version,
            wire.fingerprint.as_deref(),
            &tools,
        );
        Ok(Self {
            name: wire.name,
            version: wire.version,
            tools,
            max_batch,
            concurrency,
            paths: wire.paths,
            fingerprint,
        })
    }

    /// The names of the tools, for messages.
    pub(super) fn offered(&self) -> String {
        let names: Vec<_> = self.tools.iter().map(|tool| tool.name.as_str()).collect();
        names.join(", ")
    }
}

fn value(field: impl Into<String>, reason: impl Into<String>) -> CapabilityError {
    CapabilityError::Value {
        field: field.into(),
        reason: reason.into(),
    }
}

fn offer(at: usize, tool: WireTool) -> Result<Offer, CapabilityError> {
    let field = |name: &str| format!("tools[{at}].{name}");
    check_word(&field("name"), &tool.name)?;
    let args = tool.args.map(|AtMost(args)| args);
    for arg in args.iter().flatten() {
        check_word(&field("args"), arg)?;
    }
    let Some(known) = tools::tool(&tool.name) else {
        let Some(answer) = tool.answer else {
            return Err(value(
                field("answer"),
                format!(
                    "is missing: what `{}` answers is not known here; say detections, text, number \
                     or bool",
                    tool.name
                ),
            ));
        };
        return Ok(Offer {
            name: tool.name,
            args,
            answer,
        });
    };
    let params: Vec<String> = known.params.iter().map(|p| p.name.to_owned()).collect();
    if args.is_some_and(|args| args != params) {
        return Err(value(
            field("args"),
            format!("must be [{}] for `{}`", params.join(", "), tool.name),
        ));
    }
    if tool.answer.is_some_and(|answer| answer != known.answer) {
        return Err(value(
            field("answer"),
            format!("must be {} for `{}`", known.answer, tool.name),
        ));
    }
    Ok(Offer {
        name: tool.name,
        args: Some(params),
        answer: known.answer,
    })
}

/// A name goes into cache keys and messages: visible ASCII, no spaces.
fn check_word(field: &str, text: &str) -> Result<(), CapabilityError> {
    if !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(value(
        field,
        format!("must be 1 to {MAX_NAME} visible ASCII characters without spaces"),
    ))
}

fn within(field: &str, given: u64, most: usize) -> Result<usize, CapabilityError> {
    match usize::try_from(given) {
        Ok(given) if (1..=most).contains(&given) => Ok(given),
        _ => Err(value(
            field,
            format!("must be from 1 to {most}, not {given}"),
        )),
    }
}

/// Everything that an answer depends on besides the question. The tools are in it because a question
/// for one that the server lacks is answered with an error.
fn fingerprint(name: &str, version: &str, own: Option<&str>, tools: &[Offer]) -> String {
    let mut names: Vec<_> = tools.iter().map(|tool| tool.name.as_str()).collect();
    names.sort_unstable();
    let digest = Sha256::digest(names.join(" "));
    let mut text = format!("server-{PROTOCOL} {name} {version}");
    if let Some(own) = own {
        text.push(' ');
        text.push_str(own);
    }
    text.push_str(" tools-");
    for byte in &digest[..4] {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"protocol": 1, "name": "n", "version": "1.2", "max_batch": 8,
        "tools": [{"name": "find"}, {"name": "smell", "answer": "text", "args": ["of"]}]}"#;

    fn refused(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from));
        let body = GOOD.replace(from, to);
        Capabilities::read(body.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn good_capabilities_are_read() {
        let read = Capabilities::read(GOOD.as_bytes()).unwrap();
        assert_eq!(
            (read.max_batch, read.concurrency, read.paths),
            (8, 1, false)
        );
        assert_eq!(read.tools[0].args, Some(vec!["object_name".to_owned()]));
        assert_eq!(read.tools[0].answer, AnswerKind::Detections);
        assert_eq!(read.tools[1].answer, AnswerKind::Text);
        assert!(read.fingerprint.starts_with("server-1 n 1.2 tools-"));
    }

    #[test]
    fn the_fingerprint_changes_with_whatever_answers_depend_on() {
        let of = |from: &str, to: &str| {
            let body = GOOD.replace(from, to);
            Capabilities::read(body.as_bytes()).unwrap().fingerprint
        };
        let original = of("", "");
        for (from, to) in [
            ("\"n\"", "\"m\""),
            ("1.2", "1.3"),
            (
                "\"max_batch\"",
                "\"fingerprint\": \"weights-1\", \"max_batch\"",
            ),
            ("{\"name\": \"find\"}, ", ""),
        ] {
            assert_ne!(of(from, to), original);
        }
        assert_eq!(of("\"max_batch\": 8", "\"max_batch\": 9"), original);
    }

    #[test]
    fn bad_capabilities_are_refused_by_field() {
        for (from, to, expected) in [
            (
                "\"protocol\": 1",
                "\"protocol\": 2",
                "version 2 of the tool server protocol",
            ),
            ("\"protocol\": 1, ", "", "missing field `protocol`"),
            ("\"protocol\": 1", "\"protocol\": \"1\"", "at `protocol`"),
            ("\"n\"", "\"\"", "`name` must be 1 to 128 visible"),
            ("\"n\"", "\"a b\"", "`name` must be 1 to 128 visible"),
            (
                "\"n\"",
                "\"\\u001b[31m\"",
                "`name` must be 1 to 128 visible",
            ),
            (
                "\"max_batch\": 8",
                "\"max_batch\": 0",
                "`max_batch` must be from 1 to 1024",
            ),
            (
                "\"max_batch\": 8",
                "\"max_batch\": 8, \"concurrency\": 65",
                "from 1 to 64",
            ),
            ("\"max_batch\": 8", "\"max_batch\": -1", "at `max_batch`"),
            (
                ", \"args\": [\"of\"]}",
                "}, {\"name\": \"exists\", \"answer\": \"text\"}",
                "`tools[2].answer` must be bool for `exists`",
            ),
            (", \"answer\": \"text\"", "", "`tools[1].answer` is missing"),
            ("\"text\"", "\"odour\"", "unknown variant `odour`"),
            (
                "{\"name\": \"find\"}",
                "{\"name\": \"find\", \"args\": [\"x\"]}",
                "must be [object_name]",
            ),
            (
                "{\"name\": \"find\"}",
                "{\"name\": \"find\"}, {\"name\": \"find\"}",
                "a second time",
            ),
        ] {
            let message = refused(from, to);
            assert!(message.contains(expected), "{to}: {message}");
        }
        let none = r#"{"protocol": 1, "name": "n", "version": "1", "max_batch": 1, "tools": []}"#;
        let error = Capabilities::read(none.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("at least one tool"));
    }
}
