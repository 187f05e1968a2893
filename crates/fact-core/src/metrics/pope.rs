//! POPE (Li, Du, Zhou, Wang, Zhao, Wen, "Evaluating Object Hallucination in Large Vision-Language
//! Models", 2023): is a thing in the image, yes or no? Accuracy, precision, recall, F1 and the
//! share of yes, all in [0, 1], and the four counts, as `evaluate.py` of
//! <https://github.com/AoiDragon/POPE> (commit f3ec604) prints them.
//!
//! *Yes* is the positive answer: precision falls when things are named that are not there.

use super::tally::{Better, Formula, Tally};

/// A question with its label and what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poll {
    /// Whether the label is yes. The script takes every label but `no` for yes.
    pub label: bool,
    /// Whether the answer is, by [`says_yes`].
    pub said: bool,
}

/// Whether the script takes an answer for yes. It looks at what stands before the first full stop,
/// without commas, cut at spaces: there `No`, `no` or `not` means no, and everything else yes, so
/// that *Not visible*, *NO* and an empty answer are yes.
pub fn says_yes(answer: &str) -> bool {
    let sentence = answer.split('.').next().unwrap_or_default();
    let sentence = sentence.replace(',', "");
    !sentence
        .split(' ')
        .any(|word| matches!(word, "No" | "not" | "no"))
}

/// The unit is the question.
pub fn tally(polls: &[Poll]) -> Tally {
    let mut tally = Tally::new("question");
    let counts = [tally.cell(), tally.cell(), tally.cell(), tally.cell()];
    let [hits, false_alarms, rejections, misses] = counts;
    let (said, there) = (tally.cell(), tally.cell());
    let (right, all) = (tally.cell(), tally.cell());
    for poll in polls {
        let unit = tally.begin();
        let cell = match (poll.said, poll.label) {
            (true, true) => hits,
            (true, false) => false_alarms,
            (false, false) => rejections,
            (false, true) => misses,
        };
        let one = |yes: bool| f64::from(u8::from(yes));
        tally.add(unit, cell, 1.0);
        tally.add(unit, said, one(poll.said));
        tally.add(unit, there, one(poll.label));
        tally.add(unit, right, one(poll.said == poll.label));
        tally.add(unit, all, 1.0);
    }
    let shares = [
        ("accuracy", Better::Higher, right, all),
        ("precision", Better::Higher, hits, said),
        ("recall", Better::Higher, hits, there),
    ];
    for (name, better, of, by) in shares {
        tally.measure(name, better, Formula::Share { of, by });
    }
    tally.measure(
        "F1",
        Better::Higher,
        Formula::Harmonic { hits, said, there },
    );
    let (of, by) = (said, all);
    tally.measure("yes ratio", Better::Neither, Formula::Share { of, by });
    for (name, cell) in ["TP", "FP", "TN", "FN"].into_iter().zip(counts) {
        tally.measure(name, Better::Neither, Formula::Sum(cell));
    }
    tally
}
