//! The account of a run's language model, from what its table `calls` holds: true across sessions.

use super::{Reader, StoreError};
use fact_lang::tool::Answer;
use fact_models::language::{Reply, TOOL};
use serde::Serialize;

/// What a run asked of a language model, and what came back.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Account {
    /// Different questions: one a sample.
    pub asked: u64,
    /// Of those: with an answer.
    pub answered: u64,
    /// Of those: taken over from another run, at no cost to this one.
    pub reused: u64,
    /// Of those answered: the server refused the question, or its reply could not be read.
    pub failed: u64,
    /// Of those answered: without any text, or marked as a refusal.
    pub empty: u64,
    /// Of those answered: cut off at the most tokens.
    pub cut: u64,
    /// Sent and not answered, when a process was killed or a server died: perhaps paid for.
    pub unanswered: u64,
    /// How often a question was sent, by all sessions; repetitions of requests that failed within
    /// one sending are counted apart.
    pub sent: u64,
    /// Requests on top of these: repetitions after a failed one, as after a status 503 or a time-out.
    /// Those of the last second before a kill may be missing.
    pub repeated: u64,
    /// Tokens of prompts, of what this run paid for, as the server told.
    pub prompt_tokens: u64,
    /// Tokens of completions, of what this run paid for, as the server told.
    pub completion_tokens: u64,
    /// Answers with text whose tokens the server did not tell.
    pub untold: u64,
    /// What the tokens cost, if the prices are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// The same for each rationale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_per_rationale: Option<f64>,
}

impl Reader {
    /// The account of the language models that made programs and wrote rationales anew, verifiers
    /// left out; `None` if none was asked.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn account(&self) -> Result<Option<Account>, StoreError> {
        self.account_of(None)
    }

    /// The account of the model with this fingerprint, whatever it was asked for.
    pub(crate) fn account_of(
        &self,
        fingerprint: Option<&str>,
    ) -> Result<Option<Account>, StoreError> {
        let mut account = Account::default();
        let read = || -> rusqlite::Result<()> {
            let mut select = self.connection.prepare(
                // Only verifiers are asked for probabilities. Within a text the word's quotes are
                // escaped.
                "SELECT answer, sent FROM calls
                 WHERE tool = ?1 AND (?2 IS NULL OR fingerprint = ?2)
                   AND (?3 OR instr(request, '\"probabilities\"') = 0)",
            )?;
            let mut rows = select.query((TOOL, fingerprint, fingerprint.is_some()))?;
            while let Some(row) = rows.next()? {
                let sent: i64 = row.get(1)?;
                account.add(row.get(0)?, sent.max(0) as u64);
            }
            Ok(())
        };
        let mut read = read;
        read().map_err(self.failed("reading the account"))?;
        account.repeated = self
            .connection
            .query_row(
                "SELECT coalesce(sum(repeated), 0) FROM wire
                 WHERE role IN ('propose', 'bridge') AND (?1 IS NULL OR back_end = ?1)",
                [fingerprint],
                |row| row.get::<_, i64>(0),
            )
            .map_err(self.failed("reading the account"))?
            .unsigned_abs();
        Ok((account.asked > 0).then_some(account))
    }
}

impl Account {
    fn add(&mut self, answer: Option<String>, sent: u64) {
        self.asked += 1;
        self.sent += sent;
        let Some(answer) = answer else {
            self.unanswered += 1;
            return;
        };
        self.answered += 1;
        self.reused += u64::from(sent == 0);
        let reply = match serde_json::from_str::<Answer>(&answer) {
            Ok(Answer::Text(json)) => Reply::from_json(&json).ok(),
            _ => None,
        };
        let Some(reply) = reply else {
            self.failed += 1;
            return;
        };
        self.empty += u64::from(reply.text.trim().is_empty() || reply.is_refusal());
        self.cut += u64::from(reply.finish_reason.as_deref() == Some("length"));
        if sent > 0 {
            self.untold += u64::from(reply.prompt_tokens.is_none());
            self.prompt_tokens += reply.prompt_tokens.unwrap_or(0);
            self.completion_tokens += reply.completion_tokens.unwrap_or(0);
        }
    }
}
