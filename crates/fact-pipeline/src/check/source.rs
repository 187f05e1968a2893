//! Rows of a run or a file, in chunks of bounded size, unparsed: parsing is the workers' part.

use super::{CheckError, MAX_RECORD_BYTES};
use crate::export::{ExportRow, parse_row};
use crate::store::{Reader, UnparsedRow};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

/// Rows of a chunk.
const ROWS: usize = 128;
/// A chunk ends with the row in which it gets longer than this, in bytes.
const BYTES: usize = 1 << 20;

/// A row as it was found.
pub(super) enum Item {
    /// A line of a file; `bytes` is `None` if it is too long.
    Line {
        file: Arc<str>,
        number: u64,
        bytes: Option<Vec<u8>>,
    },
    /// A row of a run.
    Row(Box<UnparsedRow>),
}

/// Rows that follow each other.
pub(super) type Chunk = Vec<Item>;

/// Takes a chunk; false if no more are wanted.
pub(super) type Take<'t> = &'t mut dyn FnMut(Chunk) -> bool;

/// A row that could be read.
pub(super) struct FoundRow {
    pub(super) row: ExportRow,
    /// Choices of the sample, where a run knows them.
    pub(super) choices: Option<Vec<String>>,
}

impl Item {
    fn size(&self) -> usize {
        match self {
            Self::Line { bytes, .. } => bytes.as_ref().map_or(0, Vec::len),
            Self::Row(row) => row.size(),
        }
    }

    /// File and line, if it is of a file; and the row, or else its id, if that is known, and what is
    /// wrong.
    #[allow(clippy::type_complexity, reason = "named by its documentation")]
    pub(super) fn read(self) -> (Option<String>, Result<FoundRow, (Option<String>, String)>) {
        match self {
            Self::Line {
                file,
                number,
                bytes,
            } => {
                let read = line(bytes).map_err(|message| (None, message));
                (Some(format!("{file}:{number}")), read)
            }
            Self::Row(row) => {
                let id = row.id.clone();
                let read = if row.size() > MAX_RECORD_BYTES {
                    Err(too_long())
                } else {
                    row.parse().map_err(|e| e.to_string())
                };
                let found = |row: crate::store::ReadRow| FoundRow {
                    choices: Some(row.sample.choices.clone()),
                    row: row.into(),
                };
                (None, read.map(found).map_err(|message| (Some(id), message)))
            }
        }
    }
}

fn too_long() -> String {
    format!("longer than {} MiB", MAX_RECORD_BYTES >> 20)
}

fn line(bytes: Option<Vec<u8>>) -> Result<FoundRow, String> {
    let bytes = bytes.ok_or_else(too_long)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|e| format!("not UTF-8 from byte {} on", e.valid_up_to()))?;
    let row = parse_row(text)?;
    Ok(FoundRow { row, choices: None })
}

/// Gathers items into chunks.
struct Gather<'t> {
    chunk: Chunk,
    bytes: usize,
    take: Take<'t>,
}

impl<'t> Gather<'t> {
    fn new(take: Take<'t>) -> Self {
        Self {
            chunk: Vec::new(),
            bytes: 0,
            take,
        }
    }

    /// False if no more are wanted.
    fn push(&mut self, item: Item) -> bool {
        self.bytes += item.size();
        self.chunk.push(item);
        if self.chunk.len() < ROWS && self.bytes < BYTES {
            return true;
        }
        self.flush()
    }

    fn flush(&mut self) -> bool {
        self.bytes = 0;
        let chunk = std::mem::take(&mut self.chunk);
        chunk.is_empty() || (self.take)(chunk)
    }
}

/// How reading a run ends early.
enum Ended {
    Error(CheckError),
    Enough,
}

impl From<crate::store::StoreError> for Ended {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Error(error.into())
    }
}

/// The rows of a run, or the one of a sample.
pub(super) fn of_run(reader: &Reader, id: Option<&str>, take: Take<'_>) -> Result<(), CheckError> {
    let mut gather = Gather::new(take);
    let read = reader.for_each_unparsed(false, |row| {
        if id.is_some_and(|id| id != row.id) || gather.push(Item::Row(Box::new(row))) {
            Ok(())
        } else {
            Err(Ended::Enough)
        }
    });
    match read {
        Err(Ended::Error(error)) => return Err(error),
        Err(Ended::Enough) => {}
        Ok(()) => {
            gather.flush();
        }
    }
    Ok(())
}

/// The lines of a file, `-` being standard input; empty ones are passed over.
pub(super) fn of_file(path: &Path, take: Take<'_>) -> Result<(), CheckError> {
    let failed = |source| CheckError::Read {
        path: path.to_owned(),
        source,
    };
    if path == Path::new("-") {
        return of_lines("standard input", &mut io::stdin().lock(), take).map_err(failed);
    }
    let file = File::open(path).map_err(failed)?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    of_lines(&path.to_string_lossy(), &mut reader, take).map_err(failed)
}

fn of_lines(name: &str, reader: &mut dyn BufRead, take: Take<'_>) -> io::Result<()> {
    let file: Arc<str> = name.into();
    let mut gather = Gather::new(take);
    let mut number = 0;
    while let Some(bytes) = next_line(reader, MAX_RECORD_BYTES)? {
        number += 1;
        if bytes.as_ref().is_some_and(|b| b.trim_ascii().is_empty()) {
            continue;
        }
        let file = file.clone();
        let item = Item::Line {
            file,
            number,
            bytes,
        };
        if !gather.push(item) {
            return Ok(());
        }
    }
    gather.flush();
    Ok(())
}

/// The next line without its end: `None` at the end of the file, `Some(None)` if it is longer than
/// `most` bytes, of which no more are kept.
fn next_line(reader: &mut dyn BufRead, most: usize) -> io::Result<Option<Option<Vec<u8>>>> {
    let mut line = Vec::new();
    let (mut any, mut too_long) = (false, false);
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if available.is_empty() {
            break;
        }
        any = true;
        let end = available.iter().position(|b| *b == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        if line.len() + part.len() > most {
            (too_long, line) = (true, Vec::new());
        } else if !too_long {
            line.extend_from_slice(part);
        }
        let consumed = part.len() + usize::from(end.is_some());
        reader.consume(consumed);
        if end.is_some() {
            break;
        }
    }
    Ok(any.then(|| (!too_long).then_some(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], most: usize) -> Vec<Option<String>> {
        // A buffer that cuts lines anywhere.
        let mut reader = BufReader::with_capacity(3, text);
        std::iter::from_fn(|| next_line(&mut reader, most).unwrap())
            .map(|line| line.map(|bytes| String::from_utf8(bytes).unwrap()))
            .collect()
    }

    #[test]
    fn lines_are_bounded_and_the_next_is_found() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(lines(b"", 4), []);
        assert_eq!(lines(b"ab\n\ncd", 4), [some("ab"), some(""), some("cd")]);
        assert_eq!(
            lines(b"abcd\nabcde\nx\n", 4),
            [some("abcd"), None, some("x")]
        );
        assert_eq!(lines(b"0123456789", 4), [None]);
    }
}
