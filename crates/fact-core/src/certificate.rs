//! The certificate: what lets a machine re-check a rationale with nothing but the file.

use crate::claim::Claim;
use crate::matcher::Matcher;
use fact_lang::pack::Pack;
use fact_lang::run::{Input, Inputs, Limits};
use fact_lang::tool::{ImageRef, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version that this library writes and reads. `docs/certificate.md` says what changes it.
pub const VERSION: u32 = 1;

/// Most recorded answers of a certificate: as many as a run may ask for.
pub const MAX_ANSWERS: usize = 1_000;

/// Proof that answer and text follow from the recorded answers of perception. It does not prove
/// that perception was right, nor that the program asks what the question asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Version of this format: 1.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// The question.
    pub question: String,
    /// Choices of a multiple-choice question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The answer, in the data set's own form.
    pub answer: String,
    /// How answers are compared.
    pub matcher: Matcher,
    /// The API the programs use.
    pub pack: PackRef,
    /// Identity and size of the images.
    pub images: Vec<ImageRef>,
    /// The whole program.
    pub program: String,
    /// What of it the answer needed.
    pub residual: String,
    /// What perception answered to the whole program: each different call once, in the order in
    /// which the program made them, and no others.
    pub answers: Vec<Recorded>,
    /// Python's `repr` of the result.
    pub result: String,
    /// The claims of each step of the rationale.
    pub claims: Vec<Vec<Claim>>,
}

/// Names a pack and holds its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackRef {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its source, hex.
    pub sha256: String,
    /// Its source; left out where the store or the reader has it under its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl PackRef {
    /// Names a pack, without its source.
    pub fn new(pack: &Pack) -> Self {
        Self {
            name: pack.name.to_string(),
            version: pack.version.to_string(),
            sha256: pack.sha256.to_string(),
            source: None,
        }
    }
}

/// The arguments of a program for a sample: its images and its question, under every name that
/// visual programs use for them. `image` and `img` are the first image, `image_list`, `images` and
/// `video` all of them in order, `image_dict` two images as `left` and `right`; `possible_answers` is empty
/// for an open question.
pub fn inputs(images: Vec<ImageRef>, question: &str, choices: &[String]) -> Inputs {
    let mut values = Vec::new();
    let all: Vec<usize> = (0..images.len()).collect();
    if !images.is_empty() {
        for name in ["image", "img"] {
            values.push((name.to_owned(), Input::Image(0)));
        }
        // VisProg's names; of two images it calls the first LEFT and the second RIGHT.
        values.push(("IMAGE".to_owned(), Input::Image(0)));
        if let [_, _] = images[..] {
            values.push(("LEFT".to_owned(), Input::Image(0)));
            values.push(("RIGHT".to_owned(), Input::Image(1)));
        }
        for name in ["image_list", "images", "video"] {
            values.push((name.to_owned(), Input::Images(all.clone())));
        }
        values.push(("annotation".to_owned(), Input::Nothing));
    }
    if images.len() == 2 {
        let sides = [("left".to_owned(), 0), ("right".to_owned(), 1)];
        values.push(("image_dict".to_owned(), Input::Named(sides.to_vec())));
    }
    for name in ["question", "query"] {
        values.push((name.to_owned(), Input::Text(question.to_owned())));
    }
    values.push((
        "possible_answers".to_owned(),
        Input::Texts(choices.to_vec()),
    ));
    Inputs { images, values }
}

/// Bounds under which programs are run and checked: the checker's own, never the file's.
pub fn limits() -> Limits {
    Limits::default()
}
