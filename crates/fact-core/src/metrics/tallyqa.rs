//! TallyQA (Acharya, Kafle, Kanan, "TallyQA: Answering Complex Counting Questions", 2019):
//! accuracy in percent and root mean squared error in counts, as `accuracy` and `RMSE` in
//! `utils.py` of <https://github.com/manoja328/tallyqacode> (commit 1efda74) compute them; over
//! all questions, and over the simple and the complex ones apart, as in the paper.

use super::tally::{Better, Formula, Tally};

/// A question with its answer and what was predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The right count.
    pub answer: u64,
    /// What was predicted; `None` if no count was: wrong, and 0 in the error.
    pub predicted: Option<u64>,
    /// Whether the question is a simple one; `None` where that is not known.
    pub simple: Option<bool>,
}

/// The unit is the question.
pub fn tally(counts: &[Count]) -> Tally {
    let mut tally = Tally::new("question");
    let names = ["all", "simple", "complex"];
    let cells = names.map(|_| [tally.cell(), tally.cell(), tally.cell()]);
    for count in counts {
        let unit = tally.begin();
        let right = f64::from(u8::from(count.predicted == Some(count.answer)));
        let off = count.answer.abs_diff(count.predicted.unwrap_or(0)) as f64;
        let kind = count.simple.map(|simple| if simple { 1 } else { 2 });
        for place in [Some(0), kind].into_iter().flatten() {
            let [hits, squares, all]: [_; 3] = cells[place];
            tally.add(unit, hits, right);
            tally.add(unit, squares, off * off);
            tally.add(unit, all, 1.0);
        }
    }
    let kinds = counts.iter().any(|count| count.simple.is_some());
    for (name, [hits, squares, by]) in names.into_iter().zip(cells) {
        if name != "all" && !kinds {
            continue;
        }
        let title = |measure: &str| match name {
            "all" => measure.to_owned(),
            _ => format!("{measure} ({name})"),
        };
        let of = hits;
        tally.measure(
            &title("accuracy"),
            Better::Higher,
            Formula::Percent { of, by },
        );
        let of = squares;
        tally.measure(&title("RMSE"), Better::Lower, Formula::Root { of, by });
    }
    tally
}
