//! What students judge, and are trained on: the samples of a run, with their pictures at the students' size.

use super::super::{TransferError, prompt};
use super::folds::Carries;
use crate::datasets::ImageLookup;
use crate::store::{Explained, Reader};
use crate::students::{StudentError, sized};
use fact_core::matcher::Matcher;
use fact_core::rationale::Rationale;
use fact_core::sample::Sample;
use fact_core::transfer::{Condition, hint};
use fact_student::Picture;
use fact_student::config::ImageSize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most answers that are weighed against each other where a question is open.
const MOST_ANSWERS: usize = 64;
/// Most bytes of a question, a rationale and an answer that are shown. Far below what a student can read,
/// even if every byte is a token.
const QUESTION: usize = 500;
pub(super) const HINT_BYTES: usize = 1200;
const ANSWER: usize = 100;

/// A sample.
pub(super) struct Subject {
    pub(super) ordinal: u64,
    /// Number of its group in the store.
    pub(super) group: u64,
    pub(super) sample: Sample,
    /// Its rationale as it counts.
    rationale: Option<Rationale>,
    /// The same without its conclusion, the answer's words masked.
    pub(super) hint: String,
    /// Hash of the image's file.
    pub(super) image: Arc<str>,
    pub(super) picture: Arc<Picture>,
}

/// The samples of a run that students can judge.
pub(super) struct Subjects {
    pub(super) all: Vec<Subject>,
    pub(super) matcher: Matcher,
    /// Samples left out: a student sees one image.
    pub(super) several_images: usize,
    /// The answers that open questions of the run have, the most frequent first.
    common: Vec<String>,
}

impl Subjects {
    /// Reads them, in the data set's order.
    pub(super) fn read(
        reader: &Reader,
        explained: &[Explained],
        images: &ImageLookup,
        size: ImageSize,
    ) -> Result<Self, TransferError> {
        let mut pictures: BTreeMap<String, (Arc<str>, Arc<Picture>)> = BTreeMap::new();
        let mut all = Vec::new();
        let mut several_images = 0;
        for one in explained {
            // It was listed a moment ago, and the store is locked.
            let row = reader.row(one.ordinal)?.ok_or(TransferError::Nothing)?;
            let (own, counted) = (row.hint().unwrap_or_default(), row.counted().cloned());
            let sample = row.sample;
            if sample.answers.is_empty() {
                return Err(TransferError::Unlabelled(sample.id));
            }
            let sources = images.of(&sample.id);
            let sources = sources.ok_or_else(|| TransferError::NoImage(sample.id.clone()))?;
            let [source] = sources else {
                several_images += 1;
                continue;
            };
            let (image, picture) = match pictures.get(source.name()) {
                Some(known) => known.clone(),
                None => {
                    let id = || sample.id.clone();
                    let limits = fact_models::DecodeLimits::default();
                    let bytes = source.read(limits.file_bytes);
                    let bytes = bytes.map_err(|source| StudentError::Read { id: id(), source })?;
                    let (hash, picture) = sized(&sample.id, &bytes, size)?;
                    let known = (hash, Arc::new(picture));
                    pictures.insert(source.name().to_owned(), known.clone());
                    known
                }
            };
            all.push(Subject {
                ordinal: one.ordinal,
                group: one.group,
                rationale: counted,
                hint: own,
                image,
                picture,
                sample,
            });
        }
        let matcher = images.matcher();
        let common = common(matcher, &all);
        Ok(Self {
            all,
            matcher,
            several_images,
            common,
        })
    }

    /// The answers that a sample's is weighed against: those of a closed question; of an open one all that
    /// open questions of the run have, the 64 most frequent if they are more, and its own.
    pub(super) fn answers(&self, subject: &Subject) -> Vec<String> {
        let closed = prompt::closed(self.matcher, &subject.sample);
        if !closed.is_empty() {
            return closed.iter().map(|answer| cut(answer, ANSWER)).collect();
        }
        let mut answers = self.common.clone();
        for own in &subject.sample.answers {
            let own = cut(&own.text, ANSWER);
            if !answers.contains(&own) {
                answers.push(own);
            }
        }
        answers
    }

    /// The answer that is learned: of a closed question the first that is right, else the data set's best.
    pub(super) fn answer(&self, subject: &Subject) -> String {
        let closed = prompt::closed(self.matcher, &subject.sample);
        let right = |answer: &&String| self.matcher.is_right(answer, &subject.sample.answers);
        let own = closed.iter().find(right).map(String::as_str);
        let own = own.or_else(|| subject.sample.answer());
        cut(own.unwrap_or_default(), ANSWER)
    }

    /// Another's rationale as a note about this sample.
    pub(super) fn placebo(&self, subject: &Subject, other: &Subject) -> String {
        let answers = subject.sample.answers.iter().map(|a| a.text.as_str());
        let text = other.rationale.as_ref().map(|r| hint(r, answers));
        text.unwrap_or_default()
    }

    /// Hash of all that students learn from, and of how answers are compared.
    pub(super) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        part(&format!("{:?}", self.matcher));
        for subject in &self.all {
            let sample = &subject.sample;
            part(&sample.id);
            part(&subject.image);
            for text in [
                &sample.question,
                &sample.group,
                &sample.scene,
                &subject.hint,
            ] {
                part(text);
            }
            for answer in &sample.answers {
                part(&answer.text);
                part(&answer.weight.to_string());
            }
            for choice in &sample.choices {
                part(choice);
            }
            part("");
        }
        hex(&hash.finalize())
    }
}

/// The answers of open questions, the most frequent first, then by their text.
fn common(matcher: Matcher, subjects: &[Subject]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for subject in subjects {
        if prompt::closed(matcher, &subject.sample).is_empty()
            && let Some(answer) = subject.sample.answer()
        {
            *counts.entry(cut(answer, ANSWER)).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(MOST_ANSWERS);
    counts.into_iter().map(|(answer, _)| answer).collect()
}

impl Subject {
    /// What of it could carry over to another.
    pub(super) fn carries(&self) -> Carries {
        let sample = &self.sample;
        Carries {
            // The scenes of different groups may have the same names.
            pictures: vec![
                format!("image {}", self.image),
                format!("scene {} {}", self.group, sample.scene),
            ],
            questions: vec![
                format!("group {}", self.group),
                format!("text {}", self.question().to_lowercase()),
            ],
        }
    }

    /// The question as it is asked.
    pub(super) fn question(&self) -> String {
        let words: Vec<&str> = self.sample.question.split_whitespace().collect();
        cut(&words.join(" "), QUESTION)
    }
}

/// What a student of a run is asked: the question, and behind it the note if there is one.
pub(super) fn asked(condition: Condition, question: &str, note: &str) -> String {
    let note = cut(note.trim(), HINT_BYTES);
    match condition {
        Condition::Plain => question.to_owned(),
        _ if note.is_empty() => question.to_owned(),
        _ => format!("{question} | {note}"),
    }
}

/// The beginning of a text, so many bytes at most.
pub(super) fn cut(text: &str, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// As digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_stands_behind_the_question() {
        assert_eq!(
            asked(Condition::Plain, "Is it red?", "It is."),
            "Is it red?"
        );
        assert_eq!(
            asked(Condition::Text, "Is it red?", " It is. "),
            "Is it red? | It is."
        );
        assert_eq!(asked(Condition::Placebo, "Is it red?", ""), "Is it red?");
        let long = asked(Condition::Rationale, "Q", &"ä".repeat(4000));
        assert!(long.len() <= 1204, "{}", long.len());
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("aäb", 2), "a");
        assert_eq!(cut("aäb", 3), "aä");
        assert_eq!(cut("ab", 9), "ab");
    }
}
