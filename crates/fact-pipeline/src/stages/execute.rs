//! Execute: programs on the images of a sample.

use super::annotation::{self, AnnotationError};
use crate::calls::{AskError, Dispatcher};
use crate::datasets::{ImageReadError, ImageSource, Record, SceneSource};
use fact_core::certificate;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, run};
use fact_lang::tool::{Answer, Answers, Arg, BBox, ImageRef, Recorded, Request};
use fact_models::remote::{Ask, Picture};
use fact_models::{DecodeError, DecodeLimits, DecodedImage, Perception, Scene, View};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
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
    /// For a perception behind a wire.
    pictures: Arc<[Picture]>,
}

/// What a perception looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// At pixels.
    AtPixels,
    /// At annotations.
    AtAnnotations,
    /// At files, which are sent elsewhere, whole or in parts.
    AtFiles,
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
        let mut pictures = Vec::new();
        for source in material.images {
            let (image, decoded) = match looks {
                Looks::AtFiles => {
                    let picture = picture(source, limits)?;
                    let image = picture.image.clone();
                    pictures.push(picture);
                    (image, None)
                }
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
            pictures: pictures.into(),
        })
    }

    fn views(&self) -> Vec<View<'_>> {
        let images = self.images.iter().enumerate();
        images
            .map(|(i, image)| View {
                pixels: image.as_ref().map(|image| &image.rgb),
                scene: self.scene.as_ref().filter(|_| i == 0),
                ..View::default()
            })
            .collect()
    }

    /// What a perception says to each of `requests`, without any program.
    ///
    /// # Errors
    /// If a back end behind a wire cannot be asked.
    pub fn ask(
        &self,
        perceiver: Perceiver<'_>,
        requests: &[&Request],
        halted: &dyn Fn() -> bool,
    ) -> Result<Vec<Answer>, AskError> {
        match perceiver {
            Perceiver::Local(perception) => {
                let views = self.views();
                let answer = |request: &&Request| perception.answer(&views, request);
                Ok(requests.iter().map(answer).collect())
            }
            Perceiver::Remote(dispatcher) => {
                let asks = requests.iter().map(|request| Ask {
                    pictures: self.pictures.clone(),
                    request: (*request).clone(),
                });
                dispatcher.ask_all(asks.collect(), halted)
            }
        }
    }

    /// The annotation, if the perception looks at annotations.
    pub fn scene(&self) -> Option<&Scene> {
        self.scene.as_ref()
    }
}

/// An image with all that may be sent of it.
pub(crate) fn picture(
    source: &ImageSource,
    limits: &DecodeLimits,
) -> Result<Picture, PrepareError> {
    let bytes = source.read(limits.file_bytes)?;
    let name = match source {
        ImageSource::File { path, .. } => path.to_string_lossy().as_ref().into(),
        other => other.name().into(),
    };
    let decoded = decode_bytes(source, &bytes, limits)?;
    Ok(Picture {
        image: decoded.image_ref(),
        name,
        bytes,
        pixels: Arc::new(decoded.rgb),
    })
}

fn decode(source: &ImageSource, limits: &DecodeLimits) -> Result<DecodedImage, PrepareError> {
    let bytes = source.read(limits.file_bytes)?;
    decode_bytes(source, &bytes, limits)
}

fn decode_bytes(
    source: &ImageSource,
    bytes: &[u8],
    limits: &DecodeLimits,
) -> Result<DecodedImage, PrepareError> {
    fact_models::decode(bytes, limits).map_err(|error| PrepareError::Decode {
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

/// Most workers that are there only to wait: each holds a group with its images.
const MOST_WAITING: usize = 64;

/// Who answers the requests of programs.
#[derive(Clone, Copy)]
pub enum Perceiver<'a> {
    /// A back end in this process: it answers while a program runs.
    Local(&'a Perception),
    /// One behind a wire: programs suspend, and are run again with its answers.
    Remote(&'a Dispatcher),
}

impl Perceiver<'_> {
    /// How many samples are worth working on together: answers from afar are asked for together.
    pub fn samples_at_once(self) -> usize {
        match self {
            Self::Local(_) => 1,
            // Bounds the decoded images in memory.
            Self::Remote(_) => 16,
        }
    }

    /// How many workers to run where `threads` can compute at once: those that wait for a back end
    /// do not compute.
    pub fn workers(self, threads: usize) -> usize {
        match self {
            Self::Local(_) => threads,
            Self::Remote(dispatcher) => {
                let remote = dispatcher.remote();
                threads + (remote.concurrency() * remote.batch()).min(MOST_WAITING)
            }
        }
    }
}

/// What programs made of one sample.
#[derive(Debug)]
pub struct Executed<T> {
    /// What `judge` made of each program's run.
    pub runs: Vec<T>,
    /// What was asked, by all programs together, and answered: in the order of asking.
    pub answers: Vec<Recorded>,
}

/// Runs each program on each sample to its end; `judge(program, sample, run)` keeps what is needed
/// of a run. Programs that suspend are run again, from their start, when all that is missing for
/// all of them was answered.
///
/// # Errors
/// If a back end behind a wire cannot be asked.
pub fn execute<T>(
    programs: &[&Module],
    samples: &[Prepared],
    pack: &Pack,
    perceiver: Perceiver<'_>,
    limits: &Limits,
    halted: &dyn Fn() -> bool,
    mut judge: impl FnMut(usize, usize, Run) -> T,
) -> Result<Vec<Executed<T>>, AskError> {
    let mut eyes: Vec<Eyes<'_>> = samples
        .iter()
        .map(|prepared| Eyes::new(prepared, perceiver))
        .collect();
    let mut ended: Vec<Vec<Option<T>>> = samples
        .iter()
        .map(|_| programs.iter().map(|_| None).collect())
        .collect();
    loop {
        let mut missing: Vec<(usize, Request)> = Vec::new();
        for (s, prepared) in samples.iter().enumerate() {
            for (p, program) in programs.iter().enumerate() {
                if ended[s][p].is_some() {
                    continue;
                }
                let run = run(program, pack, &prepared.inputs, &mut eyes[s], limits);
                match (&run.outcome, perceiver) {
                    (Outcome::Suspended(request), Perceiver::Remote(_)) => {
                        let known = missing.iter().any(|(of, r)| *of == s && r == request);
                        if !known {
                            missing.push((s, request.clone()));
                        }
                    }
                    _ => ended[s][p] = Some(judge(p, s, run)),
                }
            }
        }
        let (Perceiver::Remote(dispatcher), false) = (perceiver, missing.is_empty()) else {
            break;
        };
        let asks = missing.iter().map(|(s, request)| Ask {
            pictures: samples[*s].pictures.clone(),
            request: request.clone(),
        });
        let answers = dispatcher.ask_all(asks.collect(), halted)?;
        for ((s, request), answer) in missing.into_iter().zip(answers) {
            eyes[s].seen.keep(request, answer);
        }
    }
    let executed = |(runs, eyes): (Vec<Option<T>>, Eyes<'_>)| Executed {
        runs: runs.into_iter().flatten().collect(),
        answers: eyes.seen.answers,
    };
    Ok(ended.into_iter().zip(eyes).map(executed).collect())
}

/// Answers requests on one sample's images, each once: all programs of the sample share what was
/// seen.
pub(super) struct Eyes<'a> {
    local: Option<(&'a Perception, Vec<View<'a>>)>,
    pub(super) seen: SeenSoFar,
}

impl<'a> Eyes<'a> {
    /// Opens the eyes on a prepared sample.
    fn new(prepared: &'a Prepared, perceiver: Perceiver<'a>) -> Self {
        Self::remembering(prepared, perceiver, SeenSoFar::default())
    }

    /// Opens the eyes on a sample of which something was seen before.
    pub(super) fn remembering(
        prepared: &'a Prepared,
        perceiver: Perceiver<'a>,
        seen: SeenSoFar,
    ) -> Self {
        Self {
            local: match perceiver {
                Perceiver::Local(perception) => Some((perception, prepared.views())),
                Perceiver::Remote(_) => None,
            },
            seen,
        }
    }
}

impl Answers for Eyes<'_> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        if let Some(known) = self.seen.answer(request) {
            return Some(known.clone());
        }
        let (perception, views) = self.local.as_ref()?;
        let answer = perception.answer(views, request);
        self.seen.keep(request.clone(), answer.clone());
        Some(answer)
    }
}

/// Answers in the order of asking. Programs that run again and again look each of theirs up in what
/// all of them have seen, so they are found by hash.
#[derive(Default)]
pub(super) struct SeenSoFar {
    answers: Vec<Recorded>,
    /// Positions in `answers`, by hash of the request.
    by_hash: BTreeMap<u64, Vec<usize>>,
}

impl SeenSoFar {
    /// How many answers it holds.
    pub(super) fn len(&self) -> usize {
        self.answers.len()
    }

    fn answer(&self, request: &Request) -> Option<&Answer> {
        let same_hash = self.by_hash.get(&hash(request))?;
        let mut recorded = same_hash.iter().map(|at| &self.answers[*at]);
        recorded.find(|r| r.request == *request).map(|r| &r.answer)
    }

    fn keep(&mut self, request: Request, answer: Answer) {
        let same_hash = self.by_hash.entry(hash(&request)).or_default();
        same_hash.push(self.answers.len());
        self.answers.push(Recorded { request, answer });
    }
}

/// Equal for equal requests.
fn hash(request: &Request) -> u64 {
    let mut hasher = DefaultHasher::new();
    request.tool.hash(&mut hasher);
    hash_place(request.image, request.region, &mut hasher);
    for (name, arg) in &request.args {
        name.hash(&mut hasher);
        hash_arg(arg, &mut hasher);
    }
    hasher.finish()
}

fn hash_place(image: usize, region: BBox, hasher: &mut DefaultHasher) {
    image.hash(hasher);
    for side in <[f64; 4]>::from(region) {
        hash_float(side, hasher);
    }
}

fn hash_float(x: f64, hasher: &mut DefaultHasher) {
    // -0.0 equals 0.0, and their sum is 0.0.
    (x + 0.0).to_bits().hash(hasher);
}

fn hash_arg(arg: &Arg, hasher: &mut DefaultHasher) {
    std::mem::discriminant(arg).hash(hasher);
    match arg {
        Arg::None => {}
        Arg::Bool(b) => b.hash(hasher),
        Arg::Int(i) => i.hash(hasher),
        Arg::Float(x) => hash_float(*x, hasher),
        Arg::Str(text) => text.hash(hasher),
        Arg::List(items) => {
            items.len().hash(hasher);
            items.iter().for_each(|item| hash_arg(item, hasher));
        }
        Arg::Region { image, region } => hash_place(*image, *region, hasher),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_by_an_equal_request_and_no_other() {
        let request = |tool: &str, left: f64, arg: Arg| Request {
            tool: tool.into(),
            image: 0,
            region: BBox::from([left, 0.0, 4.0, 2.0]),
            args: vec![("a".to_owned(), arg)],
        };
        let region = |left: f64| Arg::Region {
            image: 0,
            region: BBox::from([left, 0.0, 1.0, 1.0]),
        };
        let all = [
            request("find", 0.0, Arg::None),
            request("exists", 0.0, Arg::None),
            request("find", 1.0, Arg::None),
            request("find", 0.0, Arg::Int(1)),
            request("find", 0.0, Arg::Float(0.0)),
            request("find", 0.0, Arg::Bool(true)),
            request("find", 0.0, Arg::Str("1".into())),
            request("find", 0.0, Arg::List(vec![Arg::Int(1)])),
            request("find", 0.0, region(0.0)),
        ];
        let mut seen = SeenSoFar::default();
        for (i, request) in all.iter().enumerate() {
            assert_eq!(seen.answer(request), None);
            seen.keep(request.clone(), Answer::Number(i as f64));
        }
        for (i, request) in all.iter().enumerate() {
            assert_eq!(seen.answer(request), Some(&Answer::Number(i as f64)));
        }
        // Zero has two signs.
        for (i, same) in [(0, Arg::None), (4, Arg::Float(-0.0)), (8, region(-0.0))] {
            let answer = Answer::Number(f64::from(i));
            assert_eq!(seen.answer(&request("find", -0.0, same)), Some(&answer));
        }
    }
}
