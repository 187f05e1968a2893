//! What people say of a run's samples: `reviews.db`, beside `run.db`.
//!
//! A file of its own, so that a person can review while a run is writing: `run.db` has one writer. It
//! is only ever added to; the last row of a sample counts. A review is of what was there to be seen
//! (its *subject*): where the rationale has changed since, it is out of date and counts for nothing.

use super::{ReadRow, Reader, StoreError};
use fact_core::rationale::Rationale;
use rusqlite::{Connection, OpenFlags, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the file in the run's folder.
pub const FILE_NAME: &str = "reviews.db";

/// Version of its schema, kept as SQLite's `user_version`.
pub const VERSION: i64 = MIGRATIONS.len() as i64;

/// How to come from each version to the next; version 0 is an empty file.
const MIGRATIONS: [&str; 1] = ["CREATE TABLE reviews (
    review   INTEGER PRIMARY KEY,
    sample   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    decision TEXT CHECK (decision IN ('accept', 'reject')),
    comment  TEXT NOT NULL,
    at       INTEGER NOT NULL
)"];

/// How long a writer waits for another one's commit.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest comment, in bytes.
pub const MAX_COMMENT: usize = 16 << 10;

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The rationale is good.
    Accept,
    /// It is not.
    Reject,
}

impl Decision {
    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Accept, Self::Reject]
            .into_iter()
            .find(|d| d.name() == name)
    }
}

/// What a person said of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Id of the sample.
    pub sample: String,
    /// What was seen: see [`subject`].
    pub subject: String,
    /// What was decided, if anything.
    pub decision: Option<Decision>,
    /// What was said besides; may be empty.
    pub comment: String,
    /// When, in seconds since 1970.
    pub at: u64,
}

impl Review {
    /// Whether it says nothing: an earlier one was taken back.
    pub fn is_empty(&self) -> bool {
        self.decision.is_none() && self.comment.is_empty()
    }

    /// What was decided about this subject; `None` if the review is of another.
    pub fn decided(&self, subject: &str) -> Option<Decision> {
        self.decision.filter(|_| self.subject == subject)
    }
}

/// Why reviews cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum ReviewsError {
    /// SQLite refused.
    #[error("{path}: {doing}: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A later version of Fact wrote it.
    #[error("{path}: version {found} of reviews, but this program reads version {VERSION}")]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// A decision that there is none of.
    #[error("{path}: unknown decision `{decision}`")]
    Decision {
        /// The file.
        path: PathBuf,
        /// What it says.
        decision: String,
    },
}

impl ReviewsError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Sqlite { .. } => "check free disk space and permissions of the run's folder; \
                 what was reviewed before is kept"
                .into(),
            Self::Version { .. } => "use the version of fact that made it".into(),
            Self::Decision { .. } => "correct or move the file".into(),
        })
    }
}

/// What a review of a sample is of: SHA-256, in hex, of the answer and the text of the rationale that
/// counts.
pub fn subject(predicted: Option<&str>, rationale: Option<&Rationale>) -> String {
    let mut hash = Sha256::new();
    hash.update(predicted.unwrap_or_default());
    // Neither is in UTF-8, so what is before is told from what is after.
    hash.update([0xff, u8::from(predicted.is_some())]);
    if let Some(rationale) = rationale {
        hash.update(rationale.text());
    }
    hash.finalize()
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

impl ReadRow {
    /// What a review of it is of: see [`subject`].
    pub fn subject(&self) -> String {
        subject(self.predicted.as_deref(), self.counted())
    }
}

/// The reviews of a run, open for writing.
#[derive(Debug)]
pub struct Reviews {
    connection: Connection,
    path: PathBuf,
}

fn failed(path: &Path, doing: &'static str) -> impl FnOnce(rusqlite::Error) -> ReviewsError {
    let path = path.to_owned();
    move |source| ReviewsError::Sqlite {
        path,
        doing,
        source,
    }
}

impl Reviews {
    /// Opens or makes the reviews of the run in a folder.
    ///
    /// # Errors
    /// If the file cannot be made or written, or a later version wrote it.
    pub fn open(folder: &Path) -> Result<Self, ReviewsError> {
        let path = folder.join(FILE_NAME);
        let doing = "opening the reviews";
        let mut connection = Connection::open(&path).map_err(failed(&path, doing))?;
        let mut migrated = || -> rusqlite::Result<i64> {
            connection.busy_timeout(PATIENCE)?;
            // A rollback journal, not a write-ahead log: it can be read from a folder that cannot be
            // written. FULL: what was said is on disk when it is said that it is.
            connection.pragma_update(None, "synchronous", "FULL")?;
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let found: i64 =
                transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let done = usize::try_from(found).unwrap_or(usize::MAX);
            if let Some(missing) = MIGRATIONS.get(done..).filter(|m| !m.is_empty()) {
                for step in missing {
                    transaction.execute_batch(step)?;
                }
                transaction.pragma_update(None, "user_version", VERSION)?;
            }
            transaction.commit()?;
            Ok(found)
        };
        match migrated().map_err(failed(&path, doing))? {
            0..=VERSION => Ok(Self { connection, path }),
            found => Err(ReviewsError::Version { path, found }),
        }
    }

    /// Adds a review. It is on disk when this returns.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&self, review: &Review) -> Result<(), ReviewsError> {
        self.connection
            .prepare_cached(
                "INSERT INTO reviews (sample, subject, decision, comment, at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    review.sample,
                    review.subject,
                    review.decision.map(Decision::name),
                    review.comment,
                    review.at as i64,
                ])
            })
            .map(|_| ())
            .map_err(failed(&self.path, "writing a review"))
    }
}

/// The review that counts of each sample, by the sample's id. Empty if nothing was reviewed.
///
/// # Errors
/// If the file cannot be read, or a later version wrote it.
pub fn read(folder: &Path) -> Result<BTreeMap<String, Review>, ReviewsError> {
    let path = folder.join(FILE_NAME);
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let doing = "reading the reviews";
    let opened = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let connection = opened.map_err(failed(&path, doing))?;
    let version = connection
        .busy_timeout(PATIENCE)
        .and_then(|()| connection.pragma_query_value(None, "user_version", |row| row.get(0)));
    match version.map_err(failed(&path, doing))? {
        // Killed before its table was made.
        0 => return Ok(BTreeMap::new()),
        1..=VERSION => {}
        found => return Err(ReviewsError::Version { path, found }),
    }
    let mut select = connection
        .prepare("SELECT sample, subject, decision, comment, at FROM reviews ORDER BY review")
        .map_err(failed(&path, doing))?;
    let mut rows = select.query([]).map_err(failed(&path, doing))?;
    let mut last = BTreeMap::new();
    while let Some(row) = rows.next().map_err(failed(&path, doing))? {
        let read = || -> rusqlite::Result<(Review, Option<String>)> {
            let review = Review {
                sample: row.get(0)?,
                subject: row.get(1)?,
                decision: None,
                comment: row.get(3)?,
                at: row.get::<_, i64>(4)?.max(0) as u64,
            };
            Ok((review, row.get(2)?))
        };
        let (mut review, decision) = read().map_err(failed(&path, doing))?;
        if let Some(name) = decision {
            let Some(decision) = Decision::named(&name) else {
                return Err(ReviewsError::Decision {
                    path,
                    decision: name,
                });
            };
            review.decision = Some(decision);
        }
        last.insert(review.sample.clone(), review);
    }
    last.retain(|_, review| !review.is_empty());
    Ok(last)
}

/// How many samples of a run people looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReviewCounts {
    /// Samples whose rationale a person accepted.
    pub accepted: u64,
    /// Samples whose rationale a person rejected.
    pub rejected: u64,
    /// Samples with a comment and no decision.
    pub commented: u64,
    /// Reviews of what is no longer so: they count for nothing.
    pub out_of_date: u64,
}

impl Reader {
    /// The review that counts of each sample, by the sample's id.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn reviews(&self) -> Result<BTreeMap<String, Review>, StoreError> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        Ok(read(folder)?)
    }

    /// How many samples were reviewed; `None` if nothing was.
    ///
    /// # Errors
    /// If the reviews or their samples cannot be read.
    pub fn review_counts(&self) -> Result<Option<ReviewCounts>, StoreError> {
        let reviews = self.reviews()?;
        if reviews.is_empty() {
            return Ok(None);
        }
        let mut counts = ReviewCounts::default();
        for (id, review) in &reviews {
            let row = self.sample(id)?.map(|view| view.row);
            let now = row.is_some_and(|row| row.subject() == review.subject);
            *match (now, review.decision) {
                (false, _) => &mut counts.out_of_date,
                (true, Some(Decision::Accept)) => &mut counts.accepted,
                (true, Some(Decision::Reject)) => &mut counts.rejected,
                (true, None) => &mut counts.commented,
            } += 1;
        }
        Ok(Some(counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(decision: Option<Decision>, comment: &str) -> Review {
        Review {
            sample: "s".into(),
            subject: "x".into(),
            decision,
            comment: comment.into(),
            at: 7,
        }
    }

    #[test]
    fn the_last_review_counts_and_can_be_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap().is_empty());
        let reviews = Reviews::open(folder.path()).unwrap();
        let (first, second) = (review(Some(Decision::Accept), ""), review(None, "hm"));
        reviews.add(&first).unwrap();
        assert_eq!(read(folder.path()).unwrap()["s"], first);
        // A second process, beside the first.
        let other = Reviews::open(folder.path()).unwrap();
        other.add(&second).unwrap();
        assert_eq!(read(folder.path()).unwrap()["s"], second);
        reviews.add(&review(None, "")).unwrap();
        assert!(read(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn an_unfinished_file_is_empty_and_a_later_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, "").unwrap();
        assert!(read(folder.path()).unwrap().is_empty());
        Reviews::open(folder.path()).unwrap();
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "user_version", 2).unwrap();
        for error in [
            read(folder.path()).unwrap_err(),
            Reviews::open(folder.path()).unwrap_err(),
        ] {
            assert!(error.to_string().contains("version 2"), "{error}");
        }
    }

    #[test]
    fn no_answer_is_another_subject_than_an_empty_one() {
        let text = |t: &str| Rationale {
            steps: Vec::new(),
            conclusion: t.into(),
        };
        let subjects = [
            subject(None, None),
            subject(Some(""), None),
            subject(Some("yes"), None),
            subject(Some("yes"), Some(&text("So yes."))),
            subject(Some("yes"), Some(&text("So no."))),
        ];
        for (i, a) in subjects.iter().enumerate() {
            assert!(!subjects[i + 1..].contains(a));
        }
    }
}
