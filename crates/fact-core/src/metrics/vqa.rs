//! Soft accuracy of VQA v2 (Goyal, Khot, Summers-Stay, Batra, Parikh, "Making the V in VQA
//! Matter", 2017), used by OK-VQA (Marino, Rastegari, Farhadi, Mottaghi, 2019) as well, as
//! `PythonEvaluationTools/vqaEvaluation/vqaEval.py` of <https://github.com/GT-Vision-Lab/VQA>
//! (commit c4e6a0e) computes it: in percent, rounded to two decimals; over all questions, by
//! answer type and by question type.
//!
//! An answer is compared after [`vqa_normalise`]; from what the
//! annotators said only punctuation is dropped, and that only if they do not all agree.

use super::tally::{Better, Formula, Tally};
use crate::matcher::{vqa_normalise, vqa_punctuation};

/// What one annotator said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The answer.
    pub answer: String,
    /// The rest of the annotation, as text. The script leaves out of the count every annotation
    /// that is equal to the one it looks at: normally that one only, since each has a number.
    pub rest: String,
}

/// A question with what annotators said and what was predicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Such as `how many`.
    pub question_type: String,
    /// Such as `yes/no`.
    pub answer_type: String,
    /// What annotators said: ten of them, normally.
    pub said: Vec<Said>,
    /// What was predicted.
    pub prediction: String,
}

/// The accuracy of a prediction, in [0, 1]: the mean over annotators of the number of others who
/// said the same, over three, and 1 at most. 0 without annotators.
pub fn accuracy(prediction: &str, said: &[Said]) -> f64 {
    let prediction = vqa_normalise(prediction);
    let agree = said.windows(2).all(|w| w[0].answer == w[1].answer);
    let said: Vec<Said> = said
        .iter()
        .map(|s| Said {
            answer: match agree {
                true => s.answer.clone(),
                false => vqa_punctuation(&s.answer),
            },
            rest: s.rest.clone(),
        })
        .collect();
    let mut sum = 0.0;
    for one in &said {
        let others = said.iter().filter(|other| *other != one);
        let matching = others.filter(|other| other.answer == prediction).count();
        sum += (matching as f64 / 3.0).min(1.0);
    }
    if said.is_empty() {
        0.0
    } else {
        sum / said.len() as f64
    }
}

/// The unit is the question.
pub fn tally(questions: &[Question]) -> Tally {
    const DECIMALS: usize = 2;
    let mut tally = Tally::new("question");
    let (of, by) = (tally.cell(), tally.cell());
    for question in questions {
        let score = accuracy(&question.prediction, &question.said);
        let unit = tally.begin();
        tally.add(unit, of, score);
        tally.add(unit, by, 1.0);
        tally.score(unit, "answer type", &question.answer_type, score);
        tally.score(unit, "question type", &question.question_type, score);
    }
    tally.measure("accuracy", Better::Higher, Formula::Percent { of, by });
    tally.round_last(DECIMALS);
    for part in ["answer type", "question type"] {
        tally.breakdown(part, Some(DECIMALS), |of, by| Formula::Percent { of, by });
    }
    tally
}
