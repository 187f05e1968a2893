//! What students of a fold learn from: each sample under all conditions that it is scored under.

use super::super::mixed;
use super::subject::{self, Subjects};
use fact_core::transfer::Condition;
use fact_student::Example;
use std::collections::BTreeMap;

/// What students learn from these samples: the answer under each condition. A placebo is of one of them too.
pub(super) fn examples(subjects: &Subjects, places: &[usize], seed: u64) -> Vec<Example> {
    let mut drawn: Vec<usize> = places.to_vec();
    drawn.sort_by_key(|&at| (mixed(seed ^ 2, subjects.all[at].ordinal), at));
    let mut others: BTreeMap<usize, usize> = BTreeMap::new();
    for (place, &at) in drawn.iter().enumerate() {
        let mut behind = drawn[place + 1..].iter().chain(&drawn[..place]);
        let group = subjects.all[at].group;
        if let Some(&other) = behind.find(|&&other| subjects.all[other].group != group) {
            others.insert(at, other);
        }
    }
    let mut examples = Vec::with_capacity(4 * places.len());
    for at in places {
        let subject = &subjects.all[*at];
        let answer = subjects.answer(subject);
        let mut notes = vec![(Condition::Plain, String::new())];
        if !subject.hint.trim().is_empty() {
            notes.push((Condition::Rationale, subject.hint.clone()));
            notes.push((Condition::Text, subject.hint.clone()));
        }
        if let Some(other) = others.get(at) {
            let note = subjects.placebo(subject, &subjects.all[*other]);
            if !note.trim().is_empty() {
                notes.push((Condition::Placebo, note));
            }
        }
        let example = |(condition, note): (Condition, String)| Example {
            id: subject.sample.id.clone(),
            picture: condition.has_image().then(|| subject.picture.clone()),
            question: subject::asked(condition, &subject.question(), &note),
            answer: answer.clone(),
            rationale: None,
            weight: 1.0,
        };
        examples.extend(notes.into_iter().map(example));
    }
    examples
}

/// Examples as long as what is to be scored may be: a note may be any other sample's.
pub(super) fn lengths(subjects: &Subjects, places: &[usize]) -> Vec<Example> {
    let all = subjects.all.iter();
    let longest = all.clone().max_by_key(|s| s.hint.len());
    let longest = longest.map_or("", |s| s.hint.as_str());
    let mut examples = Vec::new();
    for &at in places {
        let subject = &subjects.all[at];
        let answers = subjects.answers(subject);
        let answer = answers
            .into_iter()
            .max_by_key(String::len)
            .unwrap_or_default();
        for note in [subject.hint.as_str(), longest] {
            examples.push(Example {
                id: subject.sample.id.clone(),
                picture: None,
                question: subject::asked(Condition::Text, &subject.question(), note),
                answer: answer.clone(),
                rationale: None,
                weight: 1.0,
            });
        }
    }
    examples
}
