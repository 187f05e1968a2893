//! Which rows of a run an export takes.

use super::ExportError;
use super::Reviewed;
use crate::store::{Decision, ReadRow, Reader, Review, current};
use fact_core::transfer::{Rule, Vote};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Which rationales are kept, by what verifiers answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Keep {
    /// The rules; all must hold.
    pub rules: Vec<Rule>,
    /// How several verifiers decide on each.
    pub vote: Vote,
}

/// The rows of a run that an export takes, and how many it passes by.
pub(super) struct Rows<'a> {
    reader: &'a Reader,
    only_accepted: bool,
    keep: Option<&'a Keep>,
    /// Rows that a rule does not keep.
    pub(super) not_kept: Cell<u64>,
    /// Rows with a rationale that a rule cannot tell about: a verifier was not asked.
    pub(super) unscored: Cell<u64>,
    reviewed: Reviewed,
    /// By id; empty if they are ignored.
    reviews: BTreeMap<String, Review>,
    /// Rows that a person rejected.
    pub(super) rejected: Cell<u64>,
    /// Rows that no person accepted, where only accepted ones are taken.
    pub(super) unreviewed: Cell<u64>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        reader: &'a Reader,
        only_accepted: bool,
        keep: Option<&'a Keep>,
        reviewed: Reviewed,
    ) -> Result<Self, ExportError> {
        if keep.is_some() && reader.verifiers()?.is_empty() {
            return Err(ExportError::NoVerifier);
        }
        Ok(Self {
            reader,
            // Only rationales are kept by a rule.
            only_accepted: only_accepted || keep.is_some(),
            keep,
            not_kept: Cell::new(0),
            unscored: Cell::new(0),
            reviewed,
            reviews: match reviewed {
                Reviewed::Ignore => BTreeMap::new(),
                _ => reader.reviews()?,
            },
            rejected: Cell::new(0),
            unreviewed: Cell::new(0),
        })
    }

    pub(super) fn reader(&self) -> &Reader {
        self.reader
    }

    /// Calls `each` with every row that is taken, in the data set's order.
    pub(super) fn for_each(
        &self,
        mut each: impl FnMut(ReadRow) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        self.reader.for_each(self.only_accepted, |row| {
            if let Some(passed_by) = self.not_reviewed_so(&row) {
                passed_by.set(passed_by.get() + 1);
                return Ok(());
            }
            let Some(keep) = self.keep else {
                return each(row);
            };
            let scores = current(&row.transfers, &row.hint().unwrap_or_default());
            let kept = |rule: &Rule| rule.keeps(scores.values(), keep.vote);
            let kept: Option<Vec<bool>> = keep.rules.iter().map(kept).collect();
            let passed_by = match kept {
                Some(kept) if kept.iter().all(|kept| *kept) => return each(row),
                Some(_) => &self.not_kept,
                None => &self.unscored,
            };
            passed_by.set(passed_by.get() + 1);
            Ok(())
        })
    }

    /// Where to count a row that is passed by for what a person said of it.
    fn not_reviewed_so(&self, row: &ReadRow) -> Option<&Cell<u64>> {
        let review = self.reviews.get(&row.sample.id);
        let decision = review.and_then(|review| review.decided(&row.subject()));
        match (self.reviewed, decision) {
            (Reviewed::Ignore, _) | (_, Some(Decision::Accept)) => None,
            (_, Some(Decision::Reject)) => Some(&self.rejected),
            (Reviewed::NotRejected, None) => None,
            (Reviewed::Accepted, None) => Some(&self.unreviewed),
        }
    }
}
