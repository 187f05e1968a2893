//! A folder with the files of a test.

use fact_pipeline::datasets::{self, Record, RecordError};
use std::path::{Path, PathBuf};

/// What a test returns.
pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A temporary folder.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    /// A folder with `files`: path and content.
    pub(crate) fn with(files: &[(&str, &str)]) -> std::io::Result<Self> {
        let folder = Self(tempfile::tempdir()?);
        for (path, content) in files {
            folder.write(path, content.as_bytes())?;
        }
        Ok(folder)
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) -> std::io::Result<()> {
        let path = self.path(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, content)
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// `KIND:FOLDER/REST`.
    pub(crate) fn spec(&self, kind: &str, rest: &str) -> String {
        format!("{kind}:{}", self.path(rest).display())
    }

    /// Good records and errors of a data set.
    pub(crate) fn read(
        &self,
        kind: &str,
        rest: &str,
    ) -> Result<(Vec<Record>, Vec<RecordError>), datasets::OpenError> {
        read(&self.spec(kind, rest))
    }

    /// The errors of reading `content` as JSON lines beside an image `a.png`, without the name of
    /// the folder, and the number of good records.
    pub(crate) fn jsonl_errors(
        content: &[u8],
    ) -> Result<(usize, Vec<String>), Box<dyn std::error::Error>> {
        let folder = Self::with(&[("a.png", "")])?;
        folder.write("d.jsonl", content)?;
        let (good, bad) = folder.read("jsonl", "d.jsonl")?;
        Ok((good.len(), folder.texts(&bad)))
    }

    /// Errors as text, without the folder's path.
    pub(crate) fn texts(&self, errors: &[RecordError]) -> Vec<String> {
        let real = self.0.path().canonicalize().unwrap_or_default();
        let strip = |path: &Path, text: String| text.replace(&format!("{}/", path.display()), "");
        let texts = errors.iter().map(|e| strip(self.0.path(), e.to_string()));
        texts.map(|text| strip(&real, text)).collect()
    }
}

/// Good records and errors of a data set.
pub(crate) fn read(spec: &str) -> Result<(Vec<Record>, Vec<RecordError>), datasets::OpenError> {
    let data = datasets::open(spec)?;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for item in data.samples() {
        match item {
            Ok(record) => good.push(record),
            Err(e) => bad.push(e),
        }
    }
    Ok((good, bad))
}

/// The message of an error that must happen.
pub(crate) fn refused(spec: &str) -> String {
    match datasets::open(spec) {
        Ok(data) => format!("opened {}", data.name()),
        Err(e) => e.to_string(),
    }
}
