//! Making the list from the store.

use fact_core::rationale::Rationale;
use fact_core::sample::Sample;
use fact_core::tokens;
use fact_core::transfer::hint;
use fact_core::verify::Level;
use fact_pipeline::store::{ListedRow, Reader, StoreError, current, reviews};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Rows that are parsed at once, in several threads.
const CHUNK: usize = 4096;
/// Bytes of a sample's texts that a search looks at.
const SEARCHED: usize = 4096;
/// Bytes of a question that a list shows.
const SHOWN: usize = 240;

/// A sample as it is listed, filtered and sorted.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Position in the data set.
    pub(crate) ordinal: u64,
    pub(crate) id: Box<str>,
    pub(crate) question: Box<str>,
    pub(crate) predicted: Option<Box<str>>,
    pub(crate) level: Option<Level>,
    pub(crate) accepted: bool,
    /// In [0, 1].
    pub(crate) confidence: Option<f32>,
    /// Index into [`Listed::failures`].
    pub(crate) failure: Option<u32>,
    /// Of the rationale, if there is one.
    pub(crate) tokens: Option<u32>,
    /// How much better verifiers answer with the rationale, their mean, in [-1, 1].
    pub(crate) lift: Option<f32>,
    /// What a review is of.
    pub(crate) subject: Box<str>,
    /// Id, question, answers and rationale, in lower case.
    pub(crate) search: Box<str>,
}

/// All samples of a run.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// By their place in the data set.
    pub(crate) entries: Vec<Entry>,
    /// Every reason for not being accepted, with the number of samples.
    pub(crate) failures: Vec<(String, u64)>,
    /// Whether a verifier was asked about any.
    pub(crate) transferred: bool,
}

/// Why a row is not what the store writes.
type Fault = serde_json::Error;

impl Listed {
    /// Reads the list, or of it the page from a place with so many samples.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(crate) fn read(reader: &Reader, page: Option<(usize, usize)>) -> Result<Self, StoreError> {
        let transferred = !reader.verifiers()?.is_empty();
        let mut listed = Self {
            transferred,
            ..Self::default()
        };
        let mut failures: BTreeMap<String, (u32, u64)> = BTreeMap::new();
        let mut chunk: Vec<(ListedRow, Option<u32>)> = Vec::with_capacity(CHUNK);
        reader.for_each_listed::<StoreError>(page, |row| {
            let failure = row.failure.clone().map(|name| {
                let next = failures.len() as u32;
                let of = failures.entry(name).or_insert((next, 0));
                of.1 += 1;
                of.0
            });
            chunk.push((row, failure));
            match chunk.len() {
                CHUNK => listed.add(&mut chunk, reader),
                _ => Ok(()),
            }
        })?;
        listed.add(&mut chunk, reader)?;
        let mut named: Vec<(u32, String, u64)> = failures
            .into_iter()
            .map(|(name, (index, count))| (index, name, count))
            .collect();
        named.sort_unstable();
        listed.failures = named.into_iter().map(|(_, name, n)| (name, n)).collect();
        Ok(listed)
    }

    /// Parses rows and empties the chunk.
    fn add(
        &mut self,
        chunk: &mut Vec<(ListedRow, Option<u32>)>,
        reader: &Reader,
    ) -> Result<(), StoreError> {
        let parsed: Vec<_> = std::mem::take(chunk)
            .into_par_iter()
            .map(|(row, failure)| {
                let ordinal = row.ordinal;
                entry(row, failure, self.transferred).map_err(|e| (ordinal, e))
            })
            .collect();
        for parsed in parsed {
            let (mut entry, hint) = parsed.map_err(|(ordinal, e)| StoreError::Row {
                path: reader.path().to_owned(),
                what: format!("sample number {ordinal}"),
                message: e.to_string(),
            })?;
            if let Some(hint) = hint {
                entry.lift = lift(reader, entry.ordinal, &hint)?;
            }
            self.entries.push(entry);
        }
        Ok(())
    }

    /// The sample in a place of the data set.
    pub(crate) fn entry(&self, ordinal: u64) -> Option<&Entry> {
        let at = self.entries.binary_search_by_key(&ordinal, |e| e.ordinal);
        self.entries.get(at.ok()?)
    }
}

/// The entry, and the text that verifiers were shown if that is wanted.
fn entry(
    row: ListedRow,
    failure: Option<u32>,
    transferred: bool,
) -> Result<(Entry, Option<String>), Fault> {
    let sample: Sample = serde_json::from_str(&row.sample)?;
    let rationale = row.rationale.as_deref();
    let rationale: Option<Rationale> = rationale.map(serde_json::from_str).transpose()?;
    let text = rationale.as_ref().map(Rationale::text);
    let answers = sample.answers.iter().map(|a| a.text.as_str());
    let hint = match &rationale {
        Some(rationale) if transferred => Some(hint(rationale, answers.clone())),
        _ => None,
    };
    let parts = [sample.id.as_str(), sample.question.as_str()]
        .into_iter()
        .chain(answers)
        .chain(row.predicted.as_deref())
        .chain(text.as_deref());
    let mut search = String::new();
    for part in parts {
        search.push_str(&part.to_lowercase());
        search.push('\n');
    }
    cut(&mut search, SEARCHED);
    let mut question = sample.question;
    cut(&mut question, SHOWN);
    let entry = Entry {
        ordinal: row.ordinal,
        subject: reviews::subject(row.predicted.as_deref(), rationale.as_ref()).into(),
        id: sample.id.into(),
        question: question.into(),
        predicted: row.predicted.map(Into::into),
        level: row.level,
        accepted: row.accepted,
        confidence: row.confidence.map(|c| c as f32),
        failure,
        tokens: text.map(|text| tokens::count(&text) as u32),
        lift: None,
        search: search.into(),
    };
    Ok((entry, hint))
}

/// Cuts to at most so many bytes, between characters.
fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        let end = (0..=most).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
    }
}

/// The mean lift over the verifiers that were asked with and without the rationale that is there now.
fn lift(reader: &Reader, ordinal: u64, hint: &str) -> Result<Option<f32>, StoreError> {
    let rows = reader.transfers(ordinal)?;
    let scores = current(&rows, hint);
    let lifts: Vec<f64> = scores.values().filter_map(|scores| scores.lift()).collect();
    Ok(match lifts.len() {
        0 => None,
        n => Some((lifts.iter().sum::<f64>() / n as f64) as f32),
    })
}
