//! Whether a program can be an exemplar at all: it is run on an image in which nothing is found.

use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, run};
use fact_lang::syntax::SyntaxError;
use fact_lang::tool::{Answer, Answers, ImageRef, Request};
use fact_models::tools::{AnswerKind, tool};

/// Exceptions that a right program may raise where there is nothing to see.
const EXCUSED: [&str; 6] = [
    "IndexError",
    "KeyError",
    "ValueError",
    "ZeroDivisionError",
    "StopIteration",
    "StatisticsError",
];

/// Size of the image.
const SIDE: u32 = 100;

/// Why a program cannot be an exemplar.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TrialError {
    /// It does not parse.
    #[error("the program does not parse: {} (line {}, column {})", .0.message, .0.line, .0.column)]
    Syntax(Box<SyntaxError>),
    /// It raises what has nothing to do with what is seen.
    #[error("the program raises {class}: {message}")]
    Raised {
        /// The exception.
        class: String,
        /// What it says.
        message: String,
    },
    /// It does not end.
    #[error("the program reaches a limit of execution ({0})")]
    Limit(String),
}

impl TrialError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Syntax(_) | Self::Raised { .. } => {
                "fact exec PROGRAM --image IMAGE shows what it does; docs/packs.md says what programs \
                 may call"
                    .into()
            }
            Self::Limit(_) => "programs must end".into(),
        })
    }
}

/// Sees nothing: no objects, no text, zero, no.
struct Nothing;

impl Answers for Nothing {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        Some(match tool(&request.tool).map(|tool| tool.answer) {
            Some(AnswerKind::Text) => Answer::Text(String::new()),
            Some(AnswerKind::Number) => Answer::Number(0.0),
            Some(AnswerKind::Bool) => Answer::Bool(false),
            Some(AnswerKind::Detections) | None => Answer::Detections(Vec::new()),
        })
    }
}

/// Runs a program on an image in which nothing is found.
///
/// # Errors
/// If it does not parse, does not end, or raises something for which seeing nothing is no reason,
/// such as a `NameError`.
pub fn trial(program: &str, pack: &Pack) -> Result<(), TrialError> {
    let module = pack
        .parse(program)
        .map_err(|e| TrialError::Syntax(Box::new(e)))?;
    let inputs = Inputs::image(ImageRef {
        sha256: "".into(),
        width: SIDE,
        height: SIDE,
    });
    match run(&module, pack, &inputs, &mut Nothing, &Limits::default()).outcome {
        Outcome::Returned(_) | Outcome::Suspended(_) => Ok(()),
        Outcome::Raised(raised) if EXCUSED.contains(&&*raised.class) => Ok(()),
        Outcome::Raised(raised) => Err(TrialError::Raised {
            class: raised.class,
            message: raised.message,
        }),
        Outcome::LimitReached { limit, .. } => Err(TrialError::Limit(format!("{limit:?}"))),
    }
}
