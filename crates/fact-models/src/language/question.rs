//! A question to a language model, as the arguments of a request and back.

use crate::remote::{Ask, Picture};
use fact_lang::tool::{Arg, BBox, Request};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Name of the tool.
pub const TOOL: &str = "complete";

/// Which interface of an endpoint is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    /// `/completions`: a text that the model goes on with. Small models do better with it.
    #[default]
    Completions,
    /// `/chat/completions`: messages.
    Chat,
}

impl Api {
    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completions => "completions",
            Self::Chat => "chat",
        }
    }
}

impl std::str::FromStr for Api {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "completions" => Ok(Self::Completions),
            "chat" => Ok(Self::Chat),
            other => Err(format!(
                "unknown interface `{other}`, expected completions or chat"
            )),
        }
    }
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What the model is to do in general.
    System,
    /// The question, or an example of one.
    User,
    /// What the model said, or should have said.
    Assistant,
}

impl Role {
    const ALL: [Self; 3] = [Self::System, Self::User, Self::Assistant];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// A message of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What.
    pub text: String,
}

/// What the model is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// A text to go on with.
    Text(String),
    /// Messages; the pictures of the question go with the last one.
    Messages(Vec<Message>),
}

/// One sample to be drawn from a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What the model is shown.
    pub prompt: Prompt,
    /// Number of the sample, from 0. Never sent; it keeps samples apart.
    pub sample: u32,
    /// Sampling temperature; `None` leaves the field out.
    pub temperature: Option<f64>,
    /// Share of the probability mass to sample from; `None` leaves the field out.
    pub top_p: Option<f64>,
    /// Seed of sampling; `None` leaves the field out.
    pub seed: Option<u64>,
    /// Longest completion, in tokens.
    pub max_tokens: u32,
    /// Where to stop.
    pub stop: Vec<String>,
    /// Whether to ask for the probabilities of tokens; by chat.
    pub probabilities: bool,
}

impl Question {
    /// As a question to a back end; `pictures` go with a chat's last message.
    pub fn ask(&self, pictures: Arc<[Picture]>) -> Ask {
        let text = |text: &str| Arg::Str(text.to_owned());
        let prompt = match &self.prompt {
            Prompt::Text(prompt) => text(prompt),
            Prompt::Messages(messages) => Arg::List(
                messages
                    .iter()
                    .map(|m| Arg::List(vec![text(m.role.name()), text(&m.text)]))
                    .collect(),
            ),
        };
        let float = |value: Option<f64>| value.map_or(Arg::None, Arg::Float);
        // Only where it is asked for: what was kept before keeps its key.
        let probabilities = self
            .probabilities
            .then_some(("probabilities", Arg::Bool(true)));
        let args = [
            ("prompt", prompt),
            ("sample", Arg::Int(self.sample.into())),
            ("temperature", float(self.temperature)),
            ("top_p", float(self.top_p)),
            ("seed", self.seed.map_or(Arg::None, seed_to_arg)),
            ("max_tokens", Arg::Int(self.max_tokens.into())),
            (
                "stop",
                Arg::List(self.stop.iter().map(|stop| text(stop)).collect()),
            ),
            // All pictures, by content: a region names only one.
            (
                "pictures",
                Arg::List(pictures.iter().map(|p| text(&p.image.sha256)).collect()),
            ),
        ];
        Ask {
            pictures,
            request: Request {
                tool: TOOL.to_owned(),
                image: 0,
                region: BBox::from([0.0; 4]),
                args: args
                    .into_iter()
                    .chain(probabilities)
                    .map(|(name, arg)| (name.to_owned(), arg))
                    .collect(),
            },
        }
    }

    /// From a request.
    ///
    /// # Errors
    /// If [`Question::ask`] did not make it; says what is wrong.
    pub fn of(request: &Request) -> Result<Self, String> {
        if request.tool != TOOL {
            return Err(format!(
                "a language model cannot answer `{}`, only `{TOOL}`",
                request.tool
            ));
        }
        let arg = |name: &str| {
            let found = request.args.iter().find(|(known, _)| known == name);
            found.map(|(_, arg)| arg)
        };
        let wrong = |name: &str| format!("`{TOOL}` was given no fit `{name}`");
        let float = |name: &'static str| match arg(name) {
            Some(Arg::Float(value)) => Ok(Some(*value)),
            Some(Arg::Int(value)) => Ok(Some(*value as f64)),
            Some(Arg::None) => Ok(None),
            _ => Err(wrong(name)),
        };
        let number = |name: &'static str| match arg(name) {
            Some(Arg::Int(value)) => u32::try_from(*value).map_err(|_| wrong(name)),
            _ => Err(wrong(name)),
        };
        let prompt = match arg("prompt") {
            Some(Arg::Str(text)) => Prompt::Text(text.clone()),
            Some(Arg::List(messages)) => Prompt::Messages(
                messages
                    .iter()
                    .map(|m| message(m).ok_or_else(|| wrong("prompt")))
                    .collect::<Result<_, _>>()?,
            ),
            _ => return Err(wrong("prompt")),
        };
        let stop = match arg("stop") {
            Some(Arg::List(stops)) => stops
                .iter()
                .map(|stop| match stop {
                    Arg::Str(stop) => Ok(stop.clone()),
                    _ => Err(wrong("stop")),
                })
                .collect::<Result<_, _>>()?,
            _ => return Err(wrong("stop")),
        };
        let seed = match arg("seed") {
            Some(Arg::Int(value)) => u64::try_from(*value).map(Some).map_err(|_| wrong("seed"))?,
            Some(Arg::None) => None,
            _ => return Err(wrong("seed")),
        };
        Ok(Self {
            prompt,
            sample: number("sample")?,
            temperature: float("temperature")?,
            top_p: float("top_p")?,
            seed,
            max_tokens: number("max_tokens")?,
            stop,
            probabilities: match arg("probabilities") {
                None => false,
                Some(Arg::Bool(value)) => *value,
                Some(_) => return Err(wrong("probabilities")),
            },
        })
    }
}

/// Seeds beyond what a request's integers hold wrap: any number is as good a seed.
fn seed_to_arg(seed: u64) -> Arg {
    Arg::Int((seed & i64::MAX as u64) as i64)
}

fn message(arg: &Arg) -> Option<Message> {
    let Arg::List(parts) = arg else { return None };
    let [Arg::Str(name), Arg::Str(text)] = parts.as_slice() else {
        return None;
    };
    let role = Role::ALL.into_iter().find(|role| role.name() == name)?;
    Some(Message {
        role,
        text: text.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(prompt: Prompt) -> Question {
        Question {
            prompt,
            sample: 3,
            temperature: Some(0.7),
            top_p: None,
            seed: Some(5),
            max_tokens: 100,
            stop: vec!["\n#".into()],
            probabilities: false,
        }
    }

    #[test]
    fn a_question_survives_the_way_as_a_request() {
        let message = |role, text: &str| Message {
            role,
            text: text.into(),
        };
        for prompt in [
            Prompt::Text("# a\n".into()),
            Prompt::Messages(vec![
                message(Role::System, "s"),
                message(Role::User, "u"),
                message(Role::Assistant, "a"),
            ]),
        ] {
            let mut question = question(prompt);
            let plain = question.ask(Arc::from([])).request;
            assert!(plain.args.iter().all(|(name, _)| name != "probabilities"));
            question.probabilities = matches!(question.prompt, Prompt::Messages(_));
            let ask = question.ask(Arc::from([]));
            // As the log of calls keeps it.
            let json = serde_json::to_string(&ask.request).unwrap();
            let request: Request = serde_json::from_str(&json).unwrap();
            assert_eq!(Question::of(&request), Ok(question));
        }
    }

    #[test]
    fn other_requests_are_refused_by_name() {
        let mut ask = question(Prompt::Text("x".into())).ask(Arc::from([]));
        ask.request.args.retain(|(name, _)| name != "seed");
        let error = Question::of(&ask.request).unwrap_err();
        assert!(error.contains("`seed`"), "{error}");
        ask.request.tool = "find".into();
        let error = Question::of(&ask.request).unwrap_err();
        assert!(error.contains("cannot answer `find`"), "{error}");
    }
}
