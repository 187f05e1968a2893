//! Comparing answers, as the data set declares; never guessing.

use serde::{Deserialize, Serialize};

/// How a data set's answers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matcher {
    /// Same text after trimming and lower-casing.
    Exact,
    /// `yes`/`no` data sets: a bool result stands for yes or no.
    YesNo,
    /// `true`/`false` data sets such as NLVR: yes/no and bools are read as true/false.
    TrueFalse,
    /// Open answers: bool ↔ yes/no, number words ↔ digits, plurals and articles folded.
    Open,
    /// VQA soft accuracy: [`Matcher::Open`]'s folding as in the official VQA script's
    /// normalisation, score = weight of the answer given.
    VqaSoft,
}
