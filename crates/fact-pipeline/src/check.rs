//! Re-checking the certificates of a run or of a JSONL export, without any model.

use crate::export::{ExportRow, OneOrMany, parse_row};
use crate::packs;
use crate::store::{BridgeVerdict, Reader, StoreError};
use fact_core::check::CheckOptions;
use fact_core::{Certificate, Rejection};
use fact_lang::pack::Pack;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows checked at a time.
const BATCH: usize = 512;
/// Stack of a checking thread: parser and interpreter recurse as deep as the limits allow.
const STACK_BYTES: usize = 32 << 20;

/// What to check, and with what.
#[derive(Debug, Clone, Default)]
pub struct CheckRequest {
    /// Skip the deletions of the minimality test.
    pub fast: bool,
    /// Folder of the images: also verify their hashes and sizes, and that boxes lie within them.
    pub images: Option<PathBuf>,
    /// Pack by name or path, where it is neither shipped nor in the run.
    pub pack: Option<String>,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Certificates checked.
    pub checked: u64,
    /// Rows without certificate, which claim nothing.
    pub without: u64,
    /// Rejected: id (or line) and reasons.
    pub rejected: Vec<(String, Vec<String>)>,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The run cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing in it.
    #[error("{path} holds no samples")]
    Empty {
        /// The run or file.
        path: PathBuf,
    },
    /// The images' folder cannot be used.
    #[error("cannot read the images' folder {path}: {source}")]
    Images {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not a row.
    #[error("{path}:{line}: {message}")]
    Line {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// The pack given cannot be loaded.
    #[error(transparent)]
    Pack(#[from] packs::PackLoadError),
    /// No thread could be started.
    #[error("cannot start the checking threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl CheckError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Pack(e) => e.hint(),
            Self::Line { .. } => Some("a JSONL export of `fact export --format jsonl`".into()),
            Self::Read { .. } => Some("give a run's folder or a JSONL export".into()),
            Self::Empty { .. } => {
                Some("give the folder of a run that was begun, or a JSONL export".into())
            }
            Self::Images { .. } => Some(
                "give the folder that the rows' `image` starts at, or leave out --images".into(),
            ),
            Self::Threads(_) => None,
        }
    }
}

/// Checks a run's folder, or a JSONL export.
///
/// # Errors
/// If it cannot be read; rejected certificates are no error.
pub fn check(target: &Path, request: &CheckRequest) -> Result<CheckReport, CheckError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK_BYTES)
        .build()?;
    if let Some(folder) = &request.images {
        std::fs::read_dir(folder).map_err(|source| CheckError::Images {
            path: folder.clone(),
            source,
        })?;
    }
    let is_run = target.is_dir() || target.extension().is_some_and(|e| e == "db");
    let reader = is_run.then(|| Reader::open(target)).transpose()?;
    let mut packs = Packs::default();
    if let Some(name) = &request.pack {
        packs.add(packs::load(name)?);
    }
    if let Some((name, source)) = reader
        .as_ref()
        .map(Reader::pack_source)
        .transpose()?
        .flatten()
    {
        // One that does not load any more is reported with each certificate that names it.
        if let Ok(pack) = Pack::load(&name, &source) {
            packs.add(pack);
        }
    }
    let mut report = CheckReport::default();
    let mut batch = Vec::new();
    let mut flush = |batch: &mut Vec<ExportRow>| {
        packs.prepare(batch);
        let results: Vec<Option<Vec<String>>> = pool.install(|| {
            let check = |row: &ExportRow| check_row(row, &packs, request);
            batch.par_iter().map(check).collect()
        });
        for (row, result) in batch.drain(..).zip(results) {
            match result {
                None => report.without += 1,
                Some(reasons) => {
                    report.checked += 1;
                    if !reasons.is_empty() {
                        report.rejected.push((row.id, reasons));
                    }
                }
            }
        }
    };
    let mut take = |row: ExportRow| {
        batch.push(row);
        if batch.len() == BATCH {
            flush(&mut batch);
        }
    };
    match reader {
        Some(reader) => reader.for_each(false, |row| -> Result<(), CheckError> {
            take(row.into());
            Ok(())
        })?,
        None => for_each_line(target, &mut take)?,
    }
    flush(&mut batch);
    if report.checked + report.without == 0 {
        return Err(CheckError::Empty {
            path: target.to_owned(),
        });
    }
    Ok(report)
}

fn for_each_line(path: &Path, take: &mut dyn FnMut(ExportRow)) -> Result<(), CheckError> {
    let failed = |source| CheckError::Read {
        path: path.to_owned(),
        source,
    };
    let file = BufReader::new(File::open(path).map_err(failed)?);
    for (number, line) in (1..).zip(file.lines()) {
        let line = line.map_err(failed)?;
        if line.trim().is_empty() {
            continue;
        }
        let row = parse_row(&line).map_err(|message| CheckError::Line {
            path: path.to_owned(),
            line: number,
            message,
        })?;
        take(row);
    }
    Ok(())
}

/// Packs by the hash of their source.
#[derive(Default)]
struct Packs(BTreeMap<String, Arc<Pack>>);

impl Packs {
    fn add(&mut self, pack: Pack) {
        self.0.insert(pack.sha256.to_string(), Arc::new(pack));
    }

    /// Loads what the rows' certificates name and is not there yet: from the certificate, or a
    /// shipped pack of that name.
    fn prepare(&mut self, rows: &[ExportRow]) {
        for named in rows
            .iter()
            .filter_map(|row| Some(&row.certificate.as_ref()?.pack))
        {
            if self.0.contains_key(&named.sha256) {
                continue;
            }
            let pack = match &named.source {
                Some(source) => Pack::load(&named.name, source).ok(),
                None if packs::SHIPPED.contains(&named.name.as_str()) => {
                    Pack::builtin(&named.name).ok()
                }
                None => None,
            };
            if let Some(pack) = pack {
                // Kept under the hash asked for; the checker compares it with the pack's own.
                self.0.insert(named.sha256.clone(), Arc::new(pack));
            }
        }
    }

    fn get(&self, certificate: &Certificate) -> Option<&Pack> {
        self.0.get(&certificate.pack.sha256).map(|pack| &**pack)
    }
}

/// Why a row is rejected; `None` if it claims nothing.
fn check_row(row: &ExportRow, packs: &Packs, request: &CheckRequest) -> Option<Vec<String>> {
    let Some(certificate) = &row.certificate else {
        let claims = row.accepted || row.rationale.is_some() || !row.steps.is_empty();
        return claims.then(|| vec!["it has a rationale but no certificate".to_owned()]);
    };
    let mut reasons = differences(row, certificate);
    let Some(rationale) = row.rationale() else {
        reasons.push("it has a certificate but no rationale".to_owned());
        return Some(reasons);
    };
    let Some(pack) = packs.get(certificate) else {
        let PackName { name, sha256 } = PackName::of(certificate);
        reasons.push(format!(
            "the pack `{name}` with SHA-256 {sha256} is not at hand; give it with --pack"
        ));
        return Some(reasons);
    };
    let options = CheckOptions { fast: request.fast };
    let text = row.rationale.as_deref();
    let rejections = match &row.bridge {
        Some(bridge) if bridge.verdict == BridgeVerdict::Accepted => {
            if Some(bridge.text.as_str()) != text {
                reasons.push("the row's `bridge.text` is not its `rationale`".to_owned());
            }
            let rules = Some(bridge.rules.as_str());
            fact_core::check_rewritten(certificate, &rationale, text, rules, pack, options)
        }
        bridge => {
            if bridge
                .as_ref()
                .is_some_and(|b| Some(b.rules.as_str()) != text)
            {
                reasons.push("the row's `bridge.rules` is not its `rationale`".to_owned());
            }
            fact_core::check(certificate, &rationale, text, pack, options)
        }
    };
    reasons.extend(rejections.iter().map(Rejection::to_string));
    if let Some(folder) = &request.images {
        images(row, certificate, folder, &mut reasons);
    }
    Some(reasons)
}

struct PackName<'a> {
    name: &'a str,
    sha256: &'a str,
}

impl<'a> PackName<'a> {
    fn of(certificate: &'a Certificate) -> Self {
        Self {
            name: &certificate.pack.name,
            sha256: &certificate.pack.sha256,
        }
    }
}

/// Fields of the row that are not the certificate's.
fn differences(row: &ExportRow, certificate: &Certificate) -> Vec<String> {
    let fields = [
        ("question", Some(&row.question), &certificate.question),
        ("predicted", row.predicted.as_ref(), &certificate.answer),
        ("program", row.program.as_ref(), &certificate.program),
        ("residual", row.residual.as_ref(), &certificate.residual),
    ];
    fields
        .into_iter()
        .filter(|(_, of_row, of_certificate)| *of_row != Some(*of_certificate))
        .map(|(name, ..)| format!("the row's `{name}` is not the one certified"))
        .collect()
}

/// Holds the images in `folder` against the certificate.
fn images(row: &ExportRow, certificate: &Certificate, folder: &Path, reasons: &mut Vec<String>) {
    let paths = match &row.image {
        OneOrMany::One(path) => std::slice::from_ref(path),
        OneOrMany::Many(paths) => paths,
    };
    if paths.len() != certificate.images.len() {
        reasons.push(format!(
            "the row has {} images, the certificate {}",
            paths.len(),
            certificate.images.len()
        ));
        return;
    }
    let limits = fact_models::DecodeLimits::default();
    let root = match crate::datasets::ImageRoot::new(folder) {
        Ok(root) => root,
        Err(e) => return reasons.push(format!("cannot read {}: {e}", folder.display())),
    };
    for (path, stated) in paths.iter().zip(&certificate.images) {
        let bytes = match root
            .resolve(&[path])
            .map(|source| source.read(limits.file_bytes))
        {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(e)) => return reasons.push(e.to_string()),
            Err(e) => return reasons.push(e.to_string()),
        };
        match fact_models::decode(&bytes, &limits) {
            Err(e) => reasons.push(format!("image `{path}`: {e}")),
            Ok(image) => {
                if image.sha256 != stated.sha256 {
                    reasons.push(format!(
                        "image `{path}` has SHA-256 {}, the certificate says {}",
                        image.sha256, stated.sha256
                    ));
                } else if (image.width, image.height) != (stated.width, stated.height) {
                    reasons.push(format!(
                        "image `{path}` is {}×{}, the certificate says {}×{}",
                        image.width, image.height, stated.width, stated.height
                    ));
                }
            }
        }
    }
    for (number, step) in (1..).zip(&row.steps) {
        for grounded in &step.boxes {
            let [left, top, right, bottom] = grounded.bbox;
            let inside = certificate.images.get(grounded.image).is_some_and(|image| {
                left >= 0.0
                    && top >= 0.0
                    && left <= right
                    && top <= bottom
                    && right <= f64::from(image.width)
                    && bottom <= f64::from(image.height)
            });
            if !inside {
                reasons.push(format!(
                    "step {number}: the box of “{}” is not within its image",
                    grounded.name
                ));
            }
        }
    }
}
