//! A trained student: what it answers, what it says before it answers, and how likely it finds an answer.

use crate::checkpoint::{self, About, CheckpointError};
use crate::config::{ModelConfig, TrainConfig};
use crate::example::Picture;
use crate::layout::{Block, Row, Target, TooLong};
use crate::model::{ModelError, Network, Place, numbers};
use crate::tokenizer::{self, Token, Tokenizer};
use crate::vocabulary::Vocabulary;
use crate::weights::Weights;
use std::path::Path;
use std::sync::Arc;

/// Why a student does not answer.
#[derive(Debug, thiserror::Error)]
pub enum InferError {
    /// The text of a question does not fit.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The network failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// It was asked for rationales and has never seen one.
    #[error("the student was trained without rationales, it cannot answer after one")]
    NoRationales,
}

/// A question to a student.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Names it in messages.
    pub id: String,
    /// None hides the picture from the text, as training with `blind` does.
    pub picture: Option<Arc<Picture>>,
    /// The question.
    pub question: String,
}

/// What a student said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answer; empty if it never came to one.
    pub answer: String,
    /// What it said before, if it was asked to. Not checked against anything: it need not be true, nor the
    /// reason of the answer.
    pub rationale: Option<String>,
    /// Whether it came to an end by itself.
    pub ended: bool,
}

/// An answer whose likelihood is asked for.
#[derive(Debug, Clone)]
pub struct Scored {
    /// What is asked.
    pub asked: Asked,
    /// What is known before answering, if anything.
    pub rationale: Option<String>,
    /// The answer to be scored.
    pub answer: String,
}

/// How likely an answer is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Natural logarithm of the probability that the student says exactly this answer and ends.
    pub log_probability: f64,
    /// Tokens of the answer, its end included.
    pub tokens: usize,
}

/// Answers to be weighed against each other.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// What is asked.
    pub asked: Asked,
    /// What is known before answering, if anything.
    pub rationale: Option<String>,
    /// The answers.
    pub answers: Vec<String>,
}

/// How to compute.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// Questions at once.
    pub rows: usize,
    /// Where.
    pub place: Place,
    /// Most tokens of an answer at once.
    pub longest: usize,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            rows: 32,
            place: Place::Cpu,
            longest: 32,
        }
    }
}

/// A trained student.
#[derive(Debug, Clone)]
pub struct Student {
    about: About,
    weights: Weights,
}

impl Student {
    /// From its file.
    ///
    /// # Errors
    /// If the file is not a student's.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        let (about, weights) = checkpoint::read_student(path)?;
        Ok(Self { about, weights })
    }

    /// From its parts.
    pub fn new(about: About, weights: Weights) -> Self {
        Self { about, weights }
    }

    /// The shape of the model.
    pub fn config(&self) -> &ModelConfig {
        &self.about.model
    }

    /// Its parameters.
    pub(crate) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Its pieces and positions, for another student to share.
    pub fn vocabulary(&self) -> Vocabulary {
        Vocabulary {
            positions: self.about.model.max_text,
            pieces: self.about.tokenizer.clone(),
        }
    }

    /// The pieces of its vocabulary.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.about.tokenizer
    }

    /// How it was trained.
    pub fn trained(&self) -> &TrainConfig {
        &self.about.train
    }

    /// Whether it learned rationales.
    pub fn rationales(&self) -> bool {
        self.about.rationales
    }

    /// Greedy answers, in the order of the questions: at once, or after a rationale.
    ///
    /// # Errors
    /// If a question is too long, the device fails, or rationales are asked of a student without.
    pub fn answers(
        &self,
        questions: &[Asked],
        after_rationale: bool,
        asking: Asking,
    ) -> Result<Vec<Answered>, InferError> {
        if after_rationale && !self.about.rationales {
            return Err(InferError::NoRationales);
        }
        let network = Network::new(self.about.model, &self.weights, asking.place, false)?;
        let mut all = Vec::with_capacity(questions.len());
        for questions in questions.chunks(asking.rows.max(1)) {
            let rows = questions.iter().map(|asked| {
                let said = after_rationale.then_some(&[][..]);
                self.prompt(asked, said)
            });
            let rows = rows.collect::<Result<Vec<Row>, TooLong>>()?;
            let longest = (!after_rationale).then_some(asking.longest);
            for (said, ended) in self.say(&network, rows, longest)? {
                all.push(self.read(&said, ended, after_rationale));
            }
        }
        Ok(all)
    }

    /// How likely answers are, in their order.
    ///
    /// # Errors
    /// If a text is too long, the device fails, or there is a rationale and the student never saw one.
    pub fn scores(&self, scored: &[Scored], asking: Asking) -> Result<Vec<Score>, InferError> {
        if !self.about.rationales && scored.iter().any(|s| s.rationale.is_some()) {
            return Err(InferError::NoRationales);
        }
        let network = Network::new(self.about.model, &self.weights, asking.place, false)?;
        let mut all = Vec::with_capacity(scored.len());
        for scored in scored.chunks(asking.rows.max(1)) {
            let mut rows = Vec::with_capacity(scored.len());
            for one in scored {
                let mut row = self.known(&one.asked, one.rationale.as_deref())?;
                row.score(&self.ending(&one.answer));
                rows.push(self.fitting(&one.asked, row)?);
            }
            let mut surprise = self.surprise(&network, &rows)?.into_iter();
            for row in &rows {
                let part = surprise.by_ref().take(row.targets.len());
                all.push(Score {
                    log_probability: -part.map(f64::from).sum::<f64>(),
                    tokens: row.targets.len(),
                });
            }
        }
        Ok(all)
    }

    /// Natural logarithms of the probabilities that the student says exactly each of the answers and ends,
    /// in their order: as [`scores`](Self::scores) of each, but the picture and the prompt go through the
    /// network once.
    ///
    /// # Errors
    /// As [`scores`](Self::scores).
    pub fn weigh(&self, weighed: &[Weighed], asking: Asking) -> Result<Vec<Vec<f64>>, InferError> {
        if !self.about.rationales && weighed.iter().any(|w| w.rationale.is_some()) {
            return Err(InferError::NoRationales);
        }
        let network = Network::new(self.about.model, &self.weights, asking.place, false)?;
        let mut all = Vec::with_capacity(weighed.len());
        for weighed in weighed.chunks(asking.rows.max(1)) {
            let (mut rows, mut lengths) = (Vec::new(), Vec::new());
            for one in weighed {
                let mut row = self.known(&one.asked, one.rationale.as_deref())?;
                let ways: Vec<Vec<Token>> = one.answers.iter().map(|a| self.ending(a)).collect();
                row.ways(&ways);
                rows.push(self.fitting(&one.asked, row)?);
                lengths.push(ways.iter().map(Vec::len).collect::<Vec<usize>>());
            }
            let mut surprise = self.surprise(&network, &rows)?.into_iter();
            for lengths in lengths {
                let of = |length| surprise.by_ref().take(length).map(f64::from).sum::<f64>();
                all.push(lengths.into_iter().map(of).map(|sum| -sum).collect());
            }
        }
        Ok(all)
    }

    /// A prompt, after what is known.
    fn known(&self, asked: &Asked, rationale: Option<&str>) -> Result<Row, TooLong> {
        let said = rationale.map(|rationale| {
            let mut said = self.about.tokenizer.encode(rationale);
            said.push(tokenizer::ANSWER);
            said
        });
        self.prompt(asked, said.as_deref())
    }

    /// An answer and its end.
    fn ending(&self, answer: &str) -> Vec<Token> {
        let mut answer = self.about.tokenizer.encode(answer);
        answer.push(tokenizer::END);
        answer
    }

    fn fitting(&self, asked: &Asked, row: Row) -> Result<Row, TooLong> {
        match row.length() > self.about.model.max_text {
            true => Err(TooLong {
                id: asked.id.clone(),
                tokens: row.length(),
                most: self.about.model.max_text,
            }),
            false => Ok(row),
        }
    }

    /// Of each target of each row.
    fn surprise(&self, network: &Network, rows: &[Row]) -> Result<Vec<f32>, InferError> {
        let borrowed: Vec<&Row> = rows.iter().collect();
        let block = Block::new(&borrowed, &self.about.model, 1.0, 1.0);
        Ok(numbers(network.surprise(&block)?)?)
    }

    /// How likely one answer is; [`scores`](Self::scores) is faster for many.
    ///
    /// # Errors
    /// As [`scores`](Self::scores).
    pub fn score(
        &self,
        answer: &str,
        picture: Option<Arc<Picture>>,
        question: &str,
        rationale: Option<&str>,
    ) -> Result<Score, InferError> {
        let scored = Scored {
            asked: Asked {
                id: String::new(),
                picture,
                question: question.to_owned(),
            },
            rationale: rationale.map(str::to_owned),
            answer: answer.to_owned(),
        };
        let mut scores = self.scores(&[scored], Asking::default())?;
        // One was asked for.
        Ok(scores.pop().unwrap_or(Score {
            log_probability: f64::NEG_INFINITY,
            tokens: 0,
        }))
    }

    fn prompt(&self, asked: &Asked, said: Option<&[Token]>) -> Result<Row, TooLong> {
        Row::prompt(
            &asked.id,
            asked.picture.clone(),
            &asked.question,
            said,
            &self.about.tokenizer,
            self.about.model.max_text,
        )
    }

    /// What each row goes on with, greedily, and whether it ended. `longest` bounds it, as the student's
    /// positions do.
    fn say(
        &self,
        network: &Network,
        mut rows: Vec<Row>,
        longest: Option<usize>,
    ) -> Result<Vec<(Vec<Token>, bool)>, InferError> {
        let most = self.about.model.max_text;
        let mut said: Vec<(Vec<Token>, bool)> = vec![(Vec::new(), false); rows.len()];
        let mut open: Vec<usize> = (0..rows.len()).collect();
        while !open.is_empty() {
            for &i in &open {
                rows[i].targets = vec![Target {
                    at: rows[i].tokens.len() - 1,
                    token: tokenizer::PAD,
                    share: 0.0,
                    label: true,
                }];
            }
            let borrowed: Vec<&Row> = open.iter().map(|&i| &rows[i]).collect();
            let block = Block::new(&borrowed, &self.about.model, 0.0, 0.0);
            let likely = numbers(network.log_probabilities(&block)?)?;
            let likely = likely.chunks_exact(self.about.model.vocabulary);
            let mut still = Vec::with_capacity(open.len());
            for (&i, likely) in open.iter().zip(likely) {
                let token = first_of_largest(likely);
                if token == tokenizer::END {
                    said[i].1 = true;
                    continue;
                }
                said[i].0.push(token);
                let over = longest.is_some_and(|longest| said[i].0.len() >= longest);
                if !over && rows[i].length() < most {
                    rows[i].say(token);
                    still.push(i);
                }
            }
            open = still;
        }
        Ok(said)
    }

    fn read(&self, said: &[Token], ended: bool, after_rationale: bool) -> Answered {
        let tokenizer = &self.about.tokenizer;
        if !after_rationale {
            return Answered {
                answer: tokenizer.decode(said),
                rationale: None,
                ended,
            };
        }
        let at = said.iter().position(|&t| t == tokenizer::ANSWER);
        let (rationale, answer) = said.split_at(at.unwrap_or(said.len()));
        Answered {
            answer: tokenizer.decode(answer),
            rationale: Some(tokenizer.decode(rationale)),
            ended,
        }
    }
}

/// Index of the largest number, the first of several.
fn first_of_largest(numbers: &[f32]) -> Token {
    let mut best = (0, f32::NEG_INFINITY);
    for (i, &number) in (0..).zip(numbers) {
        if number > best.1 {
            best = (i, number);
        }
    }
    best.0
}
