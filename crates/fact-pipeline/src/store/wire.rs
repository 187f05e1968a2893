//! What went over the wire: HTTP requests by session, role and back end.

use super::{StoreError, Writer};
use fact_models::remote::Spent;
use rusqlite::params;

/// The table, for stores of the versions before.
pub(super) const TABLE: &str = "wire (
    session  INTEGER NOT NULL,
    role     TEXT NOT NULL,
    back_end TEXT NOT NULL,
    requests INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    waited   REAL NOT NULL,
    PRIMARY KEY (session, role, back_end)
) WITHOUT ROWID";

/// What a back end is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Programs.
    Propose,
    /// What is in an image.
    Perceive,
    /// Rationales written anew.
    Bridge,
    /// Whether rationales help.
    Verify,
}

impl Role {
    /// Its name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Propose => "propose",
            Self::Perceive => "perceive",
            Self::Bridge => "bridge",
            Self::Verify => "verify",
        }
    }
}

/// Reads a counter that only grows, and tells what came on top since the last time.
#[derive(Debug, Default)]
pub struct Meter(Spent);

impl Meter {
    /// What came on top since the last call.
    pub fn advance(&mut self, now: Spent) -> Spent {
        let last = std::mem::replace(&mut self.0, now);
        Spent {
            requests: now.requests.saturating_sub(last.requests),
            retries: now.retries.saturating_sub(last.retries),
            prompt_tokens: now.prompt_tokens.saturating_sub(last.prompt_tokens),
            completion_tokens: now.completion_tokens.saturating_sub(last.completion_tokens),
            waited: now.waited.saturating_sub(last.waited),
        }
    }
}

impl Writer {
    /// Adds requests to the count of the last session.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_wire(&mut self, role: Role, back_end: &str, more: Spent) -> Result<(), StoreError> {
        if more.requests == 0 {
            return Ok(());
        }
        self.connection
            .prepare_cached(
                "INSERT INTO wire (session, role, back_end, requests, repeated, waited)
                 VALUES ((SELECT coalesce(max(session), 0) FROM sessions), ?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
                     repeated = repeated + excluded.repeated, waited = waited + excluded.waited",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    role.name(),
                    back_end,
                    more.requests as i64,
                    more.retries as i64,
                    more.waited.as_secs_f64(),
                ])
            })
            .map(|_| ())
            .map_err(self.failed("counting requests"))
    }
}
