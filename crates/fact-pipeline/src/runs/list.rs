//! Which runs there are, and how far each came.

use super::{bytes, date};
use crate::store::{self, Account, Reader, RunState, SessionState, Stock, StoreError};
use crate::terminal::one_line;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// How deep below the root runs are looked for.
const DEPTH: usize = 4;
/// Most folders that are looked into.
const MOST_FOLDERS: usize = 100_000;

/// One go at a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionInfo {
    /// Seconds since 1970.
    pub started: i64,
    /// Seconds since 1970; unknown while it runs, or if it was killed.
    pub ended: Option<i64>,
    /// How it stands.
    pub state: SessionState,
    /// Samples it did.
    pub samples: u64,
}

/// Requests of one session to one back end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WireInfo {
    /// What it was asked for: `propose`, `perceive`, `bridge` or `verify`.
    pub role: String,
    /// Its fingerprint.
    pub back_end: String,
    /// HTTP requests, in all sessions.
    pub requests: u64,
    /// Of those: repetitions after a failed one.
    pub repeated: u64,
    /// Seconds waited for them, summed over concurrent ones.
    pub waited: f64,
}

/// A run as a whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunInfo {
    /// Its folder.
    pub folder: PathBuf,
    /// How it stands.
    pub state: RunState,
    /// The data set.
    pub data: String,
    /// Samples in the store.
    pub samples: u64,
    /// Samples there will be.
    pub expected: Option<u64>,
    /// Of those in the store: accepted.
    pub accepted: u64,
    /// Bytes of its folder.
    pub bytes: u64,
    /// What language models were asked.
    pub account: Option<Account>,
    /// What that cost, as `summary.json` has it; unknown without prices.
    pub cost: Option<f64>,
    /// When something was last done, in seconds since 1970.
    pub date: Option<i64>,
    /// The settings.
    pub settings: BTreeMap<String, String>,
    /// What is in the store.
    #[serde(skip)]
    pub stock: Stock,
    /// All goes at it.
    pub sessions: Vec<SessionInfo>,
    /// What went over the wire.
    pub wire: Vec<WireInfo>,
}

/// A folder with a store that cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// The folder.
    pub folder: PathBuf,
    /// Why.
    pub error: Box<StoreError>,
}

/// All runs in `root` and below it, by folder; those that cannot be read with the reason.
///
/// # Errors
/// If `root` is no folder that can be read.
pub fn list(root: &Path) -> std::io::Result<Vec<Result<RunInfo, Unreadable>>> {
    let mut folders = vec![];
    let mut left = MOST_FOLDERS;
    std::fs::read_dir(root)?;
    walk(root, DEPTH, &mut left, &mut folders);
    folders.sort();
    let info = |folder: PathBuf| match RunInfo::read(&folder) {
        Ok(info) => Ok(info),
        Err(error) => Err(Unreadable {
            folder,
            error: Box::new(error),
        }),
    };
    Ok(folders.into_iter().map(info).collect())
}

/// Folders that cannot be read are passed over: they are not the user's runs.
fn walk(folder: &Path, depth: usize, left: &mut usize, found: &mut Vec<PathBuf>) {
    if folder.join(store::FILE_NAME).is_file() {
        found.push(folder.to_owned());
        return;
    }
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        // Links are not followed: they may lead in a circle.
        if depth == 0 || *left == 0 || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        *left -= 1;
        walk(&entry.path(), depth - 1, left, found);
    }
}

impl RunInfo {
    /// Of the run in a folder.
    ///
    /// # Errors
    /// If its store cannot be read.
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let reader = Reader::open(folder)?;
        let settings = reader.settings()?;
        let stock = reader.stock()?;
        let expected = settings.get("data.samples").and_then(|n| n.parse().ok());
        let sessions = reader.session_infos()?;
        let data = settings.get("data");
        let data = data.and_then(|text| serde_json::from_str(text).ok());
        Ok(Self {
            folder: folder.to_owned(),
            state: reader.state()?,
            data: data.unwrap_or_default(),
            samples: stock.samples,
            expected,
            accepted: reader.accepted()?,
            bytes: size(folder),
            account: reader.account()?,
            cost: cost(folder),
            date: sessions.last().map(|s| s.ended.unwrap_or(s.started)),
            settings,
            stock,
            wire: reader.wire()?,
            sessions,
        })
    }

    /// A line of a list.
    pub fn line(&self) -> String {
        let expected = match self.expected {
            Some(expected) if expected != self.samples => format!(" of {expected}"),
            _ => String::new(),
        };
        let mut parts = vec![
            self.state.to_string(),
            format!("{}{expected} samples", self.samples),
            format!("{} accepted", self.accepted),
            bytes(self.bytes),
        ];
        if let Some(account) = &self.account {
            parts.push(format!("{} requests", account.sent + account.repeated));
        }
        if let Some(cost) = self.cost {
            parts.push(format!("cost {cost:.2}"));
        }
        parts.extend(self.date.map(date::utc));
        let folder = self.folder.to_string_lossy();
        format!(
            "{}\n  {}: {}\n",
            one_line(&folder),
            one_line(&self.data),
            parts.join(", ")
        )
    }

    /// Settings, sessions and account.
    pub fn text(&self) -> String {
        let mut out = self.line();
        let mut write = |text: String| {
            let _ = writeln!(out, "{text}");
        };
        write("settings".to_owned());
        for (key, value) in &self.settings {
            write(format!("  {key} = {}", one_line(value)));
        }
        write("sessions".to_owned());
        for session in &self.sessions {
            let ended = session.ended.map_or("?".to_owned(), date::utc);
            write(format!(
                "  {} to {ended}: {}, {} samples",
                date::utc(session.started),
                session.state.name(),
                session.samples
            ));
        }
        if !self.stock.calls.is_empty() {
            write("calls of back ends behind a wire".to_owned());
        }
        for calls in &self.stock.calls {
            write(format!(
                "  {}: {} answered, {} sent without an answer",
                one_line(&calls.fingerprint),
                calls.answered,
                calls.unknown
            ));
        }
        for wire in &self.wire {
            write(format!(
                "  {} to {}: {} HTTP requests, {} of them repeated, {:.1} s waited",
                wire.role,
                one_line(&wire.back_end),
                wire.requests,
                wire.repeated,
                wire.waited
            ));
        }
        if let Some(account) = &self.account {
            write("account of language models, verifiers left out".to_owned());
            write(format!(
                "  {} completions asked for, {} answered, {} taken over, {} sent without an answer",
                account.asked, account.answered, account.reused, account.unanswered
            ));
            write(format!(
                "  {} times sent, {} requests repeated; {} prompt and {} completion tokens",
                account.sent, account.repeated, account.prompt_tokens, account.completion_tokens
            ));
        }
        out
    }
}

/// Bytes of the files in a folder.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let sizes = entries.flatten().filter_map(|entry| {
        let meta = entry.metadata().ok()?;
        meta.is_file().then_some(meta.len())
    });
    sizes.sum()
}

/// The cost that the last summary has.
fn cost(folder: &Path) -> Option<f64> {
    let text = std::fs::read(folder.join(crate::summary::FILE_NAME)).ok()?;
    let summary: serde_json::Value = serde_json::from_slice(&text).ok()?;
    summary.get("language_model")?.get("cost")?.as_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_none_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(list(&folder.path().join("nowhere")).is_err());
        assert!(list(folder.path()).unwrap().is_empty());
        std::fs::create_dir(folder.path().join("run")).unwrap();
        std::fs::write(folder.path().join("run/run.db"), b"no database").unwrap();
        let found = list(folder.path()).unwrap();
        assert!(matches!(&found[..], [Err(u)] if u.folder.ends_with("run")));
    }
}
