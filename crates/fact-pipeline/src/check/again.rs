//! Asking the perception again: does it say what was recorded?

use super::row::paths;
use crate::back_end::BackEnd;
use crate::calls::AskError;
use crate::datasets::{DataSet, ImageRoot, ImageSource, Samples, SceneSource};
use crate::export::ExportRow;
use crate::stages::{Material, Perceiver, Prepared};
use crate::terminal::cut;
use fact_core::Certificate;
use fact_lang::tool::{Answer, Request};
use fact_models::DecodeLimits;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Differences that are told of one by one; more are only counted.
const MAX_TOLD: usize = 1_000;
/// Records of a data set that are kept when they were passed over: several threads do not ask quite
/// in its order.
const PASSED: usize = 1_024;

/// Whom to ask again, about what.
#[derive(Clone, Copy)]
pub struct Again<'a> {
    /// The perception.
    pub back_end: &'a BackEnd,
    /// The perception at work.
    pub perceiver: Perceiver<'a>,
    /// Where images and annotations are.
    pub place: Place<'a>,
}

/// Where images and annotations of samples are.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// Images by their path under a folder; no annotations.
    Images(&'a ImageRoot),
    /// In a data set, by the id of the sample.
    Data(&'a dyn DataSet),
}

/// What asking again gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Compared {
    /// Certificates with recorded answers that were asked for again.
    pub certificates: u64,
    /// Of those: every answer is as recorded.
    pub reproduced: u64,
    /// Of those: the images or annotations could not be had, so nothing was asked.
    pub unavailable: u64,
    /// Calls by tool.
    pub tools: BTreeMap<String, ToolCount>,
    /// The first thousand calls that were not answered as recorded.
    pub differences: Vec<DifferentCall>,
}

/// Calls of one tool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ToolCount {
    /// Answered as recorded.
    pub same: u64,
    /// Answered otherwise.
    pub different: u64,
    /// Not answered: the perception refuses, or cannot do it.
    pub unanswered: u64,
}

/// A call that was not answered as recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DifferentCall {
    /// Id of the sample.
    pub id: String,
    /// Index among the recorded answers, from 0.
    pub call: usize,
    /// The call.
    pub request: Request,
    /// What was recorded.
    pub recorded: Answer,
    /// What the perception says now; an error if it has no answer.
    pub now: Answer,
}

/// What asking again gave for one certificate.
pub(super) struct Comparison {
    tools: BTreeMap<String, ToolCount>,
    differences: Vec<DifferentCall>,
    unavailable: Option<String>,
}

impl Comparison {
    /// Why the certificate is not reproduced, one reason a call.
    pub(super) fn reasons(&self) -> impl Iterator<Item = String> {
        let calls = self.differences.iter().map(|d| {
            let (recorded, now) = (json(&d.recorded), json(&d.now));
            let tool = &d.request.tool;
            match &d.now {
                Answer::Error(_) => {
                    let call = d.call;
                    format!("call {call} `{tool}`: recorded {recorded}, not answered now: {now}")
                }
                _ => format!("call {} `{tool}`: recorded {recorded}, now {now}", d.call),
            }
        });
        self.unavailable.iter().cloned().chain(calls)
    }
}

impl Compared {
    pub(super) fn add_one(&mut self, comparison: Comparison) {
        let Comparison {
            tools,
            differences,
            unavailable,
        } = comparison;
        self.add(Self {
            certificates: 1,
            reproduced: u64::from(differences.is_empty() && unavailable.is_none()),
            unavailable: u64::from(unavailable.is_some()),
            tools,
            differences,
        });
    }

    pub(super) fn add(&mut self, other: Self) {
        self.certificates += other.certificates;
        self.reproduced += other.reproduced;
        self.unavailable += other.unavailable;
        for (tool, count) in other.tools {
            let sum = self.tools.entry(tool).or_default();
            sum.same += count.same;
            sum.different += count.different;
            sum.unanswered += count.unanswered;
        }
        let room = MAX_TOLD.saturating_sub(self.differences.len());
        self.differences
            .extend(other.differences.into_iter().take(room));
    }
}

/// An answer, cut so that two of them are one reason.
fn json(answer: &Answer) -> String {
    // Plain data: encoding it cannot fail.
    let text = serde_json::to_string(answer).unwrap_or_default();
    cut(&text, 300).into_owned()
}

impl Again<'_> {
    /// Asks for every recorded answer of a certificate.
    ///
    /// # Errors
    /// If a perception behind a wire cannot be asked.
    pub(super) fn ask(
        &self,
        walk: &Walk<'_>,
        row: &ExportRow,
        certificate: &Certificate,
        halted: &dyn Fn() -> bool,
    ) -> Result<Comparison, AskError> {
        let mut comparison = Comparison {
            tools: BTreeMap::new(),
            differences: Vec::new(),
            unavailable: None,
        };
        let prepared = match self.prepare(walk, row, certificate) {
            Ok(prepared) => prepared,
            Err(reason) => {
                comparison.unavailable =
                    Some(format!("the perception could not be asked again: {reason}"));
                return Ok(comparison);
            }
        };
        let recorded = &certificate.answers;
        let requests: Vec<&Request> = recorded.iter().map(|r| &r.request).collect();
        let answers = prepared.ask(self.perceiver, &requests, halted)?;
        for (call, (recorded, now)) in recorded.iter().zip(answers).enumerate() {
            let count = comparison
                .tools
                .entry(recorded.request.tool.clone())
                .or_default();
            if now == recorded.answer {
                count.same += 1;
                continue;
            }
            match now {
                Answer::Error(_) => count.unanswered += 1,
                _ => count.different += 1,
            }
            comparison.differences.push(DifferentCall {
                id: row.id.clone(),
                call,
                request: recorded.request.clone(),
                recorded: recorded.answer.clone(),
                now,
            });
        }
        Ok(comparison)
    }

    /// The sample made ready to be looked at; or why it cannot be.
    fn prepare(
        &self,
        walk: &Walk<'_>,
        row: &ExportRow,
        certificate: &Certificate,
    ) -> Result<Prepared, String> {
        let seen = match self.place {
            Place::Images(root) => {
                let sources = paths(&row.image).iter().map(|path| root.resolve(&[path]));
                let images = sources
                    .collect::<Result<_, _>>()
                    .map_err(|e| e.to_string())?;
                Visible {
                    images,
                    scene: None,
                }
            }
            Place::Data(_) => walk
                .find(&row.id)
                .ok_or_else(|| format!("the data set has no sample `{}`", row.id))?,
        };
        let material = Material {
            images: &seen.images,
            scene: seen.scene.as_ref(),
            question: &certificate.question,
            choices: &certificate.choices,
        };
        let looks = self.back_end.looks();
        let prepared =
            Prepared::new(material, looks, &DecodeLimits::default()).map_err(|e| e.to_string())?;
        let images = &prepared.inputs.images;
        if images.len() != certificate.images.len() {
            let (found, certified) = (images.len(), certificate.images.len());
            return Err(format!(
                "the sample has {found} images, the certificate {certified}"
            ));
        }
        for (number, (found, stated)) in (1..).zip(images.iter().zip(&certificate.images)) {
            if found != stated {
                return Err(format!(
                    "image {number} is not the one certified: {}×{} with SHA-256 {}, not {}×{} \
                     with {}",
                    found.width,
                    found.height,
                    found.sha256,
                    stated.width,
                    stated.height,
                    stated.sha256
                ));
            }
        }
        Ok(prepared)
    }
}

/// What of a record a perception looks at.
#[derive(Clone)]
struct Visible {
    images: Vec<ImageSource>,
    scene: Option<SceneSource>,
}

/// A walk through a data set that finds samples by id. Rows usually stand in the order of the data
/// set; for one that does not, the walk goes once around.
pub(super) struct Walk<'a>(Option<Mutex<Walking<'a>>>);

struct Walking<'a> {
    data: &'a dyn DataSet,
    samples: Samples<'a>,
    passed: BTreeMap<String, Visible>,
    order: VecDeque<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(place: Place<'a>) -> Self {
        Self(match place {
            Place::Images(_) => None,
            Place::Data(data) => Some(Mutex::new(Walking {
                data,
                samples: data.samples(),
                passed: BTreeMap::new(),
                order: VecDeque::new(),
            })),
        })
    }

    fn find(&self, id: &str) -> Option<Visible> {
        let walking = self.0.as_ref()?;
        // A panic within leaves the walk somewhere in the data set, from where it goes around.
        let mut walking = walking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(visible) = walking.passed.get(id) {
            return Some(visible.clone());
        }
        walking.ahead(id).or_else(|| {
            walking.samples = walking.data.samples();
            walking.ahead(id)
        })
    }
}

impl Walking<'_> {
    /// Walks on to a sample, or to the end.
    fn ahead(&mut self, id: &str) -> Option<Visible> {
        // Malformed records were counted by the run.
        for item in self.samples.by_ref() {
            let Ok(record) = item else { continue };
            let visible = Visible {
                images: record.images,
                scene: record.scene,
            };
            if record.sample.id == id {
                return Some(visible);
            }
            if self
                .passed
                .insert(record.sample.id.clone(), visible)
                .is_none()
            {
                self.order.push_back(record.sample.id);
            }
            if self.order.len() > PASSED
                && let Some(oldest) = self.order.pop_front()
            {
                self.passed.remove(&oldest);
            }
        }
        None
    }
}
