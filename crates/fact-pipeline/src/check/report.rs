//! What a check found.

use super::again::{Compared, Comparison};
use super::at_hand::PackUse;
use serde::Serialize;
use std::collections::BTreeMap;

/// Rejected and unreadable rows that are told of one by one; more are only counted.
pub const MAX_TOLD: usize = 10_000;
/// Reasons that are told of one row.
const MAX_REASONS: usize = 20;
/// Longest reason, in characters.
const MAX_REASON: usize = 1_000;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CheckReport {
    /// Certificates checked.
    pub checked: u64,
    /// Of those: rejected.
    pub rejected: u64,
    /// Rows without certificate, which claim nothing.
    pub without: u64,
    /// Rows that cannot be read.
    pub unreadable: u64,
    /// The rejected and the unreadable, the first [`MAX_TOLD`], in their order.
    pub rejections: Vec<Rejected>,
    /// The packs that certificates were checked against.
    pub packs: Vec<PackUse>,
    /// What asking the perception again gave, if that was asked for.
    pub reperceived: Option<Compared>,
}

/// A row that was rejected, or could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// File and line, of a file.
    pub place: Option<String>,
    /// Id of the sample, if it is known.
    pub id: Option<String>,
    /// Whether it could not even be read.
    pub unreadable: bool,
    /// Why.
    pub reasons: Vec<String>,
}

impl CheckReport {
    /// Whether everything that was looked at holds.
    pub fn holds(&self) -> bool {
        self.rejected == 0 && self.unreadable == 0
    }
}

/// What was found in one chunk.
#[derive(Default)]
pub(super) struct Part(CheckReport);

impl Part {
    pub(super) fn without(&mut self) {
        self.0.without += 1;
    }

    pub(super) fn unreadable(
        &mut self,
        place: Option<String>,
        id: Option<String>,
        message: String,
    ) {
        self.0.unreadable += 1;
        self.0.tell(Rejected {
            place,
            id,
            unreadable: true,
            reasons: bounded(vec![message]),
        });
    }

    pub(super) fn checked(&mut self, place: Option<String>, id: String, reasons: Vec<String>) {
        self.0.checked += 1;
        if reasons.is_empty() {
            return;
        }
        self.0.rejected += 1;
        self.0.tell(Rejected {
            place,
            id: Some(id),
            unreadable: false,
            reasons: bounded(reasons),
        });
    }

    pub(super) fn compared(&mut self, comparison: Comparison, reasons: &mut Vec<String>) {
        reasons.extend(comparison.reasons());
        self.0
            .reperceived
            .get_or_insert_default()
            .add_one(comparison);
    }
}

impl CheckReport {
    fn tell(&mut self, rejected: Rejected) {
        if self.rejections.len() < MAX_TOLD {
            self.rejections.push(rejected);
        }
    }

    fn add(&mut self, part: Self) {
        self.checked += part.checked;
        self.rejected += part.rejected;
        self.without += part.without;
        self.unreadable += part.unreadable;
        part.rejections.into_iter().for_each(|r| self.tell(r));
        if let Some(compared) = part.reperceived {
            self.reperceived.get_or_insert_default().add(compared);
        }
    }
}

/// Foreign texts are in reasons: as many and as long as one reads.
fn bounded(mut reasons: Vec<String>) -> Vec<String> {
    let more = reasons.len().saturating_sub(MAX_REASONS);
    reasons.truncate(MAX_REASONS);
    for reason in &mut reasons {
        if let Some((end, _)) = reason.char_indices().nth(MAX_REASON) {
            reason.truncate(end);
            reason.push('…');
        }
    }
    if more > 0 {
        reasons.push(format!("… and {more} more"));
    }
    reasons
}

/// Puts the parts of several threads together, in the order of the rows.
#[derive(Default)]
pub(super) struct Parts {
    whole: CheckReport,
    next: u64,
    waiting: BTreeMap<u64, Part>,
}

impl Parts {
    pub(super) fn add(&mut self, index: u64, part: Part) {
        self.waiting.insert(index, part);
        while let Some(part) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.whole.add(part.0);
        }
    }

    pub(super) fn whole(self) -> CheckReport {
        self.whole
    }
}
