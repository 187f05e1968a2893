//! What a student was trained on, written beside it, so that it never judges it.
//!
//! A line an example: its id, the beginning of a hash of its picture at the student's size, that of its
//! question, and `train` or `validation`: the best step was chosen by the latter.

use super::StudentError;
use super::teach::write;
use crate::datasets::{elements, lines_or_array};
use fact_student::{Example, Picture};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

/// File of what a student learned from, in its folder.
pub const LEARNED: &str = "learned.jsonl";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    picture: Option<String>,
    question: String,
    part: Part,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Part {
    Train,
    Validation,
}

/// What a student was trained on and chosen by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Learned {
    /// Ids of the examples.
    pub(crate) ids: BTreeSet<String>,
    /// Hashes of their pictures, see [`Learned::picture`].
    pub(crate) pictures: BTreeSet<String>,
    /// Hashes of their questions, see [`Learned::text`].
    pub(crate) questions: BTreeSet<String>,
}

impl Learned {
    /// The hash of a picture at the student's size.
    pub(crate) fn picture(picture: &Picture) -> String {
        let (width, height) = (picture.width(), picture.height());
        let hash = Sha256::new().chain_update(format!("{width}x{height} "));
        short(hash.chain_update(picture.pixels()))
    }

    /// The hash of a question; of those that differ in case and space alone it is the same.
    pub(crate) fn question(question: &str) -> String {
        let words: Vec<&str> = question.split_whitespace().collect();
        short(Sha256::new().chain_update(words.join(" ").to_lowercase()))
    }

    /// Reads what was written beside a student.
    ///
    /// # Errors
    /// If there is nothing, or a line is malformed.
    pub(crate) fn read(folder: &Path) -> Result<Self, StudentError> {
        let file = folder.join(LEARNED);
        if !file.is_file() {
            return Err(StudentError::Untold(folder.to_owned()));
        }
        let mut learned = Self::default();
        for element in elements(&file, lines_or_array(&file)?) {
            let line: Line = element?.parse()?;
            learned.ids.insert(line.id);
            learned.pictures.extend(line.picture);
            learned.questions.insert(line.question);
        }
        Ok(learned)
    }
}

/// Writes what a student was trained on.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn write_learned(
    folder: &Path,
    train: &[Example],
    validation: &[Example],
    start: Option<&Path>,
) -> Result<(), StudentError> {
    let path = folder.join(LEARNED);
    let train = train.iter().map(|example| (Part::Train, example));
    let validation = validation.iter().map(|example| (Part::Validation, example));
    let mut lines = match start {
        Some(start) => before(start)?,
        None => Vec::new(),
    };
    for (part, example) in train.chain(validation) {
        let line = Line {
            id: example.id.clone(),
            picture: example.picture.as_deref().map(Learned::picture),
            question: Learned::question(&example.question),
            part,
        };
        let written = serde_json::to_writer(&mut lines, &line);
        written.map_err(|e| StudentError::Write {
            path: path.clone(),
            source: e.into(),
        })?;
        lines.push(b'\n');
    }
    write(&path, &lines)
}

/// What a student learned from, as it was written.
fn before(folder: &Path) -> Result<Vec<u8>, StudentError> {
    let path = folder.join(LEARNED);
    match std::fs::read(&path) {
        Ok(lines) => Ok(lines),
        Err(e) if e.kind() == ErrorKind::NotFound => Err(StudentError::Untold(folder.to_owned())),
        Err(source) => Err(StudentError::Unread { path, source }),
    }
}

/// The first 64 bits, as digits.
fn short(hash: Sha256) -> String {
    let digits = hash.finalize();
    digits
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn example(id: &str, shade: u8) -> Example {
        Example {
            id: id.into(),
            picture: Some(Arc::new(Picture::new(2, 1, vec![shade; 6]).unwrap())),
            question: "Is it  Red?".into(),
            answer: "yes".into(),
            rationale: None,
            weight: 1.0,
        }
    }

    #[test]
    fn what_was_learned_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (example("a", 1), example("b", 2));
        assert!(matches!(
            Learned::read(folder.path()),
            Err(StudentError::Untold(_))
        ));
        let write = |folder: &Path, a: &Example, b: &Example, start: Option<&Path>| {
            let (a, b) = (std::slice::from_ref(a), std::slice::from_ref(b));
            write_learned(folder, a, b, start)
        };
        write(folder.path(), &a, &b, None).unwrap();
        let learned = Learned::read(folder.path()).unwrap();
        assert_eq!(learned.ids.len(), 2);
        for example in [&a, &b] {
            let picture = example.picture.as_deref().unwrap();
            assert!(learned.pictures.contains(&Learned::picture(picture)));
        }
        let other = example("c", 3).picture.unwrap();
        assert!(!learned.pictures.contains(&Learned::picture(&other)));
        assert!(learned.questions.contains(&Learned::question("is it red?")));
        // Who begins with a student has learned what it learned; of one that does not tell, nobody knows.
        let (next, c) = (tempfile::tempdir().unwrap(), example("c", 3));
        let untold = write(next.path(), &c, &c, Some(next.path())).unwrap_err();
        assert!(matches!(untold, StudentError::Untold(_)));
        write(next.path(), &c, &c, Some(folder.path())).unwrap();
        assert_eq!(Learned::read(next.path()).unwrap().ids.len(), 3);
        std::fs::write(folder.path().join(LEARNED), "{\"id\":\"a\"}\n").unwrap();
        let error = Learned::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("learned.jsonl:1"), "{error}");
    }
}
