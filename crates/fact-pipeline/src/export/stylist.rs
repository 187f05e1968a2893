//! The text of each row: which one, in which style, and what could not be written.

use super::Task;
use crate::concise::Concise;
use crate::store::{ReadRow, Reader, StoreError};
use fact_core::style::{Style, Styled, guard, render};
use fact_lang::pack::Pack;
use serde::Serialize;

/// Which text, and in which style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Styling {
    /// Layout, boxes and length.
    pub style: Style,
    /// The rationale, or what it is compared with.
    pub concise: Concise,
}

impl Styling {
    /// Whether it is the rationale's own text.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Writes texts, and counts what it cannot write.
pub(crate) struct Stylist {
    pack: Option<Pack>,
    styling: Styling,
    /// Samples with a rationale (or an answer to teach) and no text: the answer cannot be written, or
    /// the program is not read by the run's pack.
    pub(crate) left_out: u64,
    /// Boxes that are none within their image.
    pub(crate) boxes_left_out: u64,
}

impl Stylist {
    /// For the texts of a run.
    pub(crate) fn new(reader: &Reader, styling: Styling) -> Result<Self, StoreError> {
        let reruns = !matches!(styling.concise, Concise::On | Concise::Merge);
        let pack = match reruns {
            true => reader.pack_source()?,
            false => None,
        };
        Ok(Self {
            // A pack that does not load any more leaves every sample out, which is counted.
            pack: pack.and_then(|(name, source)| Pack::load(&name, &source).ok()),
            styling,
            left_out: 0,
            boxes_left_out: 0,
        })
    }

    /// The text of a sample; `None` if it has no rationale, or the text cannot be written.
    pub(crate) fn write(&mut self, row: &ReadRow) -> Option<Styled> {
        row.rationale.as_ref()?;
        let written = self.styled(row);
        match &written {
            Some(styled) => self.boxes_left_out += styled.boxes_left_out as u64,
            None => self.left_out += 1,
        }
        written
    }

    /// The data set's bare answer; `None` if it has none, or it cannot be written.
    pub(crate) fn label(&mut self, row: &ReadRow) -> Option<Styled> {
        let answer = row.sample.answer()?;
        if answer.trim().is_empty() || !guard::is_clean(answer) {
            self.left_out += 1;
            return None;
        }
        Some(Styled {
            text: answer.to_owned(),
            boxes: Vec::new(),
            boxes_left_out: 0,
        })
    }

    fn styled(&self, row: &ReadRow) -> Option<Styled> {
        let rationale = self.styling.concise.of(row, self.pack.as_ref())?;
        let certificate = row.certificate.as_ref();
        let answer = certificate.map(|c| c.answer.as_str());
        let answer = answer.or(row.predicted.as_deref())?;
        let images = certificate.map_or(&[][..], |c| c.images.as_slice());
        // Why is told by the documentation; here only how many there are is of use.
        render(&rationale, answer, images, self.styling.style).ok()
    }
}

/// A question that no trainer finds markup in, behind the prefix of the task.
pub(crate) fn question(row: &ReadRow, task: Option<Task>) -> String {
    let prefix = task.map_or("", Task::prefix);
    format!("{prefix}{}", guard::clean(&row.sample.question, false))
}
