//! What students of one experiment share: the pieces of text that are tokens, and how long texts may be.
//!
//! Both decide a student's shape. Learned anew by each training, they would differ with the rationales that
//! it reads, and with them the sizes that are compared.

use crate::checkpoint::whole_file;
use crate::config::MAX_TEXT;
use crate::example::Example;
use crate::layout::{Row, TooLong};
use crate::tokenizer::Tokenizer;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes: all pieces at their longest, with room.
const MAX_FILE: u64 = 1 << 20;

/// Pieces and positions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Tokens of text that a row may have, one task after the question.
    pub positions: usize,
    /// The pieces.
    pub pieces: Tokenizer,
}

/// Why a vocabulary cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// The system refused.
    #[error("cannot {what} {path}: {source}")]
    File {
        /// `read` or `write`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is none.
    #[error("{path} is not a vocabulary: {reason}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl Vocabulary {
    /// Learns from the texts of `train`: pieces that occur `least` times or more, the `most` frequent ones if
    /// there are more. Positions are enough for `train` and `others`, with some room.
    ///
    /// # Errors
    /// If a text is longer than any student reads.
    pub fn learn<'a>(
        train: impl Iterator<Item = &'a Example> + Clone,
        others: impl Iterator<Item = &'a Example>,
        least: usize,
        most: usize,
    ) -> Result<Self, TooLong> {
        let texts = train.clone().flat_map(|e| {
            let always = [e.question.as_str(), e.answer.as_str()];
            always.into_iter().chain(e.rationale.as_deref())
        });
        let pieces = Tokenizer::learn(texts, least, most);
        let mut longest = 0;
        for example in train.chain(others) {
            longest = longest.max(Row::of(example, &pieces, MAX_TEXT)?.length());
        }
        // Some room for a rationale that is longer than those seen.
        let positions = (longest + 16).next_multiple_of(16).min(MAX_TEXT);
        Ok(Self { positions, pieces })
    }

    /// Reads a file that [`write`](Self::write) wrote.
    ///
    /// # Errors
    /// If it cannot be read, is no vocabulary, or is out of range.
    pub fn read(path: &Path) -> Result<Self, VocabularyError> {
        let error = |source| VocabularyError::File {
            what: "read",
            path: path.to_owned(),
            source,
        };
        let format = |reason: String| VocabularyError::Format {
            path: path.to_owned(),
            reason,
        };
        let mut text = String::new();
        let file = File::open(path).map_err(error)?;
        let read = file.take(MAX_FILE + 1).read_to_string(&mut text);
        if read.map_err(error)? as u64 > MAX_FILE {
            return Err(format(format!("larger than {MAX_FILE} bytes")));
        }
        let vocabulary: Self = serde_json::from_str(&text).map_err(|e| format(e.to_string()))?;
        if !(8..=MAX_TEXT).contains(&vocabulary.positions) {
            let positions = vocabulary.positions;
            return Err(format(format!(
                "{positions} positions, expected 8 to {MAX_TEXT}"
            )));
        }
        Ok(vocabulary)
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write(&self, path: &Path) -> Result<(), VocabularyError> {
        let text = serde_json::to_string(self).map_err(io::Error::from);
        let written = text.and_then(|text| whole_file(path, format!("{text}\n").as_bytes()));
        written.map_err(|source| VocabularyError::File {
            what: "write",
            path: path.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(rationale: &str) -> Example {
        Example {
            id: "a".into(),
            picture: None,
            question: "is it red".into(),
            answer: "yes".into(),
            rationale: Some(rationale.into()),
            weight: 1.0,
        }
    }

    #[test]
    fn it_has_the_pieces_of_all_and_room_for_the_longest() {
        let (short, long) = (example("it is"), example(&"so ".repeat(40)));
        let learned =
            |all: &[&Example]| Vocabulary::learn(all.iter().copied(), [].into_iter(), 1, 100);
        let alone = learned(&[&short]).unwrap();
        let both = learned(&[&short, &long]).unwrap();
        assert_eq!(alone.positions, 32);
        assert!(both.positions > 60 && both.pieces.size() > alone.pieces.size());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vocabulary.json");
        both.write(&path).unwrap();
        assert_eq!(Vocabulary::read(&path).unwrap(), both);
    }

    #[test]
    fn a_malformed_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vocabulary.json");
        for (text, expected) in [
            ("[]", "is not a vocabulary"),
            (r#"{"positions":4,"pieces":[]}"#, "4 positions"),
            (r#"{"positions":99999999999,"pieces":[]}"#, "positions"),
            (r#"{"positions":64,"pieces":["a"]}"#, "a piece of 1 bytes"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Vocabulary::read(&path).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        std::fs::write(&path, " ".repeat(2 << 20)).unwrap();
        let error = Vocabulary::read(&path).unwrap_err().to_string();
        assert!(error.contains("larger than"), "{error}");
    }
}
