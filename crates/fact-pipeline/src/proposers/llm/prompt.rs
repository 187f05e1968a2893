//! What a model is shown: the pack, exemplars, the question.
//!
//! What describes the pack comes first and is the same for every question, so that a server keeps
//! it in its cache. How much of it there is, is settled once, by the budget: all stubs, or
//! signatures alone, or the pack's introduction, or nothing. Exemplars follow, the one most like the
//! question last, next to the question; those that do not fit are left out, the least like first.

use crate::config::{Api, LlmConfig};
use crate::proposers::FailedProgram;
use crate::proposers::bank::{Bank, Exemplar};
use fact_lang::ast::FrontEnd;
use fact_lang::pack::Pack;
use fact_lang::syntax::salvage::HEADER;
use fact_models::language::{Message, Prompt, Role};

/// Bytes of a prompt that make a token, about: for English and Python under usual tokenizers.
const BYTES_PER_TOKEN: f64 = 3.5;
/// Longest question that is shown, in characters.
const MOST_QUESTION: usize = 1000;
/// Longest program that a repair is shown, in bytes.
const MOST_PROGRAM: usize = 2000;
/// Longest trace that a repair is shown, in bytes.
const MOST_TRACE: usize = 1500;
/// Bytes that a repair's prompt has more than the first one, at the most: a program; failure and
/// trace, a line of which may be as short as its comment sign is; the question once more, and what
/// goes around it.
pub(super) const MOST_OF_REPAIR: usize =
    MOST_PROGRAM + 6 * MOST_TRACE + 4 * MOST_QUESTION + 4 * MOST_QUESTION + 1000;
/// Bytes set aside for the question when what describes the pack is settled.
const QUESTION: usize = 300;

/// Makes prompts for one run.
pub(super) struct Prompter {
    api: Api,
    /// What describes the pack.
    about: String,
    /// How a program begins.
    header: String,
    /// Bytes that a prompt may have.
    budget: usize,
    stop: Vec<String>,
    front_end: FrontEnd,
}

impl Prompter {
    pub(super) fn new(pack: &Pack, bank: Option<&Bank>, config: &LlmConfig) -> Self {
        let budget = (f64::from(config.prompt_tokens) * BYTES_PER_TOKEN) as usize;
        let header = header(pack);
        // Exemplars come before stubs: room for as many of the usual length as are wanted.
        let exemplars = bank.map_or(&[][..], Bank::exemplars);
        let bytes: usize = exemplars.iter().map(|e| shown(e).len()).sum();
        let usual = bytes.div_ceil(exemplars.len().max(1));
        let room = budget.saturating_sub(usual * config.exemplars + QUESTION + header.len());
        let stop = match (&*config.stop, config.api, pack.front_end) {
            ([], Api::Completions, FrontEnd::Python) => ["\n#", "\ndef ", "\n\n\n", "```"]
                .map(str::to_owned)
                .to_vec(),
            (given, ..) => given.to_vec(),
        };
        Self {
            api: config.api,
            about: about(pack, room),
            header,
            budget,
            stop,
            front_end: pack.front_end,
        }
    }

    /// Where completions stop.
    pub(super) fn stop(&self) -> &[String] {
        &self.stop
    }

    /// What a completion continues, if it is to continue a function.
    pub(super) fn continued(&self) -> Option<&str> {
        (self.api == Api::Completions && self.front_end == FrontEnd::Python)
            .then_some(&*self.header)
    }

    /// Tokens of a prompt, about.
    pub(super) fn tokens(&self, prompt: &Prompt) -> u64 {
        let bytes: usize = match prompt {
            Prompt::Text(text) => text.len(),
            Prompt::Messages(messages) => messages.iter().map(|m| m.text.len()).sum(),
        };
        (bytes as f64 / BYTES_PER_TOKEN) as u64
    }

    /// The prompt for a question; `exemplars` nearest first.
    pub(super) fn prompt(&self, question: &str, exemplars: &[&Exemplar]) -> Prompt {
        self.with(&one_line(question), exemplars, None)
    }

    /// The prompt for a question whose program failed.
    pub(super) fn repair(
        &self,
        question: &str,
        exemplars: &[&Exemplar],
        failed: &FailedProgram,
    ) -> Prompt {
        self.with(&one_line(question), exemplars, Some(failed))
    }

    fn with(
        &self,
        question: &str,
        exemplars: &[&Exemplar],
        failed: Option<&FailedProgram>,
    ) -> Prompt {
        match self.api {
            Api::Completions => self.completion(question, exemplars, failed),
            Api::Chat => self.chat(question, exemplars, failed),
        }
    }

    fn completion(
        &self,
        question: &str,
        exemplars: &[&Exemplar],
        failed: Option<&FailedProgram>,
    ) -> Prompt {
        let mut end = format!("# {question}\n");
        if let Some(failed) = failed {
            end.push_str(cut(&failed.program, MOST_PROGRAM).trim());
            end.push_str("\n\n");
            end.push_str(&comments(&format!(
                "That is wrong. {}",
                one_line(&failed.failure)
            )));
            end.push_str(&comments(&failed.trace));
            end.push_str(&format!("# The right program for: {question}\n"));
        }
        if let Some(header) = self.continued() {
            end.push_str(header);
        }
        let mut text = self.about.clone();
        let room = self.budget.saturating_sub(text.len() + end.len());
        for exemplar in fitting(exemplars, room) {
            text.push_str(&exemplar);
        }
        text.push_str(&end);
        Prompt::Text(text)
    }

    fn chat(
        &self,
        question: &str,
        exemplars: &[&Exemplar],
        failed: Option<&FailedProgram>,
    ) -> Prompt {
        let form = match self.front_end {
            FrontEnd::Python => "Answer with one program in a Python code block and nothing else.",
            FrontEnd::VisProg => "Answer with one program, a step a line, and nothing else.",
        };
        let system = format!("{}{form}", self.about);
        let wanted = match self.front_end {
            FrontEnd::Python => {
                format!(
                    "Write the program, beginning with `{}`,",
                    self.header.trim_end()
                )
            }
            FrontEnd::VisProg => "Write the program".to_owned(),
        };
        let mut user = String::new();
        let room = self.budget.saturating_sub(system.len() + question.len());
        let shown = fitting(exemplars, room);
        if !shown.is_empty() {
            user.push_str("Examples:\n\n```python\n");
            user.push_str(shown.concat().trim_end());
            user.push_str("\n```\n\n");
        }
        user.push_str(&format!("{wanted} for:\n{question}"));
        let message = |role, text| Message { role, text };
        let mut messages = vec![message(Role::System, system), message(Role::User, user)];
        if let Some(failed) = failed {
            let program = cut(&failed.program, MOST_PROGRAM).trim();
            messages.push(message(
                Role::Assistant,
                format!("```python\n{program}\n```"),
            ));
            let mut text = format!("That is wrong. {}\n", one_line(&failed.failure));
            if !failed.trace.is_empty() {
                text.push_str("What happened:\n");
                text.push_str(cut(&failed.trace, MOST_TRACE));
            }
            text.push_str(&format!(
                "{wanted} again, so that it is right, for:\n{question}"
            ));
            messages.push(message(Role::User, text));
        }
        Prompt::Messages(messages)
    }
}

/// Text as comments, a line each.
fn comments(text: &str) -> String {
    let lines = cut(text, MOST_TRACE).lines();
    lines
        .map(|line| format!("# {}\n", line.trim_end()))
        .collect()
}

/// The beginning of a text, so many bytes or a few less.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

/// An exemplar as it is shown.
fn shown(exemplar: &Exemplar) -> String {
    format!(
        "# {}\n{}\n\n",
        one_line(&exemplar.sentence),
        exemplar.program.trim()
    )
}

/// The nearest exemplars that fit, the nearest last.
fn fitting(exemplars: &[&Exemplar], mut room: usize) -> Vec<String> {
    let mut out = Vec::new();
    for exemplar in exemplars {
        let text = shown(exemplar);
        let Some(left) = room.checked_sub(text.len()) else {
            break;
        };
        room = left;
        out.push(text);
    }
    out.reverse();
    out
}

/// As much about the pack as there is room for.
fn about(pack: &Pack, room: usize) -> String {
    let introduction = format!("\"\"\"{}\"\"\"\n\n", pack.doc.trim());
    let with = |stub: String| format!("{introduction}{stub}\n\n");
    let all = with(pack.prompt_stub());
    if all.len() <= room {
        return all;
    }
    let signatures = with(pack.prompt_signatures());
    if signatures.len() <= room {
        return signatures;
    }
    if introduction.len() <= room {
        return introduction;
    }
    String::new()
}

/// How programs of a pack begin, as its introduction says.
fn header(pack: &Pack) -> String {
    let given = pack.doc.find("def execute_command(").and_then(|start| {
        let text = &pack.doc[start..];
        let end = text.find(')')?;
        Some(format!("{}:\n", one_line(&text[..=end])))
    });
    given.unwrap_or_else(|| HEADER.to_owned())
}

/// A foreign text on one line, so that it cannot end the comment that it stands in.
fn one_line(text: &str) -> String {
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    match out.char_indices().nth(MOST_QUESTION) {
        Some((at, _)) => out[..at].to_owned(),
        None => out,
    }
}
