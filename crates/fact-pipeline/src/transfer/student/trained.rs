//! A student that was trained before, and what it learned from: one that judges, or one that students of folds
//! begin with. Either must not have seen what is scored.

use super::super::TransferError;
use super::subject::{Subjects, hex};
use crate::students::{Learned, StudentError};
use fact_student::Student;
use fact_student::train::MODEL;
use sha2::{Digest, Sha256};
use std::path::Path;

/// A student of a training, and what it learned from.
pub(super) struct Trained {
    pub(super) student: Student,
    /// Of its file: another student is another verifier, and so is who begins with it.
    pub(super) hash: String,
    pub(super) learned: Learned,
}

impl Trained {
    /// Reads the folder of a training.
    ///
    /// # Errors
    /// If there is no student, or nothing tells what it learned from.
    pub(super) fn open(folder: &Path) -> Result<Self, TransferError> {
        let file = folder.join(MODEL);
        let student = Student::open(&file).map_err(StudentError::from)?;
        let learned = Learned::read(folder)?;
        let bytes = std::fs::read(&file).map_err(|source| StudentError::Unread {
            path: file.clone(),
            source,
        })?;
        Ok(Self {
            student,
            hash: hex(&Sha256::digest(&bytes)),
            learned,
        })
    }

    /// Leaves out the samples whose pictures the student has seen; how many there were.
    pub(super) fn leave_out(&self, subjects: &mut Subjects) -> usize {
        let before = subjects.all.len();
        let seen = |picture: &str| self.learned.pictures.contains(picture);
        let of = |subject: &super::Subject| Learned::picture(&subject.picture);
        subjects.all.retain(|subject| !seen(&of(subject)));
        before - subjects.all.len()
    }
}
