//! One process per run.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the lock file in the run's folder.
const FILE_NAME: &str = "run.lock";

/// Tries to take the lock before it counts as held.
const TRIES: u32 = 5;
/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(40);

/// Holds a run's folder for this process. The lock is the operating system's, so it ends with the
/// process however that ends; the file holds the process id for messages and stays behind.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why the folder cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another process{} is writing to {folder}", holder(.pid))]
    Held {
        /// The folder.
        folder: PathBuf,
        /// Its process id, if the file says so.
        pid: Option<u32>,
    },
    /// The lock file cannot be made.
    #[error("cannot write {path}: {source}")]
    Io {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl LockError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Held { .. } => "wait for it, stop it, or choose another --out".into(),
            Self::Io { .. } => "choose a folder that can be written with --out".into(),
        })
    }
}

fn holder(pid: &Option<u32>) -> String {
    pid.map_or(String::new(), |pid| format!(" (pid {pid})"))
}

impl Lock {
    /// Takes the lock of an existing folder.
    ///
    /// # Errors
    /// If another process holds it, or the folder cannot be written.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join(FILE_NAME);
        let io = |source| LockError::Io {
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let pid = match file.read_to_string(&mut text) {
                    Ok(_) => text.trim().parse().ok(),
                    Err(_) => None,
                };
                return Err(LockError::Held {
                    folder: folder.to_owned(),
                    pid,
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self { _file: file })
    }
}

impl Lock {
    /// Whether a process holds the folder: its process id, if it says so. Looks, and holds nothing.
    pub fn holder(folder: &Path) -> Option<Option<u32>> {
        let mut file = File::open(folder.join(FILE_NAME)).ok()?;
        // Shared, and let go at once: who takes the lock meanwhile tries again.
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let read = file.read_to_string(&mut text);
                Some(read.ok().and_then(|_| text.trim().parse().ok()))
            }
            _ => None,
        }
    }
}

/// Tries for a moment: a process that was just killed, or a child that is just being started,
/// may still share the file for some milliseconds.
fn try_lock(file: &File) -> Result<(), TryLockError> {
    for _ in 0..TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
    file.try_lock()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_the_first_ones_pid() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let error = Lock::take(folder.path()).unwrap_err();
        let expected = format!("(pid {})", std::process::id());
        assert!(error.to_string().contains(&expected), "{error}");
        assert_eq!(Lock::holder(folder.path()), Some(Some(std::process::id())));
        drop(first);
        assert_eq!(Lock::holder(folder.path()), None);
        Lock::take(folder.path()).unwrap();
    }
}
