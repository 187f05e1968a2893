//! Reading text files record by record, in constant memory.
//!
//! Data sets come as JSON lines, or as one large JSON document whose records are the elements of
//! an array or the entries of an object. Both are cut into [`Element`]s here, one at a time and
//! each bounded in length; a malformed element does not lose its neighbours. Element bytes are
//! parsed by `serde_json`; cutting only balances brackets and skips strings, without recursion,
//! so nesting depth costs nothing here (`serde_json` refuses more than 128 levels).

use super::error::{OpenError, RecordError, RecordFault};
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

/// Longest record that is read: annotations and questions are far below this.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// Where a record is in its data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// Line the record starts on, from 1; `None` in binary formats.
    pub line: Option<u64>,
    /// Index among the records of the file, from 0.
    pub record: u64,
}

impl Origin {
    /// An error here.
    pub(crate) fn error(&self, field: Option<&str>, fault: RecordFault) -> RecordError {
        RecordError {
            file: self.file.clone(),
            line: self.line,
            record: self.record,
            field: field.map(Into::into),
            fault: Box::new(fault),
        }
    }

    /// An error about a field's value.
    pub(crate) fn bad(&self, field: &str, reason: impl Into<String>) -> RecordError {
        self.error(Some(field), RecordFault::Field(reason.into()))
    }

    /// Refuses text that is empty or has a NUL.
    pub(crate) fn check_text(&self, field: &str, text: &str) -> Result<(), RecordError> {
        if text.trim().is_empty() {
            return Err(self.bad(field, "empty"));
        }
        if text.contains('\0') {
            return Err(self.bad(field, "contains a NUL character"));
        }
        Ok(())
    }
}

/// One record as it stands in its file.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) at: Origin,
    /// Offset of the first byte in the file.
    pub(crate) offset: u64,
    /// The key, when the records are entries of an object.
    pub(crate) key: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Element {
    /// The element as a `T`.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, RecordError> {
        if let Err(e) = std::str::from_utf8(&self.bytes) {
            return Err(self.at.error(None, RecordFault::Utf8(e.valid_up_to())));
        }
        let mut json = serde_json::Deserializer::from_slice(&self.bytes);
        let parsed = serde_path_to_error::deserialize(&mut json).map_err(|e| {
            let path = e.path().to_string();
            self.json_error(&path, &e.into_inner())
        })?;
        json.end().map_err(|e| self.json_error(".", &e))?;
        Ok(parsed)
    }

    fn json_error(&self, path: &str, e: &serde_json::Error) -> RecordError {
        let text = e.to_string();
        let message = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |(message, _)| message);
        // `?` is where JSON breaks off: no field of the user's.
        let path = if matches!(path, "." | "?") { "" } else { path };
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'));
        let (field, fault) = match missing {
            Some(name) => {
                let dot = if path.is_empty() { "" } else { "." };
                let field = format!("{path}{dot}{name}");
                (field, RecordFault::Field("missing".to_owned()))
            }
            None if e.is_data() => (path.to_owned(), RecordFault::Field(message.to_owned())),
            None => {
                let text = format!("{message} (column {})", e.column());
                (path.to_owned(), RecordFault::Json(text))
            }
        };
        let field = Some(field.as_str()).filter(|f| !f.is_empty());
        let mut error = self.at.error(field, fault);
        let lines_down = (e.line() as u64).saturating_sub(1);
        error.line = error.line.map(|line| line + lines_down);
        error
    }
}

/// Where the records of a JSON document are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One JSON value a line.
    Lines,
    /// The elements of the array that is the document.
    Array,
    /// The entries of the object that is the document.
    Entries,
    /// The elements of the array under this key of the object that is the document.
    ArrayUnder(&'static str),
}

/// Whether the file's first character is `[`; then its records are an array's elements, else
/// they are lines.
pub(crate) fn lines_or_array(path: &Path) -> Result<Shape, OpenError> {
    let io = |source| OpenError::Io {
        path: path.to_path_buf(),
        source,
    };
    let mut bytes = Bytes::open(path).map_err(io)?;
    let first = bytes.skip_space().map_err(io)?;
    Ok(match first {
        Some(b'[') => Shape::Array,
        _ => Shape::Lines,
    })
}

/// The records of the file at `path`, which `label` names in errors.
pub(crate) fn elements(path: &Path, shape: Shape) -> Elements {
    let file: Arc<str> = path.display().to_string().into();
    let state = match Bytes::open(path) {
        Ok(bytes) => State::Start(bytes),
        Err(e) => State::Failed(Some(RecordFault::Io(e.to_string()))),
    };
    Elements {
        file,
        shape,
        record: 0,
        state,
    }
}

/// See [`elements`].
pub(crate) struct Elements {
    file: Arc<str>,
    shape: Shape,
    record: u64,
    state: State,
}

enum State {
    Start(Bytes),
    Inside(Bytes),
    Failed(Option<RecordFault>),
    Done,
}

/// What came out of reading one element.
enum Cut {
    Element {
        line: u64,
        offset: u64,
        key: Option<String>,
        bytes: Vec<u8>,
    },
    TooLong {
        line: u64,
    },
    End,
}

impl Iterator for Elements {
    type Item = Result<Element, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = match std::mem::replace(&mut self.state, State::Done) {
            State::Start(mut bytes) => match enter(&mut bytes, self.shape) {
                Ok(()) => bytes,
                Err(fault) => return Some(Err(self.broken(Some(bytes.line), fault))),
            },
            State::Inside(bytes) => bytes,
            State::Failed(fault) => {
                let fault = fault?;
                return Some(Err(self.broken(None, fault)));
            }
            State::Done => return None,
        };
        let cut = match self.shape {
            Shape::Lines => next_line(&mut bytes),
            Shape::Array | Shape::ArrayUnder(_) => next_entry(&mut bytes, self.record, b']'),
            Shape::Entries => next_entry(&mut bytes, self.record, b'}'),
        };
        let line = bytes.line;
        let (item, go_on) = match cut {
            Ok(Cut::End) => return None,
            Ok(Cut::Element {
                line,
                offset,
                key,
                bytes,
            }) => (
                Ok(Element {
                    at: self.at(Some(line)),
                    offset,
                    key,
                    bytes,
                }),
                true,
            ),
            Ok(Cut::TooLong { line }) => {
                let limit = MAX_RECORD_BYTES;
                (
                    Err(self.broken(Some(line), RecordFault::TooLong { limit })),
                    true,
                )
            }
            Err(fault) => (Err(self.broken(Some(line), fault)), false),
        };
        self.record += 1;
        if go_on {
            self.state = State::Inside(bytes);
        }
        Some(item)
    }
}

impl Elements {
    fn at(&self, line: Option<u64>) -> Origin {
        Origin {
            file: self.file.clone(),
            line,
            record: self.record,
        }
    }

    fn broken(&self, line: Option<u64>, fault: RecordFault) -> RecordError {
        self.at(line).error(None, fault)
    }
}

fn io_fault(e: io::Error) -> RecordFault {
    RecordFault::Io(e.to_string())
}

fn broken(reason: impl Into<String>) -> RecordFault {
    RecordFault::Broken(reason.into())
}

/// Moves to the first element.
fn enter(bytes: &mut Bytes, shape: Shape) -> Result<(), RecordFault> {
    match shape {
        Shape::Lines => Ok(()),
        Shape::Array => expect(bytes, b'['),
        Shape::Entries => expect(bytes, b'{'),
        Shape::ArrayUnder(wanted) => {
            expect(bytes, b'{')?;
            let mut first = 0;
            while let Some(key) = next_key(bytes, first)? {
                first += 1;
                if key == wanted {
                    return expect(bytes, b'[');
                }
                value(bytes, None)?;
            }
            Err(broken(format!("the file has no `{wanted}`")))
        }
    }
}

fn expect(bytes: &mut Bytes, wanted: u8) -> Result<(), RecordFault> {
    match bytes.skip_space().map_err(io_fault)? {
        Some(found) if found == wanted => {
            bytes.bump();
            Ok(())
        }
        Some(found) => Err(broken(format!(
            "expected `{}`, found `{}`",
            char::from(wanted),
            char::from(found).escape_default()
        ))),
        None => Err(broken("the file ends too early")),
    }
}

/// The next key of an object, just inside its brace (`index` 0) or behind a value; `None` at the
/// closing brace.
fn next_key(bytes: &mut Bytes, index: u64) -> Result<Option<String>, RecordFault> {
    if !separated(bytes, index, b'}')? {
        return Ok(None);
    }
    if bytes.skip_space().map_err(io_fault)? != Some(b'"') {
        return Err(broken("expected a key in double quotes"));
    }
    let mut raw = Vec::new();
    if !value(bytes, Some(&mut raw))? {
        return Err(broken("a key is too long"));
    }
    let key = serde_json::from_slice(&raw).map_err(|e| broken(format!("bad key: {e}")))?;
    expect(bytes, b':')?;
    Ok(Some(key))
}

/// Consumes the comma before element `index`, or the closing bracket: then `false`.
fn separated(bytes: &mut Bytes, index: u64, close: u8) -> Result<bool, RecordFault> {
    match bytes.skip_space().map_err(io_fault)? {
        None => Err(broken("the file ends in the middle")),
        Some(found) if found == close => {
            bytes.bump();
            Ok(false)
        }
        Some(b',') if index > 0 => {
            bytes.bump();
            Ok(true)
        }
        Some(_) if index == 0 => Ok(true),
        Some(found) => Err(broken(format!(
            "expected `,` between records, found `{}`",
            char::from(found).escape_default()
        ))),
    }
}

/// The next element of an array (`close` is `]`) or entry of an object (`}`).
fn next_entry(bytes: &mut Bytes, index: u64, close: u8) -> Result<Cut, RecordFault> {
    let key = if close == b'}' {
        match next_key(bytes, index)? {
            Some(key) => Some(key),
            None => return Ok(Cut::End),
        }
    } else if separated(bytes, index, close)? {
        None
    } else {
        return Ok(Cut::End);
    };
    bytes.skip_space().map_err(io_fault)?;
    let (line, offset) = (bytes.line, bytes.offset);
    let mut out = Vec::new();
    Ok(if value(bytes, Some(&mut out))? {
        Cut::Element {
            line,
            offset,
            key,
            bytes: out,
        }
    } else {
        Cut::TooLong { line }
    })
}

/// Reads one JSON value, its bytes into `out`. `false`: it was longer than [`MAX_RECORD_BYTES`],
/// `out` is of no use, and the reader stands behind the value all the same.
fn value(bytes: &mut Bytes, mut out: Option<&mut Vec<u8>>) -> Result<bool, RecordFault> {
    let mut depth = 0_u64;
    let mut fits = true;
    let mut in_string = false;
    let mut escaped = false;
    let mut any = false;
    if bytes.skip_space().map_err(io_fault)?.is_none() {
        return Err(broken("the file ends in the middle"));
    }
    loop {
        let Some(byte) = bytes.peek().map_err(io_fault)? else {
            // A bare number or word may end with the file.
            return if depth == 0 && !in_string && any {
                Ok(fits)
            } else {
                Err(broken("the file ends in the middle of a record"))
            };
        };
        let closes = if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            !in_string && depth == 0
        } else {
            match byte {
                b'"' => {
                    in_string = true;
                    false
                }
                b'{' | b'[' => {
                    depth += 1;
                    false
                }
                b'}' | b']' if depth == 0 => return ended(any, fits),
                b'}' | b']' => {
                    depth -= 1;
                    depth == 0
                }
                b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => return ended(any, fits),
                _ => false,
            }
        };
        any = true;
        bytes.bump();
        if let Some(out) = out.as_deref_mut() {
            if out.len() < MAX_RECORD_BYTES {
                out.push(byte);
            } else {
                fits = false;
            }
        }
        if closes {
            return Ok(fits);
        }
    }
}

/// A value that is ended by what follows it; `any`: it has a first character.
fn ended(any: bool, fits: bool) -> Result<bool, RecordFault> {
    if any {
        Ok(fits)
    } else {
        Err(broken("a value is missing"))
    }
}

/// The next line that is not blank.
fn next_line(bytes: &mut Bytes) -> Result<Cut, RecordFault> {
    if bytes.skip_space().map_err(io_fault)?.is_none() {
        return Ok(Cut::End);
    }
    let (line, offset) = (bytes.line, bytes.offset);
    let mut out = Vec::new();
    let mut fits = true;
    loop {
        let chunk = bytes.inner.fill_buf().map_err(io_fault)?;
        if chunk.is_empty() {
            break;
        }
        let end = chunk.iter().position(|b| *b == b'\n');
        let used = end.map_or(chunk.len(), |e| e + 1);
        fits &= out.len() + used <= MAX_RECORD_BYTES;
        if fits {
            out.extend_from_slice(&chunk[..used]);
        }
        bytes.inner.consume(used);
        bytes.offset += used as u64;
        if end.is_some() {
            bytes.line += 1;
            break;
        }
    }
    if !fits {
        return Ok(Cut::TooLong { line });
    }
    let text = out.trim_ascii_end().len();
    out.truncate(text);
    Ok(Cut::Element {
        line,
        offset,
        key: None,
        bytes: out,
    })
}

/// A buffered file that knows where it is.
struct Bytes {
    inner: BufReader<File>,
    line: u64,
    offset: u64,
}

impl Bytes {
    /// Opens `path`; a UTF-8 byte order mark is skipped.
    fn open(path: &Path) -> io::Result<Self> {
        let mut inner = BufReader::with_capacity(1 << 16, File::open(path)?);
        let mark = b"\xEF\xBB\xBF";
        let marked = inner.fill_buf()?.starts_with(mark);
        let offset = if marked { mark.len() } else { 0 };
        inner.consume(offset);
        Ok(Self {
            inner,
            line: 1,
            offset: offset as u64,
        })
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.inner.fill_buf()?.first().copied())
    }

    /// Moves on by the byte that was peeked.
    fn bump(&mut self) {
        if self.inner.buffer().first() == Some(&b'\n') {
            self.line += 1;
        }
        self.inner.consume(1);
        self.offset += 1;
    }

    /// The next byte that is not white space, not consumed.
    fn skip_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.bump(),
                other => return Ok(other),
            }
        }
    }
}
