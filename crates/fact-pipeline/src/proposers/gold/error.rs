//! Why a functional program does not compile.

/// A malformed functional program: where and what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed functional program{}{}{}: {problem}", sample_text(.sample), step_text(*.step, .operation), field_text(.field))]
pub struct GoldError {
    /// Id of the sample, if [`of_sample`](Self::of_sample) gave it.
    pub sample: Option<String>,
    /// 0-based index of the step; `None` for the program as a whole.
    pub step: Option<usize>,
    /// The step's operation, if it could be read.
    pub operation: Option<String>,
    /// The field of the step, such as `value_inputs`; empty for the step as a whole.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Box<Problem>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A field is missing or of another type.
    #[error("expected {expected}, found {found}")]
    Shape {
        /// What belongs there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A step without the value it needs, as in CLEVR's `filter_size` with an empty list.
    #[error("expected {expected}, found none")]
    MissingValue {
        /// What belongs there.
        expected: &'static str,
    },
    /// An operation that neither data set documents.
    #[error("unknown operation")]
    UnknownOperation,
    /// A value outside those that the operation knows.
    #[error("unknown value `{value}`, expected {expected}")]
    UnknownValue {
        /// The value.
        value: String,
        /// The values known.
        expected: &'static str,
    },
    /// A step uses another number of steps than its operation needs.
    #[error("expected {expected}, found {found}")]
    Arity {
        /// How many it needs.
        expected: &'static str,
        /// How many it has.
        found: usize,
    },
    /// A step uses one that does not come before it.
    #[error("step {to} does not come before this one")]
    Dangling {
        /// The step it names.
        to: String,
    },
    /// A step uses one whose result it cannot work on.
    #[error("step {input} gives {given}, where {wanted} is needed")]
    Kind {
        /// The step it uses.
        input: usize,
        /// What that gives.
        given: &'static str,
        /// What it needs.
        wanted: &'static str,
    },
    /// The last step gives no answer.
    #[error("the last step gives {given}, which is no answer")]
    NoAnswer {
        /// What it gives.
        given: &'static str,
    },
    /// More steps than are read.
    #[error("{found} steps, more than the {most} that are read")]
    TooLong {
        /// How many there are.
        found: usize,
        /// How many are read.
        most: usize,
    },
}

impl GoldError {
    /// The error with the id of the sample that the program belongs to.
    #[must_use]
    pub fn of_sample(mut self, id: &str) -> Self {
        self.sample = Some(id.to_owned());
        self
    }
}

fn sample_text(sample: &Option<String>) -> String {
    sample
        .as_ref()
        .map(|id| format!(" of sample {id}"))
        .unwrap_or_default()
}

fn step_text(step: Option<usize>, operation: &Option<String>) -> String {
    match (step, operation) {
        (Some(step), Some(operation)) => format!(", step {step} (`{operation}`)"),
        (Some(step), None) => format!(", step {step}"),
        (None, _) => String::new(),
    }
}

fn field_text(field: &str) -> String {
    if field.is_empty() {
        String::new()
    } else {
        format!(", `{field}`")
    }
}
