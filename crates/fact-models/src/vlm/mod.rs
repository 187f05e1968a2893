//! Perception by a vision-language model behind any OpenAI-compatible endpoint.
//!
//! One question is one request: a picture of the region, encoded anew, and a short prompt. The text
//! that comes back is read strictly; when it cannot be used, the model is shown its own answer and
//! what is wrong with it, once, and after that the question is answered with [`Answer::Error`].
//! Nothing is guessed: what is dropped or clipped without asking is listed in `reading` and
//! `boxes`. `docs/vlm.md` is the user's side of this.
//!
//! | module | holds |
//! |---|---|
//! | `options` | settings, and the fingerprint made of them |
//! | `question` | a request as what is asked, and the typed answer in a text |
//! | `frame` | the picture of a region, and the way back from its coordinates |
//! | `prompts` | the texts sent, and how foreign text is quoted in them |
//! | `chat` | the wire format |
//! | `reading`, `boxes`, `json` | from text to words, numbers, boxes |
//! | `problem` | what can be wrong with an answer |

mod boxes;
mod chat;
mod frame;
mod json;
mod options;
mod problem;
mod prompts;
mod question;
mod reading;

pub(crate) use chat::ALTERNATIVES;
pub(crate) use options::is_model;
pub use options::{
    BoxConvention, Encoding, Options, OptionsError, Scoring, TokenField, or_none, split_target,
};

use crate::completion::Completion;
use crate::http::{Client, ClientError, Options as HttpOptions};
use crate::remote::{Ask, CallError, Remote, Spent};
use crate::tools;
use chat::Said;
use fact_lang::tool::Answer;
use frame::{Crop, Frame};
use problem::{Problem, brief};
use question::Question;
use std::sync::atomic::{AtomicU64, Ordering};

/// Characters of a model's answer that an error repeats.
const EXCERPT: usize = 120;

/// A vision-language model as a back end.
#[derive(Debug)]
pub struct Vlm {
    client: Client,
    /// What follows the client's address.
    path: &'static str,
    model: String,
    options: Options,
    fingerprint: String,
    prompt_tokens: AtomicU64,
    completion_tokens: AtomicU64,
}

/// Why there is no back end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VlmError {
    /// The name of the model is empty, too long, or holds white space or control characters.
    #[error(
        "the name of the vision-language model must be 1 to 256 bytes without white space or \
         control characters"
    )]
    Model,
    /// A setting cannot be used.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The address cannot be used.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// What a picture is sent as.
struct Shown {
    frame: Frame,
    url: String,
}

/// A whole image as a data URL, made as pictures of regions are.
///
/// # Errors
/// If it has no pixels or cannot be encoded.
pub(crate) fn picture_url(pixels: &image::RgbImage, options: &Options) -> Result<String, String> {
    let (width, height) = pixels.dimensions();
    if width == 0 || height == 0 {
        return Err("an image without pixels cannot be shown".into());
    }
    let whole = Crop {
        left: 0,
        top: 0,
        width,
        height,
    };
    let drawn = Frame::new(whole, options).draw(pixels);
    frame::data_url(&drawn, options.encoding)
        .map_err(|error| format!("the image cannot be encoded: {error}"))
}

impl Vlm {
    /// The model called `model` at `base_url`, such as `http://127.0.0.1:8000`,
    /// `https://api.example.com/v1` or the full address that ends in `/chat/completions`. An address
    /// without a path gets `/v1/chat/completions`, one with a path `/chat/completions`. Sends
    /// nothing.
    ///
    /// # Errors
    /// When the model's name, a setting or the address cannot be used.
    pub fn new(
        model: &str,
        base_url: &str,
        options: Options,
        http: HttpOptions,
    ) -> Result<Self, VlmError> {
        if !options::is_model(model) {
            return Err(VlmError::Model);
        }
        options.check()?;
        let base = base_url.trim().trim_end_matches('/');
        let base = base.strip_suffix("/chat/completions").unwrap_or(base);
        let client = Client::new(base, http)?;
        let host = client.endpoint().split("://").nth(1).unwrap_or_default();
        let path = if host.contains('/') {
            "/chat/completions"
        } else {
            "/v1/chat/completions"
        };
        let address = format!("{}{path}", client.endpoint());
        Ok(Self {
            fingerprint: options.fingerprint(model, &address),
            client,
            path,
            model: model.to_owned(),
            options,
            prompt_tokens: AtomicU64::new(0),
            completion_tokens: AtomicU64::new(0),
        })
    }

    /// The settings.
    pub fn options(&self) -> &Options {
        &self.options
    }

    fn one(&self, ask: &Ask) -> Result<Answer, CallError> {
        let (tool, question) = match Question::of(&ask.request) {
            Ok(known) => known,
            Err(refused) => return Ok(Answer::Error(refused.to_string())),
        };
        let shown = if question.has_picture() {
            match self.show(tool, &question, ask) {
                Ok(shown) => Some(shown),
                Err(message) => return Ok(Answer::Error(message)),
            }
        } else {
            None
        };
        if let Some(answer) = question.settled() {
            return Ok(answer);
        }
        self.converse(tool, &question, shown.as_ref())
    }

    /// The question, and once more with what is wrong with the first answer.
    fn converse(
        &self,
        tool: &str,
        question: &Question<'_>,
        shown: Option<&Shown>,
    ) -> Result<Answer, CallError> {
        let prompt = question.prompt(&self.options, shown.map(|shown| &shown.frame));
        let failed = |what: String| Answer::Error(format!("`{tool}` of `{}`: {what}", self.model));
        let mut earlier: Option<(Said, Problem)> = None;
        loop {
            let text = match &earlier {
                None => prompt.clone(),
                Some((said, problem)) => prompts::repair(&prompt, &said.text, &problem.to_string()),
            };
            let said = self.complete(question, &text, shown)?;
            if let Some(refusal) = &said.refusal {
                let refusal = brief(refusal, EXCERPT);
                return Ok(failed(format!("the model refused: {refusal}")));
            }
            let frame = shown.map(|shown| shown.frame);
            let problem = match question.read(&self.options, frame, &said) {
                Ok(answer) => return Ok(answer),
                Err(problem) => problem,
            };
            if let Some((_, first)) = earlier {
                return Ok(failed(format!(
                    "the answer {} cannot be used: {problem} (asked twice; the first time: {first})",
                    brief(&said.text, EXCERPT)
                )));
            }
            earlier = Some((said, problem));
        }
    }

    fn complete(
        &self,
        question: &Question<'_>,
        text: &str,
        shown: Option<&Shown>,
    ) -> Result<Said, CallError> {
        let probabilities = question.wants_probabilities(&self.options);
        let url = shown.map(|shown| shown.url.as_str());
        let body = chat::request(&self.model, &self.options, text, url, probabilities);
        let completion: Completion = self.client.post_json(self.path, &body)?;
        let (prompt, written) = completion.tokens();
        self.prompt_tokens
            .fetch_add(prompt.unwrap_or(0), Ordering::Relaxed);
        self.completion_tokens
            .fetch_add(written.unwrap_or(0), Ordering::Relaxed);
        let error = |message: String, transient: bool| CallError {
            endpoint: format!("{}{}", self.client.endpoint(), self.path),
            message,
            transient,
            unsent: false,
        };
        let said = Said::of(completion).map_err(|none| error(none.message, none.transient))?;
        if probabilities && said.refusal.is_none() && !said.has_probabilities() {
            return Err(error(
                "the server sends no probabilities of tokens (`logprobs`); set `scoring` of the \
                 vision-language model to `rating`"
                    .to_owned(),
                false,
            ));
        }
        Ok(said)
    }

    /// The picture for a question.
    fn show(
        &self,
        tool: &'static str,
        question: &Question<'_>,
        ask: &Ask,
    ) -> Result<Shown, String> {
        tools::check_place(&ask.request, ask.pictures.len()).map_err(|error| error.to_string())?;
        let pixels = &*ask.pictures[ask.request.image].pixels;
        let crop = Crop::of(ask.request.region, pixels.width(), pixels.height());
        let crop = crop.ok_or_else(|| {
            format!("`{tool}` was given a region without a pixel of the image in it")
        })?;
        let depth = *question == Question::Depth;
        // How far something is shows in comparison with the rest, so all of the image is sent.
        let whole = Crop {
            left: 0,
            top: 0,
            width: pixels.width(),
            height: pixels.height(),
        };
        let frame = Frame::new(if depth { whole } else { crop }, &self.options);
        let mut drawn = frame.draw(pixels);
        if depth {
            frame::outline(&mut drawn, frame.sent(crop));
        }
        let url = frame::data_url(&drawn, self.options.encoding).map_err(|error| {
            format!("`{tool}`: the picture of the region cannot be encoded: {error}")
        })?;
        Ok(Shown { frame, url })
    }
}

impl Remote for Vlm {
    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// One question is one request.
    fn batch(&self) -> usize {
        1
    }

    fn concurrency(&self) -> usize {
        self.options.concurrency
    }

    fn answer(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>> {
        asks.iter().map(|ask| self.one(ask)).collect()
    }

    fn spent(&self) -> Spent {
        Spent {
            prompt_tokens: self.prompt_tokens.load(Ordering::Relaxed),
            completion_tokens: self.completion_tokens.load(Ordering::Relaxed),
            ..self.client.spent()
        }
    }
}
