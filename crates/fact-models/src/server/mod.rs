//! A tool server: perception that a user plugs in, behind HTTP. `docs/tool-server.md` is the protocol.
//!
//! [`connect`] asks the server what it offers. [`ToolServer::answer`] sends questions in batches;
//! images go by content: the server names the ones it lacks, they are put, and the batch is asked
//! again. What comes back is checked before it is believed ([`Reply`]).
//!
//! | module | holds |
//! |---|---|
//! | `capabilities` | what a server says of itself |
//! | `question` | a question as it goes over the wire |
//! | `answers` | the reply, read and held against what was asked |
//! | [`harness`] | the readers under arbitrary bytes |

mod answers;
mod capabilities;
pub mod harness;
mod question;

pub use answers::{AnswerError, BatchError, Reply};
pub use capabilities::{Capabilities, CapabilityError, Offer, PROTOCOL};
pub use question::Expected;

use crate::http::{Client, ClientError, Options};
use crate::remote::{Ask, CallError, Picture, Remote, Spent};
use fact_lang::tool::{Answer, Arg};
use question::Question;
use serde::Serialize;
use std::collections::BTreeMap;

/// Where a server says what it offers.
const CAPABILITIES: &str = "/v1/capabilities";
/// Where it answers.
const ANSWER: &str = "/v1/answer";
/// Where it takes images; the SHA-256 follows.
const IMAGES: &str = "/v1/images/";
/// How often a batch is asked again after images were put: a server that forgets an image between
/// its upload and the next request gets a second chance.
const UPLOAD_ROUNDS: usize = 2;

/// Perception behind a wire.
#[derive(Debug)]
pub struct ToolServer {
    client: Client,
    capabilities: Capabilities,
}

/// Why there is no server to ask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The address or the system's certificates.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No reply, after all attempts.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A reply that is not what a tool server says.
    #[error("{endpoint}: {reason}; is this a tool server (docs/tool-server.md)?")]
    Capabilities {
        /// The address asked.
        endpoint: String,
        /// What is wrong with it.
        reason: CapabilityError,
    },
}

/// Asks the server at `url` what it offers. A server that is still loading answers 503 and is asked
/// again, as often as `options` say.
///
/// # Errors
/// When the address is none, no reply comes, or it is not what a tool server of this protocol says.
pub fn connect(url: &str, options: Options) -> Result<ToolServer, ConnectError> {
    let client = Client::new(url, options)?;
    let body = client.get(CAPABILITIES)?;
    let capabilities = Capabilities::read(&body).map_err(|reason| ConnectError::Capabilities {
        endpoint: format!("{}{CAPABILITIES}", client.endpoint()),
        reason,
    })?;
    Ok(ToolServer {
        client,
        capabilities,
    })
}

#[derive(Serialize)]
struct Batch<'a> {
    protocol: u64,
    questions: &'a [Question<'a>],
}

impl ToolServer {
    /// What the server offers.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// The server's address.
    pub fn endpoint(&self) -> &str {
        self.client.endpoint()
    }

    /// Answers at most one batch.
    fn answer_batch(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>> {
        let mut results: Vec<Option<Result<Answer, CallError>>> = vec![None; asks.len()];
        let mut places = Vec::new();
        let mut questions = Vec::new();
        let mut pictures = BTreeMap::new();
        for (at, ask) in asks.iter().enumerate() {
            match Question::new(questions.len(), ask, &self.capabilities) {
                Ok(question) => {
                    questions.push(question);
                    places.push(at);
                    collect_pictures(ask, &mut pictures);
                }
                Err(unasked) => results[at] = Some(Ok(Answer::Error(unasked.to_string()))),
            }
        }
        if !questions.is_empty() {
            match self.exchange(&questions, &pictures) {
                Ok(answers) => {
                    for (at, answer) in places.into_iter().zip(answers) {
                        results[at] = Some(answer);
                    }
                }
                Err(error) => {
                    for at in places {
                        results[at] = Some(Err(error.clone()));
                    }
                }
            }
        }
        let missing = || Err(self.misread("a question was not asked".to_owned()));
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(missing))
            .collect()
    }

    /// Asks, puts the images that the server lacks, and asks again.
    fn exchange(
        &self,
        questions: &[Question<'_>],
        pictures: &BTreeMap<&str, &Picture>,
    ) -> Result<Vec<Result<Answer, CallError>>, CallError> {
        let expected: Vec<Expected> = questions.iter().map(|q| q.expected.clone()).collect();
        let images: Vec<&str> = pictures.keys().copied().collect();
        let batch = Batch {
            protocol: PROTOCOL,
            questions,
        };
        for round in 0..=UPLOAD_ROUNDS {
            let body = self.client.post(ANSWER, &batch)?;
            let reply = Reply::read(&body, &expected, &images)
                .map_err(|error| self.misread(error.to_string()))?;
            let missing = match reply {
                Reply::Answers(answers) => {
                    return Ok(answers
                        .into_iter()
                        .zip(questions)
                        .map(|(answer, question)| {
                            answer.map_err(|error| {
                                self.misread(format!("question {}: {error}", question.id))
                            })
                        })
                        .collect());
                }
                Reply::MissingImages(missing) => missing,
            };
            if round == UPLOAD_ROUNDS {
                return Err(self.misread(format!(
                    "the server still lacks {} of {} images after {UPLOAD_ROUNDS} uploads of what it \
                     lacked; it must keep the images of a whole batch",
                    missing.len(),
                    images.len()
                )));
            }
            for sha256 in &missing {
                if let Some(picture) = pictures.get(sha256.as_str()) {
                    self.client
                        .put_bytes(&format!("{IMAGES}{sha256}"), &picture.bytes)?;
                }
            }
        }
        // The last round returns.
        Err(self.misread("the batch was not answered".to_owned()))
    }

    fn misread(&self, message: String) -> CallError {
        CallError {
            endpoint: format!("{}{ANSWER}", self.client.endpoint()),
            message,
            transient: false,
            unsent: false,
        }
    }
}

/// The images that a question and its arguments are about.
fn collect_pictures<'a>(ask: &'a Ask, into: &mut BTreeMap<&'a str, &'a Picture>) {
    fn regions(arg: &Arg, found: &mut Vec<usize>) {
        match arg {
            Arg::Region { image, .. } => found.push(*image),
            Arg::List(items) => items.iter().for_each(|item| regions(item, found)),
            _ => {}
        }
    }
    let mut indices = vec![ask.request.image];
    for (_, arg) in &ask.request.args {
        regions(arg, &mut indices);
    }
    for picture in indices.into_iter().filter_map(|i| ask.pictures.get(i)) {
        into.insert(&picture.image.sha256, picture);
    }
}

impl Remote for ToolServer {
    fn fingerprint(&self) -> &str {
        &self.capabilities.fingerprint
    }

    fn batch(&self) -> usize {
        self.capabilities.max_batch
    }

    fn concurrency(&self) -> usize {
        self.capabilities.concurrency
    }

    fn answer(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>> {
        asks.chunks(self.capabilities.max_batch)
            .flat_map(|batch| self.answer_batch(batch))
            .collect()
    }

    fn spent(&self) -> Spent {
        self.client.spent()
    }
}
