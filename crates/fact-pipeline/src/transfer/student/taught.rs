//! A student of `fact teach` as a verifier: it scores the samples whose pictures it was not trained on.
//!
//! It is asked as it was taught: notes stand where it writes its rationales. Words masked in them are new to
//! it, and without a picture it is asked only if it was taught blind at times; students that are trained to
//! judge have no such gaps.

use super::subject::{HINT_BYTES, Subject, cut};
use super::trained::Trained;
use super::{Apart, Bench, Identity, OfStudent, VERSION};
use crate::students::Learned;
use crate::transfer::TransferError;
use fact_core::transfer::Condition;
use std::path::Path;

/// The note of a condition, where the student writes its own.
pub(super) fn said(condition: Condition, note: &str) -> Option<String> {
    (condition != Condition::Plain).then(|| cut(note.trim(), HINT_BYTES))
}

/// What of a sample was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    /// Its question, of other pictures.
    Question,
    /// Its picture, or the sample itself.
    Sample,
}

fn known(learned: &Learned, subject: &Subject) -> Known {
    let picture = learned
        .pictures
        .contains(&Learned::picture(&subject.picture));
    let question = Learned::question(&subject.sample.question);
    let asked = learned.questions.contains(&question);
    // The file may have been encoded anew since.
    let itself = asked && learned.ids.contains(&subject.sample.id);
    match (picture || itself, asked) {
        (true, _) => Known::Sample,
        (false, true) => Known::Question,
        (false, false) => Known::Nothing,
    }
}

/// Has it score what it has not scored yet.
pub(super) fn judge(bench: &mut Bench<'_>, folder: &Path) -> Result<OfStudent, TransferError> {
    let Trained {
        student,
        hash,
        learned,
    } = Trained::open(folder)?;
    if !student.rationales() {
        return Err(TransferError::NeverRead(folder.to_owned()));
    }
    let blind = student.trained().blind > 0.0;
    let called = folder.file_name().unwrap_or_default().to_string_lossy();
    let identity = Identity {
        name: format!("student:{called}/{}", &hash[..8]),
        fingerprint: format!("taught={VERSION};sha256={hash}"),
        behind_question: false,
    };
    let subjects = bench.subjects(student.config().image)?;
    let planned = bench.planned(&subjects);
    let mut places = Vec::new();
    let (mut trained_on, mut questions_seen) = (0, 0);
    for (at, subject) in subjects.all.iter().enumerate() {
        match known(&learned, subject) {
            Known::Sample => trained_on += 1,
            Known::Question => {
                questions_seen += 1;
                places.push(at);
            }
            Known::Nothing => places.push(at),
        }
    }
    let open = bench.open(&subjects, &planned, &places, &identity, blind)?;
    let complete = bench.score(&student, &subjects, &identity, &open)?;
    Ok(OfStudent {
        verifier: identity.name,
        scored: if complete {
            bench.done(&subjects, &planned, &places)
        } else {
            0
        },
        folds: 0,
        apart: if questions_seen > 0 {
            Apart::Pictures
        } else {
            Apart::Both
        },
        dropped: 0,
        questions_seen,
        trained_on,
        several_images: subjects.several_images,
        not_blind: !blind,
        complete,
    })
}
