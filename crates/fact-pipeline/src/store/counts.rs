//! Counts over a run.

use super::StoreError;
use super::read::{Reader, unsigned};
use std::collections::BTreeMap;

/// Counts over a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Samples in the store.
    pub samples: u64,
    /// Records that could not be read.
    pub read_errors: u64,
    /// Candidates.
    pub candidates: u64,
    /// Candidates that parse.
    pub candidates_parsed: u64,
    /// Candidates that returned on some sample.
    pub candidates_ran: u64,
    /// Candidates right on some sample.
    pub candidates_right: u64,
    /// Samples by the level their program reaches on them; index 0 is V0.
    pub levels: [u64; 4],
    /// Accepted samples.
    pub accepted: u64,
    /// Rationales.
    pub rationales: u64,
    /// Samples by failure.
    pub failures: BTreeMap<String, u64>,
    /// Questions: groups of samples.
    pub questions: u64,
    /// Questions with two scenes or more.
    pub questions_with_siblings: u64,
    /// Questions with a candidate that is right on all samples.
    pub oracle: u64,
    /// Questions whose chosen program is right on all samples.
    pub chosen_right: u64,
    /// Questions with siblings whose program, chosen with one scene visible, is right on all
    /// samples of the others.
    pub one_holds: u64,
    /// Questions with siblings for which a program can be chosen with one scene visible.
    pub one_chosen: u64,
    /// Seconds spent by the sessions that ended.
    pub seconds: f64,
    /// Samples whose label is known.
    pub labelled: u64,
    /// Of those: the chosen program's answer is right.
    pub answered_right: u64,
    /// Questions with a label.
    pub labelled_questions: u64,
    /// Of those: right on all samples that have one.
    pub consistent_questions: u64,
    /// Mean confidence of the accepted samples.
    pub expected_precision: Option<f64>,
    /// Accepted samples with siblings that nothing was chosen by.
    pub accepted_with_hidden: u64,
    /// Of those: the chosen program is right on all samples of its question.
    pub accepted_hold: u64,
}

impl Reader {
    /// Counts over the whole run.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let failed = self.failed("counting");
        let count = || -> rusqlite::Result<Counts> {
            let mut counts = Counts {
                read_errors: self.number("SELECT count(*) FROM read_errors")?,
                rationales: self.number("SELECT count(*) FROM rationales")?,
                ..Counts::default()
            };
            let c = &self.connection;
            c.query_row(
                "SELECT count(*), sum(reason IS NULL), sum(ran > 0), sum(right > 0)
                 FROM candidates",
                [],
                |r| {
                    counts.candidates = unsigned(r, 0)?;
                    counts.candidates_parsed = unsigned(r, 1)?;
                    counts.candidates_ran = unsigned(r, 2)?;
                    counts.candidates_right = unsigned(r, 3)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(*), sum(level >= 0), sum(coalesce(right, 0)),
                        sum(level = 2 OR (level = 3 AND g.visible > 1)), sum(level = 3),
                        sum(accepted)
                 FROM samples s JOIN groups g ON g.grp = s.grp",
                [],
                |r| {
                    counts.samples = unsigned(r, 0)?;
                    counts.levels = [
                        unsigned(r, 1)?,
                        unsigned(r, 2)?,
                        unsigned(r, 3)?,
                        unsigned(r, 4)?,
                    ];
                    counts.accepted = unsigned(r, 5)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(*), sum(g.scenes > 1), sum(g.oracle), sum(c.all_right),
                        sum(g.one_holds), sum(g.scenes > 1 AND g.chosen_one IS NOT NULL)
                 FROM groups g
                 LEFT JOIN candidates c ON c.grp = g.grp AND c.candidate = g.chosen",
                [],
                |r| {
                    counts.questions = unsigned(r, 0)?;
                    counts.questions_with_siblings = unsigned(r, 1)?;
                    counts.oracle = unsigned(r, 2)?;
                    counts.chosen_right = unsigned(r, 3)?;
                    counts.one_holds = unsigned(r, 4)?;
                    counts.one_chosen = unsigned(r, 5)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(right), sum(right), avg(CASE WHEN accepted THEN confidence END)
                 FROM samples",
                [],
                |r| {
                    counts.labelled = unsigned(r, 0)?;
                    counts.answered_right = unsigned(r, 1)?;
                    counts.expected_precision = r.get(2)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(*), sum(wrong = 0)
                 FROM (SELECT sum(NOT right) AS wrong FROM samples
                       WHERE right IS NOT NULL GROUP BY grp)",
                [],
                |r| {
                    counts.labelled_questions = unsigned(r, 0)?;
                    counts.consistent_questions = unsigned(r, 1)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(*), sum(c.all_right)
                 FROM samples s JOIN groups g ON g.grp = s.grp
                 JOIN candidates c ON c.grp = s.grp AND c.candidate = s.chosen
                 WHERE s.accepted AND g.visible < g.scenes AND s.right IS NOT NULL",
                [],
                |r| {
                    counts.accepted_with_hidden = unsigned(r, 0)?;
                    counts.accepted_hold = unsigned(r, 1)?;
                    Ok(())
                },
            )?;
            counts.failures = c
                .prepare(
                    "SELECT failure, count(*) FROM samples WHERE failure IS NOT NULL
                     GROUP BY failure",
                )?
                .query_map([], |r| Ok((r.get(0)?, unsigned(r, 1)?)))?
                .collect::<Result<_, _>>()?;
            counts.seconds =
                c.query_row("SELECT total(seconds) FROM sessions", [], |r| r.get(0))?;
            Ok(counts)
        };
        count().map_err(failed)
    }

    fn number(&self, sql: &str) -> rusqlite::Result<u64> {
        self.connection.query_row(sql, [], |r| unsigned(r, 0))
    }
}
