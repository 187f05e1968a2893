//! All that a run works with, opened as its configuration says.

use super::{Index, RunError};
use crate::back_end::{BackEnd, Wiring};
use crate::bridge::Bridge;
use crate::calibration::Calibration;
use crate::config::{Accept, Look, PerceptionSpec, ProposerSpec, RunConfig};
use crate::datasets::{self, DataSet};
use crate::packs::{self, PackLoadError};
use crate::proposers::bank::Bank;
use crate::proposers::{self, Proposer};
use crate::stages::judge::Judge;
use crate::stages::{Checker, Looks};
use fact_lang::pack::Pack;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// All that a run works with.
pub struct Setup {
    /// The settings.
    pub config: RunConfig,
    /// The data set.
    pub data: Arc<dyn DataSet>,
    /// The pack.
    pub pack: Arc<Pack>,
    /// The exemplar bank, if the run or the pack has one.
    pub bank: Option<Arc<Bank>>,
    /// The round of learning that this is for, from 1.
    pub round: u32,
    /// The perception.
    pub perception: BackEnd,
    /// The proposers, in order of preference.
    pub proposers: Vec<Box<dyn Proposer>>,
    /// Writes rationales anew, if a language model is to.
    pub bridge: Option<Arc<Bridge>>,
    /// Judges candidates.
    pub judge: Judge,
    /// Makes confidences of what speaks for candidates.
    pub confidence: Calibration,
    /// The least confidence that is accepted, if a precision is asked for.
    pub threshold: Option<f64>,
    /// Whether a run with other settings in the folder is done again with these.
    pub redo: bool,
    stop: Arc<AtomicBool>,
}

impl Setup {
    /// Opens everything that the configuration names. When `stop` becomes true, waiting for back
    /// ends behind a wire ends.
    ///
    /// # Errors
    /// If something cannot be opened.
    pub fn open(config: RunConfig, stop: &Arc<AtomicBool>) -> Result<Self, RunError> {
        let pack = Arc::new(packs::load(&config.pack)?);
        let data = Arc::from(datasets::open(&config.data)?);
        let wiring = Wiring {
            endpoint: config.endpoint.clone(),
            vlm: config.vlm.clone(),
            stop: Some(stop.clone()),
        };
        let perception = BackEnd::open(&config.perception, &wiring)?;
        let bank = proposers::bank_of(&config, &pack)?;
        let proposers = proposers::open(&config, &pack, bank.as_ref(), stop)?;
        let bridge = Bridge::open(&config.bridge, &config.llm, &pack, stop)?.map(Arc::new);
        let judge = Judge::new(&pack, bank.as_deref());
        let names: Vec<&str> = proposers.iter().map(|p| p.name()).collect();
        let confidence = match &config.calibration {
            Some(path) => Calibration::from_file(path)?,
            None => Calibration::shipped(&pack.name, &names)?,
        };
        let threshold = match config.accept {
            Accept::Precision(precision) => {
                Some(confidence.threshold(precision, config.answers == Look::Use)?)
            }
            Accept::Siblings | Accept::V0 | Accept::V1 | Accept::V2 => None,
        };
        Ok(Self {
            config,
            data,
            pack,
            perception,
            proposers,
            bridge,
            judge,
            confidence,
            threshold,
            bank,
            round: 1,
            redo: false,
            stop: stop.clone(),
        })
    }

    /// The same for a later round, with the bank that the rounds before taught.
    pub(super) fn later(&self, round: u32, bank: Bank) -> Result<Self, RunError> {
        let bank = Some(Arc::new(bank));
        Ok(Self {
            config: self.config.clone(),
            data: self.data.clone(),
            pack: self.pack.clone(),
            perception: self.perception.clone(),
            proposers: proposers::open(&self.config, &self.pack, bank.as_ref(), &self.stop)?,
            bridge: self.bridge.clone(),
            judge: Judge::new(&self.pack, bank.as_deref()),
            confidence: self.confidence.clone(),
            threshold: self.threshold,
            bank,
            round,
            redo: false,
            stop: self.stop.clone(),
        })
    }

    /// What compares the data set with its own annotations: where the run takes the data set's
    /// programs and looks at its annotations.
    pub(super) fn checker(&self) -> Result<Option<Checker>, RunError> {
        let gold = self.config.propose.contains(&ProposerSpec::Gold);
        if !gold || self.perception.looks() != Looks::AtAnnotations {
            return Ok(None);
        }
        let malformed = |source| PackLoadError::Malformed {
            origin: "scene".into(),
            source,
        };
        Ok(Some(Checker::new().map_err(malformed)?))
    }

    /// What to say where a precision is asked for of candidates that confidence was not fitted on.
    pub(super) fn uncalibrated(&self) -> Option<String> {
        self.threshold?;
        let names: Vec<&str> = self.proposers.iter().map(|p| p.name()).collect();
        let fits = self.confidence.fits(&self.pack.name, &names);
        (!fits).then(|| {
            format!(
                "confidence was fitted on {}, not on candidates like these: its order is of use, its \
                 precision a guess; `fact calibrate` fits it on your data",
                self.confidence.fitted_on
            )
        })
    }

    /// The settings that the results depend on, by name: what a store is bound to.
    pub(super) fn settings(&self, index: &Index) -> BTreeMap<String, String> {
        let mut settings = BTreeMap::new();
        if let Ok(serde_json::Value::Object(config)) = serde_json::to_value(&self.config) {
            for (key, value) in config {
                // The bridge works on what the store holds, and may change.
                // What of `vlm` and `llm` changes answers is in the fingerprints.
                let changes_nothing = matches!(
                    key.as_str(),
                    "out"
                        | "threads"
                        | "strict"
                        | "bank"
                        | "calibration"
                        | "endpoint"
                        | "vlm"
                        | "llm"
                        | "propose"
                        | "bridge"
                        | "reuse"
                );
                if !changes_nothing {
                    settings.insert(key, value.to_string());
                }
            }
        }
        let mut put = |key: &str, value: &str| settings.insert(key.into(), value.into());
        if let PerceptionSpec::Server { .. } = self.config.perception {
            // A tool server is known by its fingerprint, wherever it runs today.
            put("perception", "tool server");
        }
        let names: Vec<String> = (self.config.propose.iter())
            .map(|spec| format!("\"{}\"", spec.identity()))
            .collect();
        put("propose", &format!("[{}]", names.join(",")));
        put("fact.version", env!("CARGO_PKG_VERSION"));
        put("data.samples", &index.samples.to_string());
        put("data.sha256", &index.sha256);
        put("pack.name", &self.pack.name);
        put("pack.version", &self.pack.version);
        put("pack.sha256", &self.pack.sha256);
        put("calibration.sha256", &self.confidence.sha256);
        put("calibration.fitted_on", &self.confidence.fitted_on);
        put("perception.fingerprint", self.perception.fingerprint());
        for proposer in &self.proposers {
            let mut key = format!("propose.{}.fingerprint", proposer.name());
            // Two language models may propose.
            while settings.contains_key(&key) {
                key.push('+');
            }
            settings.insert(key, proposer.fingerprint());
        }
        settings
    }
}
