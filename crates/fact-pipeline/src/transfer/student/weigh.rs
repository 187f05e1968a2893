//! What a student finds of samples: the likeliest of the possible answers, and the share of the right ones.

use super::subject::{self, Subjects};
use super::{Identity, Open, taught};
use crate::store::TransferRow;
use crate::students::StudentError;
use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use fact_core::transfer::Scored;
use fact_student::Student;
use fact_student::infer::{Asked, Asking, Weighed};
use fact_student::model::Place;

/// What a student finds of samples, one row at a time: what stands beside a row in a batch changes how its
/// numbers are rounded, and who is asked beside whom depends on what was asked before.
pub(super) fn scores(
    student: &Student,
    subjects: &Subjects,
    identity: &Identity,
    open: &[Open],
    place: Place,
) -> Result<Vec<TransferRow>, StudentError> {
    let mut weighed = Vec::new();
    for Open { at, notes } in open {
        let subject = &subjects.all[*at];
        let answers = subjects.answers(subject);
        let question = subject.question();
        let lengths = answers.iter().map(|answer| length(student, answer));
        // Task tokens, and the ends of what is said.
        let used = length(student, &question) + lengths.max().unwrap_or(0) + 4;
        let room = student.config().max_text.saturating_sub(used);
        for (condition, note) in notes {
            let note = fitted(student, note, room);
            let (shown, rationale) = match identity.behind_question {
                true => (note, None),
                false => ("", taught::said(*condition, note)),
            };
            weighed.push(Weighed {
                asked: Asked {
                    id: subject.sample.id.clone(),
                    picture: condition.has_image().then(|| subject.picture.clone()),
                    question: subject::asked(*condition, &question, shown),
                },
                rationale,
                answers: answers.clone(),
            });
        }
    }
    let asking = Asking {
        rows: match place {
            Place::Cpu => 1,
            #[cfg(feature = "student-wgpu")]
            Place::Gpu => Asking::default().rows,
        },
        place,
        ..Asking::default()
    };
    let mut found = student.weigh(&weighed, asking)?.into_iter().zip(weighed);
    let mut rows = Vec::new();
    for Open { at, notes } in open {
        let subject = &subjects.all[*at];
        for ((condition, note), (logs, weighed)) in notes.iter().zip(found.by_ref()) {
            rows.push(TransferRow {
                ordinal: subject.ordinal,
                verifier: identity.name.clone(),
                condition: *condition,
                fingerprint: identity.fingerprint.clone(),
                hint: note.clone(),
                scored: scored(&logs, &weighed.answers, subjects.matcher, &subject.sample),
            });
        }
    }
    Ok(rows)
}

fn length(student: &Student, text: &str) -> usize {
    student.tokenizer().encode(text).len()
}

/// As many words of a note as there is room for. Own rationales fit a student of a fold; another's may hold
/// more words that it spells.
fn fitted<'n>(student: &Student, note: &'n str, room: usize) -> &'n str {
    let mut note = note;
    // With what parts it from the question.
    while !note.is_empty() && length(student, note) + 2 > room {
        note = note.rsplit_once(' ').map_or("", |(rest, _)| rest);
    }
    note
}

/// The likeliest of the answers, and the share of the right ones among all of them.
fn scored(logs: &[f64], answers: &[String], matcher: Matcher, sample: &Sample) -> Scored {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut all, mut right, mut best) = (0.0, 0.0, None);
    for (log, answer) in logs.iter().zip(answers) {
        let share = (log - most).exp();
        all += share;
        if matcher.is_right(answer, &sample.answers) {
            right += share;
        }
        // The first of equal ones.
        if *log == most && best.is_none() {
            best = Some(answer);
        }
    }
    let answer = best.cloned().unwrap_or_default();
    Scored {
        score: matcher.score(&answer, &sample.answers),
        answer,
        // The likeliest alone makes the sum 1 or more.
        probability: (all > 0.0).then(|| (right / all).clamp(0.0, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact_core::sample::WeightedAnswer;
    use fact_student::checkpoint::About;
    use fact_student::tokenizer::Tokenizer;
    use fact_student::weights::draw;
    use fact_student::{ImageSize, ModelConfig, TrainConfig};

    fn sample(answers: &[(&str, f64)]) -> Sample {
        let answer = |(text, weight): &(&str, f64)| WeightedAnswer {
            text: (*text).to_owned(),
            weight: *weight,
        };
        Sample {
            id: "1".into(),
            images: vec!["a.png".into()],
            question: "?".into(),
            answers: answers.iter().map(answer).collect(),
            group: "g".into(),
            scene: "s".into(),
            choices: Vec::new(),
            family: None,
            split: None,
        }
    }

    #[test]
    fn a_note_loses_the_words_that_there_is_no_room_for() {
        let tokenizer = Tokenizer::learn(["one two three"], 1, 9);
        let image = ImageSize {
            width: 8,
            height: 8,
            stride: 4,
        };
        let size = "32x1".parse().unwrap();
        let model = ModelConfig::new(size, image, 16, tokenizer.size());
        let about = About::new(model, tokenizer, false, TrainConfig::default());
        let student = Student::new(about, draw(&model, 0));
        // Three words are three tokens, and "x y" is spelled in bytes.
        assert_eq!(fitted(&student, "one two three", 5), "one two three");
        assert_eq!(fitted(&student, "one two three", 4), "one two");
        assert_eq!(fitted(&student, "one x y", 5), "one x");
        assert_eq!(fitted(&student, "one", 2), "");
    }

    #[test]
    fn the_right_answers_share_of_all_is_their_probability() {
        let answers = ["two", "red", "2", "blue"].map(str::to_owned);
        let logs = [0.3_f64.ln(), 0.2_f64.ln(), 0.1_f64.ln(), 0.2_f64.ln()];
        let found = scored(&logs, &answers, Matcher::Open, &sample(&[("2", 1.0)]));
        assert_eq!((found.answer.as_str(), found.score), ("two", 1.0));
        assert!((found.probability.unwrap() - 0.5).abs() < 1e-12);
        let found = scored(&logs, &answers, Matcher::Open, &sample(&[("blue", 1.0)]));
        assert_eq!(found.score, 0.0);
        assert!((found.probability.unwrap() - 0.25).abs() < 1e-12);
        // However unlikely all of them are.
        let far = logs.map(|log| log - 5000.0);
        let far = scored(&far, &answers, Matcher::Open, &sample(&[("2", 1.0)]));
        assert!((far.probability.unwrap() - 0.5).abs() < 1e-9);
        let none = scored(&[], &[], Matcher::Open, &sample(&[("2", 1.0)]));
        assert_eq!((none.score, none.probability), (0.0, None));
    }
}
