//! A run against a language model on the loopback interface, of which everything is known: what the
//! server was asked in each session, what the store holds, and what an undisturbed run exports.

use crate::support::model::{Fault, Model};
use crate::support::{data, export, fact};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Questions, scenes of each, completions of each.
const QUESTIONS: usize = 12;
const SCENES: usize = 2;
const SAMPLES: usize = 3;
/// Requests at once.
pub(crate) const CONCURRENCY: usize = 4;

/// A question to the model: its prompt and seed.
pub(crate) type Identity = (String, i64);

/// Numbers that look drawn, the same for the same seed (Steele, Lea and Flood 2014, SplitMix64).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// How the server is today.
#[derive(Default)]
pub(crate) struct Mood {
    /// Closes every connection.
    pub(crate) dead: AtomicBool,
    /// Dies after so many more requests, if above 0.
    pub(crate) dies_after: AtomicUsize,
    /// Requests that it closed the connection of.
    refused: AtomicUsize,
    /// Milliseconds more for each answer.
    pub(crate) slow: AtomicUsize,
}

/// The server, the data set and the undisturbed run.
pub(crate) struct World {
    folder: tempfile::TempDir,
    model: Model,
    pub(crate) mood: Arc<Mood>,
    asked: Arc<Mutex<Vec<Identity>>>,
    /// What an undisturbed run exports.
    whole: String,
    /// Seconds that one takes.
    pub(crate) takes: Duration,
    runs: usize,
}

/// A run in a folder of its own, and what was asked of the server for it.
pub(crate) struct Run {
    pub(crate) name: String,
    /// All requests, by all sessions.
    received: usize,
    /// Identities of those of all sessions.
    seen: BTreeSet<Identity>,
    /// Requests that the server closed the connection of.
    refused: usize,
    /// Kills, and other ends without a word.
    pub(crate) cut: usize,
}

/// What a store holds of calls.
pub(crate) struct Held {
    pub(crate) answered: BTreeSet<Identity>,
    pub(crate) unknown: usize,
    sent: usize,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let asked: Arc<Mutex<Vec<Identity>>> = Arc::default();
        let mood: Arc<Mood> = Arc::default();
        let (log, today) = (asked.clone(), mood.clone());
        let model = Model::start(move |number, body| {
            let prompt = body["prompt"].as_str().unwrap().to_owned();
            let seed = body["seed"].as_i64().unwrap();
            log.lock().unwrap().push((prompt, seed));
            let left = today.dies_after.load(Ordering::SeqCst);
            if left > 0 {
                today.dies_after.store(left - 1, Ordering::SeqCst);
                today.dead.fetch_or(left == 1, Ordering::SeqCst);
            }
            if today.dead.load(Ordering::SeqCst) {
                today.refused.fetch_add(1, Ordering::SeqCst);
                return Some(Fault::Raw(Vec::new()));
            }
            let time = 5 + (number as u64 * 7) % 20 + today.slow.load(Ordering::SeqCst) as u64;
            std::thread::sleep(Duration::from_millis(time));
            None
        });
        let data = data(folder.path(), QUESTIONS, SCENES);
        let text = format!(
            "data = \"{data}\"\npropose = [\"llm:m@{}\"]\n[llm]\nsamples = {SAMPLES}\n\
             concurrency = {CONCURRENCY}\n[llm.endpoint]\nretries = 1\ntimeout = 20\n",
            model.url()
        );
        std::fs::write(folder.path().join("fact.toml"), text).unwrap();
        let mut world = Self {
            folder,
            model,
            mood,
            asked,
            whole: String::new(),
            takes: Duration::ZERO,
            runs: 0,
        };
        let mut run = world.run();
        let start = Instant::now();
        assert_eq!(world.go(&mut run).code, Some(0));
        world.takes = start.elapsed();
        world.whole = export(world.path(), &run.name);
        assert_eq!(world.whole.lines().count(), QUESTIONS * SCENES);
        assert_eq!(world.model.received(), QUESTIONS * SAMPLES);
        world
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn folder(&self, run: &Run) -> PathBuf {
        self.path().join(&run.name)
    }

    /// A run that has not begun.
    pub(crate) fn run(&mut self) -> Run {
        self.runs += 1;
        Run {
            name: format!("run{}", self.runs),
            received: 0,
            refused: 0,
            seen: BTreeSet::new(),
            cut: 0,
        }
    }

    /// The command that does a run, or goes on with it.
    pub(crate) fn command(&self, run: &Run) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("fact"));
        command
            .current_dir(self.path())
            .args(["run", "--out", &run.name])
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// A session of a run by `command`, which `disturb` disturbs. Whatever that does: no answer that
    /// was in the store is asked for again.
    pub(crate) fn session(
        &self,
        mut command: Command,
        run: &mut Run,
        disturb: impl FnOnce(&mut Child),
    ) -> Ended {
        let before = self.held(run);
        self.asked.lock().unwrap().clear();
        let mut child = command.spawn().unwrap();
        disturb(&mut child);
        let output = child.wait_with_output().unwrap();
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        for identity in &asked {
            assert!(
                !before.answered.contains(identity),
                "{}: a stored answer was asked for again",
                run.name
            );
        }
        run.received += asked.len();
        run.refused += self.mood.refused.swap(0, Ordering::SeqCst);
        run.seen.extend(asked);
        Ended {
            code: output.status.code(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// An undisturbed session.
    pub(crate) fn go(&self, run: &mut Run) -> Ended {
        self.session(self.command(run), run, |_| {})
    }

    /// Goes on undisturbed to the end, which is that of the undisturbed run, with a true account.
    pub(crate) fn finish(&self, run: &mut Run) {
        let ended = self.go(run);
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        assert_eq!(export(self.path(), &run.name), self.whole, "{}", run.name);
        let held = self.held(run);
        assert_eq!(held.answered.len(), QUESTIONS * SAMPLES);
        assert_eq!(held.answered, run.seen);
        assert_eq!(held.unknown, 0);
        // Whatever reached the server was journalled before; what was journalled and did not reach
        // it was on its way at a cut.
        let repeated = self.repeated(run);
        assert!(
            held.sent + repeated >= run.received,
            "{}: {} sent and {repeated} repeated, but {} came",
            run.name,
            held.sent,
            run.received
        );
        let most = QUESTIONS * SAMPLES + CONCURRENCY * run.cut + run.refused;
        assert!(held.sent <= most, "{}: {} sent", run.name, held.sent);
    }

    /// What the store holds of calls; nothing if there is none yet.
    pub(crate) fn held(&self, run: &Run) -> Held {
        let mut held = Held {
            answered: BTreeSet::new(),
            unknown: 0,
            sent: 0,
        };
        let Some(store) = self.store(run) else {
            return held;
        };
        let Ok(mut select) = store.prepare("SELECT request, state, sent FROM calls") else {
            // Killed before the tables were made.
            return held;
        };
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (request, state, sent): (String, String, i64) = (
                row.get(0).unwrap(),
                row.get(1).unwrap(),
                row.get(2).unwrap(),
            );
            held.sent += usize::try_from(sent).unwrap();
            match state.as_str() {
                "answered" => assert!(held.answered.insert(identity(&request))),
                _ => held.unknown += 1,
            }
        }
        held
    }

    /// Requests repeated within one sending, as the store has counted them.
    fn repeated(&self, run: &Run) -> usize {
        let store = self.store(run).unwrap();
        let sum = "SELECT coalesce(sum(repeated), 0) FROM wire";
        let sum: i64 = store.query_row(sum, [], |row| row.get(0)).unwrap();
        usize::try_from(sum).unwrap()
    }

    fn store(&self, run: &Run) -> Option<Connection> {
        let path = self.folder(run).join("run.db");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        path.exists()
            .then(|| Connection::open_with_flags(path, flags).unwrap())
    }

    /// What the program says to these arguments.
    pub(crate) fn says(&self, args: &[&str]) -> Ended {
        let output = fact(self.path()).args(args).output().unwrap();
        Ended {
            code: output.status.code(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }
}

/// Whether a run keeps something of other settings for questions that are not done yet.
pub(crate) fn is_half_done(store: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let count = Connection::open_with_flags(store, flags).and_then(|store| {
        let count = "SELECT count(*) FROM kept";
        store.query_row(count, [], |row| row.get::<_, i64>(0))
    });
    // While another process opens it, it may not be readable.
    count.is_ok_and(|count| count > 0)
}

/// How a process ended.
pub(crate) struct Ended {
    /// `None` after a signal.
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
}

/// Of a stored request.
fn identity(request: &str) -> Identity {
    let request: Value = serde_json::from_str(request).unwrap();
    let args = request["args"].as_array().unwrap();
    let arg = |name: &str| {
        let found = args.iter().find(|pair| pair[0] == name).unwrap();
        match &found[1] {
            Value::Object(tagged) => tagged.values().next().unwrap().clone(),
            plain => plain.clone(),
        }
    };
    (
        arg("prompt").as_str().unwrap().to_owned(),
        arg("seed").as_i64().unwrap(),
    )
}
