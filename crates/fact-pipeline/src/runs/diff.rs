//! In what two runs differ: settings, and samples by what became of them.

use crate::store::{Difference, Ended, Reader, StoreError};
use crate::terminal::one_line;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// In what two runs differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Diff {
    /// Settings, as (key, first, second).
    pub settings: Vec<(String, String, String)>,
    /// Samples that both have.
    pub common: u64,
    /// Of those: with another outcome.
    pub changed: u64,
    /// How often an outcome became which.
    pub kinds: BTreeMap<String, u64>,
    /// The first of the changed, in the order of the first run.
    pub samples: Vec<Changed>,
    /// Samples with a rationale in both.
    pub explained: u64,
    /// Of those: with another text.
    pub reworded: u64,
    /// Ids of the first of these, in the order of the first run.
    pub texts: Vec<String>,
    /// Samples that only the first has.
    pub only_first: u64,
    /// Samples that only the second has.
    pub only_second: u64,
}

/// A sample of which something else became.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// Its id.
    pub id: String,
    /// What became of it in the first run.
    pub first: String,
    /// And in the second.
    pub second: String,
}

/// What became of a sample, in words: a level and an answer, or the reason.
fn outcome(ended: &Ended) -> (String, String) {
    let kind = match &ended.failure {
        None if ended.accepted => "accepted".to_owned(),
        None => "not accepted".to_owned(),
        Some(failure) => failure.clone(),
    };
    let mut whole = kind.clone();
    if let Some(level) = ended.level {
        let _ = write!(whole, ", V{level}");
    }
    if let Some(predicted) = &ended.predicted {
        let _ = write!(whole, ", answer {predicted}");
    }
    (kind, whole)
}

impl Diff {
    /// Compares two runs; at most `most` samples are listed of each kind. Memory does not grow with
    /// the runs.
    ///
    /// # Errors
    /// If a store cannot be read.
    pub fn read(first: &Reader, second: &Reader, most: usize) -> Result<Self, StoreError> {
        let different = Difference::between(&first.settings()?, &second.settings()?);
        let mut diff = Self {
            settings: (different.into_iter().map(|d| (d.key, d.was, d.now))).collect(),
            ..Self::default()
        };
        first.for_each_ended(|one| {
            let Some(two) = second.ended(&one.id)? else {
                diff.only_first += 1;
                return Ok(());
            };
            diff.common += 1;
            let texts = (first.rationale_text(&one)?, second.rationale_text(&two)?);
            if let (Some(text_one), Some(text_two)) = texts {
                diff.explained += 1;
                if text_one != text_two {
                    diff.reworded += 1;
                    if diff.texts.len() < most {
                        diff.texts.push(one.id.clone());
                    }
                }
            }
            let ((kind_one, whole_one), (kind_two, whole_two)) = (outcome(&one), outcome(&two));
            if whole_one == whole_two {
                return Ok(());
            }
            diff.changed += 1;
            let kind = match kind_one == kind_two {
                true => format!("{kind_one}, with another answer or level"),
                false => format!("{kind_one} -> {kind_two}"),
            };
            *diff.kinds.entry(kind).or_default() += 1;
            if diff.samples.len() < most {
                diff.samples.push(Changed {
                    id: one.id,
                    first: whole_one,
                    second: whole_two,
                });
            }
            Ok(())
        })?;
        diff.only_second = second.counts()?.samples.saturating_sub(diff.common);
        Ok(diff)
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut write = |text: String| {
            let _ = writeln!(out, "{text}");
        };
        write(match self.settings.len() {
            0 => "settings: the same".to_owned(),
            _ => "settings".to_owned(),
        });
        for (key, first, second) in &self.settings {
            write(format!(
                "  {key}: {} -> {}",
                one_line(first),
                one_line(second)
            ));
        }
        write(format!(
            "samples: {} in both, {} with another outcome, {} only in the first, {} only in the second",
            self.common, self.changed, self.only_first, self.only_second
        ));
        let mut kinds: Vec<(&String, &u64)> = self.kinds.iter().collect();
        kinds.sort_by_key(|(kind, n)| (std::cmp::Reverse(**n), kind.as_str()));
        for (kind, n) in kinds {
            write(format!("  {n:>7}  {}", one_line(kind)));
        }
        for changed in &self.samples {
            let Changed { id, first, second } = changed;
            write(format!(
                "{}: {} -> {}",
                one_line(id),
                one_line(first),
                one_line(second)
            ));
        }
        let more = self.changed - self.samples.len() as u64;
        if more > 0 {
            write(format!("… and {more} more; --all lists them"));
        }
        write(format!(
            "rationales: {} in both, {} with another text",
            self.explained, self.reworded
        ));
        for id in &self.texts {
            write(format!("{}: another text", one_line(id)));
        }
        let more = self.reworded - self.texts.len() as u64;
        if more > 0 {
            write(format!("… and {more} more; --all lists them"));
        }
        out
    }
}
