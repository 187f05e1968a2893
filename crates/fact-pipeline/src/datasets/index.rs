//! Annotations that a format keeps apart from its questions, found by key without being held.
//!
//! A pass over the file at opening notes where each annotation starts and how long it is; an
//! annotation is read again when a question asks for it. The last one is kept, as the questions
//! of an image mostly follow each other.

use super::error::{OpenError, RecordError, RecordFault};
use super::input::{self, Element, Shape};
use serde_json::Value;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The places of the annotations in one file.
#[derive(Debug)]
pub(super) struct Index {
    path: PathBuf,
    places: HashMap<Box<str>, Place>,
    /// Annotations that could not be read.
    faults: Vec<RecordError>,
    last: Mutex<Last>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    len: u32,
}

#[derive(Debug, Default)]
struct Last {
    file: Option<File>,
    found: Option<(Box<str>, Arc<Value>)>,
}

impl Index {
    /// Indexes the elements of `path` by the key that `key` reads from each.
    ///
    /// # Errors
    /// When the file cannot be read to its end. Single malformed annotations are
    /// [`faults`](Self::faults).
    pub(super) fn build(
        path: &Path,
        shape: Shape,
        key: impl Fn(&Element) -> Result<String, RecordError>,
    ) -> Result<Self, OpenError> {
        let mut places = HashMap::new();
        let mut faults = Vec::new();
        for element in input::elements(path, shape) {
            let element = match element {
                Ok(element) => element,
                Err(e) => match *e.fault {
                    RecordFault::Broken(_) | RecordFault::Io(_) => return Err(OpenError::Index(e)),
                    _ => {
                        faults.push(e);
                        continue;
                    }
                },
            };
            let place = Place {
                offset: element.offset,
                // An element is no longer than MAX_RECORD_BYTES.
                len: u32::try_from(element.bytes.len()).unwrap_or(u32::MAX),
            };
            match key(&element) {
                Err(e) => faults.push(e),
                Ok(key) if places.contains_key(key.as_str()) => {
                    faults.push(element.at.error(None, RecordFault::Duplicate(key)));
                }
                Ok(key) => {
                    places.insert(key.into_boxed_str(), place);
                }
            }
        }
        Ok(Self {
            path: path.to_path_buf(),
            places,
            faults,
            last: Mutex::default(),
        })
    }

    /// What could not be indexed.
    pub(super) fn faults(&self) -> &[RecordError] {
        &self.faults
    }

    /// The file's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The annotation under `key`, if there is one; the error says why it cannot be read.
    pub(super) fn get(&self, key: &str) -> Result<Option<Arc<Value>>, String> {
        let Some(place) = self.places.get(key) else {
            return Ok(None);
        };
        // Nothing is left half-done by a panic of another holder: each field is set at once.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, value)) = last.found.as_ref().filter(|(k, _)| **k == *key) {
            return Ok(Some(value.clone()));
        }
        let bytes = self.read(&mut last, *place);
        let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", self.path.display());
        let bytes = bytes.map_err(|e| failed(&e))?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|e| failed(&e))?;
        let value = Arc::new(value);
        last.found = Some((key.into(), value.clone()));
        Ok(Some(value))
    }

    fn read(&self, last: &mut Last, place: Place) -> io::Result<Vec<u8>> {
        let mut file = match last.file.take() {
            Some(file) => file,
            None => File::open(&self.path)?,
        };
        file.seek(SeekFrom::Start(place.offset))?;
        let mut bytes = vec![0; place.len as usize];
        file.read_exact(&mut bytes)?;
        last.file = Some(file);
        Ok(bytes)
    }
}
