//! Rounds of learning: which one a run is in, and the bank that it works with.

use super::{Reader, StoreError, Writer, read};
use fact_core::verify::Level;
use rusqlite::{OptionalExtension, params};

/// A question with the program that was accepted for its first sample.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptedProgram {
    /// The question.
    pub question: String,
    /// The program.
    pub program: String,
    /// Id of the sample.
    pub sample: String,
    /// The level it reached.
    pub level: Option<Level>,
    /// How sure the verification was.
    pub confidence: f64,
    /// Whether a sample of the question is kept back for evaluation.
    pub held_out: bool,
}

impl Writer {
    /// The round that the run is in, from 1, and the text of its bank if it learned one.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn round(&self) -> Result<(u32, Option<String>), StoreError> {
        self.connection
            .query_row(
                "SELECT round, bank FROM rounds ORDER BY round DESC LIMIT 1",
                [],
                |r| Ok((r.get(0)?, Some(r.get(1)?))),
            )
            .optional()
            .map(|row| row.unwrap_or((1, None)))
            .map_err(self.failed("reading the round"))
    }

    /// Begins a round with the bank that the one before taught.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin_round(
        &mut self,
        round: u32,
        bank: &str,
        learned: usize,
        refused: usize,
    ) -> Result<(), StoreError> {
        let failed = self.failed("writing the round");
        self.connection
            .execute(
                "INSERT INTO rounds (round, bank, learned, refused) VALUES (?1, ?2, ?3, ?4)",
                params![round, bank, learned as i64, refused as i64],
            )
            .map(|_| ())
            .map_err(failed)
    }
}

impl Reader {
    /// The programs accepted for the first sample of each question, in the order of the questions.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn accepted_programs(&self) -> Result<Vec<AcceptedProgram>, StoreError> {
        self.connection
            .prepare(
                "SELECT g.question, c.program, s.id, s.level, coalesce(s.confidence, 0), g.held_out
                 FROM groups g JOIN samples s ON s.ordinal = g.grp
                 JOIN candidates c ON c.grp = g.grp AND c.candidate = s.chosen
                 WHERE s.accepted ORDER BY g.grp",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([], |r| {
                        Ok(AcceptedProgram {
                            question: r.get(0)?,
                            program: r.get(1)?,
                            sample: r.get(2)?,
                            level: read::level(r.get(3)?),
                            confidence: r.get(4)?,
                            held_out: r.get(5)?,
                        })
                    })?
                    .collect()
            })
            .map_err(self.failed("reading accepted programs"))
    }
}
