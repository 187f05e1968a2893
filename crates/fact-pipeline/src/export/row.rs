//! A row of the JSONL and Parquet exports.

use crate::store::{BridgeRow, BridgeVerdict, ReadRow, current};
use fact_core::certificate::Certificate;
use fact_core::extract::Difference;
use fact_core::rationale::{GroundedBox, Rationale, Step, StepKind};
use fact_core::style::Styled;
use fact_core::transfer::{Condition, Scored, Scores};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A sample as exported. The order of the fields is the order in the file; `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRow {
    /// The sample's id.
    pub id: String,
    /// Path of the image under the data set's image folder; a list if there are several.
    pub image: OneOrMany,
    /// The question.
    pub question: String,
    /// The data set's answer.
    pub answer: Option<String>,
    /// The chosen program's answer, in the data set's form.
    pub predicted: Option<String>,
    /// Whether the sample was accepted.
    pub accepted: bool,
    /// `V0`, `V1`, `V2` or `V3`.
    pub level: Option<String>,
    /// In [0, 1].
    pub confidence: Option<f64>,
    /// Who proposed the program.
    pub proposer: Option<String>,
    /// The program.
    pub program: Option<String>,
    /// What of it the answer needs.
    pub residual: Option<String>,
    /// The rationale as running text, conclusion included.
    pub rationale: Option<String>,
    /// Its sentences but the conclusion.
    pub steps: Vec<RowStep>,
    /// Its certificate.
    pub certificate: Option<Certificate>,
    /// What a language model made of the rationale; absent if none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<RowBridge>,
    /// What verifiers answered with and without the rationale; absent if none was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfer: Vec<RowTransfer>,
    /// The sample's group: samples that ask the same of other images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The sample's scene: what its image shows, in whichever order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<String>,
    /// Kind of question; absent if the data set does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Name of the split; absent if the data set does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// The text in the style that was asked for, if it is another than the rationale's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<StyledText>,
}

/// A text in a style; `null` where there is none, or it cannot be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StyledText(pub Option<String>);

impl From<Option<Styled>> for StyledText {
    fn from(styled: Option<Styled>) -> Self {
        Self(styled.map(|styled| styled.text))
    }
}

/// What a language model made of a rationale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowBridge {
    /// Name of the model.
    pub by: String,
    /// `accepted`: `rationale` is the model's text; else it is the rules'.
    pub verdict: BridgeVerdict,
    /// What the model wrote; why there is nothing, if it failed.
    pub text: String,
    /// In what a text that was refused differs from the rules'.
    pub differences: Vec<Difference>,
    /// The rules' text.
    pub rules: String,
}

/// What one verifier answered with and without a rationale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowTransfer {
    /// The verifier.
    pub verifier: String,
    /// How much better it answers with the rationale, in [-1, 1].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lift: Option<f64>,
    /// With the image alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain: Option<Scored>,
    /// With image and rationale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<Scored>,
    /// With the rationale and no image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Scored>,
    /// With the image and another sample's rationale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placebo: Option<Scored>,
}

impl RowTransfer {
    fn new((verifier, scores): (String, Scores)) -> Self {
        let of = |condition| scores.get(condition).cloned();
        Self {
            verifier,
            lift: scores.lift(),
            plain: of(Condition::Plain),
            rationale: of(Condition::Rationale),
            text: of(Condition::Text),
            placebo: of(Condition::Placebo),
        }
    }
}

impl RowBridge {
    fn new(row: BridgeRow, rules: String) -> Self {
        Self {
            by: row.model,
            verdict: row.verdict,
            text: row.text,
            differences: row.differences,
            rules,
        }
    }
}

impl ExportRow {
    /// With the text in a style.
    #[must_use]
    pub fn with_text(mut self, text: Option<StyledText>) -> Self {
        self.text = text;
        self
    }

    /// Puts the source of the user's own pack into the certificate, so that the row can be checked
    /// with nothing else at hand.
    pub fn with_pack(mut self, source: Option<&str>) -> Self {
        if let (Some(certificate), Some(source)) = (&mut self.certificate, source) {
            certificate.pack.source = Some(source.to_owned());
        }
        self
    }
}

/// One thing as itself, several as a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// None or several.
    Many(Vec<String>),
}

/// A sentence of a rationale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowStep {
    /// What it does.
    pub kind: StepKind,
    /// The sentence.
    pub text: String,
    /// Events of the residual program's trace that back it.
    pub cites: Vec<u32>,
    /// Boxes of what it speaks of.
    pub boxes: Vec<GroundedBox>,
}

impl From<ReadRow> for ExportRow {
    fn from(mut row: ReadRow) -> Self {
        let hint = row.hint().filter(|_| !row.transfers.is_empty());
        let transfer = hint.map(|hint| current(&row.transfers, &hint));
        let transfer = transfer.into_iter().flatten().map(RowTransfer::new);
        let rules = row.rationale.as_ref().map(Rationale::text);
        let counted = row.counted().cloned();
        let bridge = row.bridge.take().zip(rules);
        let bridge = bridge.map(|(bridge, rules)| RowBridge::new(bridge, rules));
        let answer = row.sample.answer().map(str::to_owned);
        let text = counted.as_ref().map(Rationale::text);
        let steps = counted.map(|r| r.steps).unwrap_or_default();
        let mut images = row.sample.images;
        Self {
            id: row.sample.id,
            image: match images.len() {
                1 => OneOrMany::One(images.remove(0)),
                _ => OneOrMany::Many(images),
            },
            question: row.sample.question,
            answer,
            predicted: row.predicted,
            accepted: row.accepted,
            level: row.level.map(|level| level.name().to_owned()),
            confidence: row.confidence,
            proposer: row.proposer,
            program: row.program,
            residual: row.residual,
            rationale: text,
            steps: steps.into_iter().map(RowStep::from).collect(),
            certificate: row.certificate,
            bridge,
            transfer: transfer.collect(),
            group: Some(row.sample.group),
            scene: Some(row.sample.scene),
            family: row.sample.family,
            split: row.sample.split,
            text: None,
        }
    }
}

impl From<Step> for RowStep {
    fn from(step: Step) -> Self {
        Self {
            kind: step.kind,
            text: step.text,
            cites: step.cites,
            boxes: step.boxes,
        }
    }
}

impl ExportRow {
    /// The rationale as its steps and the conclusion: what of the text follows the steps' own.
    /// `None` if the row has none.
    pub fn rationale(&self) -> Option<Rationale> {
        let text = self.rationale.as_deref()?;
        let steps: Vec<Step> = self
            .steps
            .iter()
            .map(|step| Step {
                kind: step.kind,
                text: step.text.clone(),
                cites: step.cites.clone(),
                boxes: step.boxes.clone(),
            })
            .collect();
        // Where the text does not begin with the steps, the checker compares the two and says so.
        let mut rest = text;
        for step in &steps {
            rest = rest.strip_prefix(step.text.as_str()).unwrap_or(rest);
            rest = rest.trim_start();
        }
        Some(Rationale {
            steps,
            conclusion: rest.to_owned(),
        })
    }
}
