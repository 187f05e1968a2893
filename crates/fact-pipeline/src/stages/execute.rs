//! Execute: programs on the images of a sample.

use super::annotation::{self, AnnotationError};
use crate::datasets::{ImageReadError, ImageSource, Record, SceneSource};
use fact_core::certificate;
use fact_lang::run::Inputs;
use fact_lang::tool::{Answer, Answers, ImageRef, Recorded, Request};
use fact_models::{DecodeError, DecodeLimits, DecodedImage, Perception, Scene, View};
use std::io::Cursor;
use std::sync::Arc;

/// A sample made ready for its programs: images decoded, or annotation read, as the perception
/// needs.
#[derive(Debug)]
pub struct Prepared {
    /// What programs are called with.
    pub inputs: Inputs,
    images: Vec<Option<DecodedImage>>,
    scene: Option<Scene>,
}

/// What a perception looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// At pixels.
    AtPixels,
    /// At annotations.
    AtAnnotations,
}

/// Why a sample cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// An image cannot be read.
    #[error(transparent)]
    Read(#[from] ImageReadError),
    /// An image cannot be decoded.
    #[error("the image `{name}` cannot be used: {source}")]
    Decode {
        /// Name of the image.
        name: String,
        /// Why.
        source: DecodeError,
    },
    /// The perception reads annotations, and there is none.
    #[error("the sample has no annotation")]
    NoAnnotation,
    /// The annotation cannot be read.
    #[error(transparent)]
    Annotation(#[from] AnnotationError),
}

impl PrepareError {
    /// A stable name, for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Read(ImageReadError::Absent(_)) => "absent",
            Self::Read(ImageReadError::TooLarge { .. }) => "too_large",
            Self::Read(_) => "unreadable",
            Self::Decode { .. } => "undecodable",
            Self::NoAnnotation => "no_annotation",
            Self::Annotation(_) => "annotation",
        }
    }
}

/// What a sample's programs are run on, before anything of it is read.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// Where its images are.
    pub images: &'a [ImageSource],
    /// Annotation of the first image.
    pub scene: Option<&'a SceneSource>,
    /// The question.
    pub question: &'a str,
    /// Choices, if it is a multiple-choice question.
    pub choices: &'a [String],
}

impl<'a> From<&'a Record> for Material<'a> {
    fn from(record: &'a Record) -> Self {
        Self {
            images: &record.images,
            scene: record.scene.as_ref(),
            question: &record.sample.question,
            choices: &record.sample.choices,
        }
    }
}

impl Prepared {
    /// Reads what the perception needs.
    ///
    /// # Errors
    /// If an image cannot be read or decoded, or an annotation is needed and cannot be used.
    pub fn new(
        material: Material<'_>,
        looks: Looks,
        limits: &DecodeLimits,
    ) -> Result<Self, PrepareError> {
        let mut images = Vec::new();
        let mut pixels = Vec::new();
        for source in material.images {
            let (image, decoded) = match looks {
                Looks::AtPixels => {
                    let decoded = decode(source, limits)?;
                    (decoded.image_ref(), Some(decoded))
                }
                Looks::AtAnnotations => (identify(source, limits)?, None),
            };
            images.push(image);
            pixels.push(decoded);
        }
        let mut scene = None;
        if looks == Looks::AtAnnotations {
            let source = material.scene.ok_or(PrepareError::NoAnnotation)?;
            let size = images
                .first()
                .map_or((0, 0), |image| (image.width, image.height));
            let read = annotation::read(source, size)?;
            if let Some(image) = images.first_mut()
                && image.sha256.is_empty()
                && read.width > 0
            {
                (image.width, image.height) = (read.width, read.height);
            }
            scene = Some(read);
        }
        Ok(Self {
            inputs: certificate::inputs(images, material.question, material.choices),
            images: pixels,
            scene,
        })
    }
}

fn decode(source: &ImageSource, limits: &DecodeLimits) -> Result<DecodedImage, PrepareError> {
    let bytes = source.read(limits.file_bytes)?;
    fact_models::decode(&bytes, limits).map_err(|error| PrepareError::Decode {
        name: source.name().to_owned(),
        source: error,
    })
}

/// Size assumed of an image that is not there and whose annotation does not tell: CLEVR's, the
/// one schema that does not.
const CLEVR_SIZE: (u32, u32) = (480, 320);

/// The identity of an image whose pixels are not needed: only its header is read. An image without
/// a file has no hash.
fn identify(source: &ImageSource, limits: &DecodeLimits) -> Result<ImageRef, PrepareError> {
    if matches!(source, ImageSource::Absent { .. }) {
        return Ok(ImageRef {
            sha256: Arc::from(""),
            width: CLEVR_SIZE.0,
            height: CLEVR_SIZE.1,
        });
    }
    let bytes = source.read(limits.file_bytes)?;
    let size = image::ImageReader::new(Cursor::new(&bytes[..]))
        .with_guessed_format()
        .ok()
        .and_then(|reader| reader.into_dimensions().ok());
    match size {
        Some((width, height)) => Ok(ImageRef {
            sha256: fact_models::decode::sha256_hex(&bytes).into(),
            width,
            height,
        }),
        // Let the decoder say what is wrong.
        None => Ok(decode(source, limits)?.image_ref()),
    }
}

/// What of a sample remains once its programs ran: enough to run them again, without its images.
#[derive(Debug)]
pub struct Seen {
    /// What programs are called with.
    pub inputs: Inputs,
    /// What the perception was asked, by all candidates together, and what it said.
    pub answers: Vec<Recorded>,
}

/// Answers requests on one sample's images by a local back end, each once: all candidates of the
/// sample share what was seen.
pub struct Eyes<'a> {
    perception: &'a Perception,
    views: Vec<View<'a>>,
    seen: Vec<Recorded>,
}

impl<'a> Eyes<'a> {
    /// What was asked and seen so far.
    pub fn seen(self) -> Vec<Recorded> {
        self.seen
    }

    /// Opens the eyes on a prepared sample.
    pub fn new(prepared: &'a Prepared, perception: &'a Perception) -> Self {
        let count = prepared.inputs.images.len();
        let views = (0..count)
            .map(|i| View {
                pixels: prepared.images[i].as_ref().map(|image| &image.rgb),
                scene: prepared.scene.as_ref().filter(|_| i == 0),
                ..View::default()
            })
            .collect();
        Self {
            perception,
            views,
            seen: Vec::new(),
        }
    }
}

impl Answers for Eyes<'_> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        if let Some(known) = self.seen.iter().find(|r| r.request == *request) {
            return Some(known.answer.clone());
        }
        let answer = self.perception.answer(&self.views, request);
        self.seen.push(Recorded {
            request: request.clone(),
            answer: answer.clone(),
        });
        Some(answer)
    }
}
