//! A bound on what a run spends on a language model.

use super::turns::Turns;
use fact_lang::tool::{Answer, Arg};
use fact_models::language::Reply;
use fact_models::remote::{Ask, CallError, Remote, Spent};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// Bytes of a prompt that make a token, at the least: what is set aside for it before the server
/// tells how many there were.
const BYTES_PER_TOKEN: u64 = 2;
/// Tokens set aside for a picture.
const PICTURE: u64 = 2000;
/// How often one who waits for a turn looks whether to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// The most that may be spent; no bound where absent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Budget {
    /// Questions sent.
    pub requests: Option<u64>,
    /// Tokens of prompts and completions.
    pub tokens: Option<u64>,
    /// Cost.
    pub cost: Option<f64>,
    /// Price of a million tokens of prompts and of completions.
    pub prices: Option<(f64, f64)>,
}

/// What was spent, or is set aside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Questions sent.
    pub requests: u64,
    /// Tokens of prompts.
    pub prompt_tokens: u64,
    /// Tokens of completions.
    pub completion_tokens: u64,
}

impl Used {
    /// The most that `requests` questions can use that have `prompt_bytes` of prompts and `pictures`
    /// in all, and completions of up to `completion_tokens` in all.
    pub fn most(requests: u64, prompt_bytes: u64, pictures: u64, completion_tokens: u64) -> Self {
        Self {
            requests,
            prompt_tokens: prompt_bytes / BYTES_PER_TOKEN + PICTURE * pictures,
            completion_tokens,
        }
    }

    /// Adds it up.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
    }

    fn take(&mut self, other: Self) {
        self.requests -= other.requests;
        self.prompt_tokens -= other.prompt_tokens;
        self.completion_tokens -= other.completion_tokens;
    }

    /// What could be used to answer a question, at the most.
    fn worst(ask: &Ask) -> Self {
        let arg = |name: &str| ask.request.args.iter().find(|(known, _)| known == name);
        let completion = match arg("max_tokens") {
            Some((_, Arg::Int(most))) => u64::try_from(*most).unwrap_or(0),
            _ => 0,
        };
        let prompt = arg("prompt").map_or(0, |(_, prompt)| bytes(prompt));
        Self::most(1, prompt, ask.pictures.len() as u64, completion)
    }

    /// What was used for an answer; `worst` where the server does not tell.
    fn told(answer: &Result<Answer, CallError>, worst: Self) -> Self {
        let reply = match answer {
            Ok(Answer::Text(json)) => Reply::from_json(json).ok(),
            Err(error) if error.unsent => return Self::default(),
            // Nothing was generated, as far as anybody can tell.
            _ => {
                return Self {
                    requests: 1,
                    ..Self::default()
                };
            }
        };
        let (prompt, completion) =
            reply.map_or((None, None), |r| (r.prompt_tokens, r.completion_tokens));
        Self {
            requests: 1,
            prompt_tokens: prompt.unwrap_or(worst.prompt_tokens),
            completion_tokens: completion.unwrap_or(worst.completion_tokens),
        }
    }
}

fn bytes(arg: &Arg) -> u64 {
    match arg {
        Arg::Str(text) => text.len() as u64,
        Arg::List(items) => items.iter().map(bytes).sum(),
        _ => 0,
    }
}

impl Budget {
    /// Whether there is any bound.
    pub fn is_bounded(&self) -> bool {
        self.requests.is_some() || self.tokens.is_some() || self.cost.is_some()
    }

    /// The first bound that `used` is beyond, in words.
    pub(super) fn beyond(&self, used: Used) -> Option<String> {
        let tokens = used.prompt_tokens.saturating_add(used.completion_tokens);
        let cost = self.prices.map(|(prompt, completion)| {
            (used.prompt_tokens as f64 * prompt + used.completion_tokens as f64 * completion) / 1e6
        });
        match (self.requests, self.tokens, self.cost.zip(cost)) {
            (Some(most), ..) if used.requests > most => Some(format!("{most} requests")),
            (_, Some(most), _) if tokens > most => Some(format!("{most} tokens")),
            (.., Some((most, cost))) if cost > most => Some(format!("a cost of {most}")),
            _ => None,
        }
    }
}

/// A language model with a purse: what the budget has no room for is not sent.
///
/// For every question in flight the most that it could use is set aside, so that the bound holds
/// whatever the answers are, as far as the server tells the tokens of its prompts truly.
pub struct Purse {
    inner: Arc<dyn Remote>,
    budget: Budget,
    /// Spent, set aside.
    state: Mutex<(Used, Used)>,
    returned: Condvar,
    turns: Mutex<Turns>,
    ended: Condvar,
    /// The bound that had no room for a question.
    exhausted: OnceLock<String>,
}

impl Purse {
    /// Over `inner`, on which earlier sessions spent `used`.
    pub fn new(inner: Arc<dyn Remote>, budget: Budget, used: Used) -> Self {
        Self {
            inner,
            budget,
            state: Mutex::new((used, Used::default())),
            returned: Condvar::new(),
            turns: Mutex::default(),
            ended: Condvar::new(),
            exhausted: OnceLock::new(),
        }
    }

    /// The bound, in words, if something was not sent because the budget had no room for it.
    pub fn exhausted(&self) -> Option<&str> {
        self.exhausted.get().map(String::as_str)
    }

    /// Waits until question `number` of the run, which can use `most`, may begin to ask: see
    /// `Turns`. Whether it may; not so if it was halted. Its turn ends with
    /// [`end_turn`](Self::end_turn).
    pub fn begin_turn(&self, number: u64, most: Used, halted: &dyn Fn() -> bool) -> bool {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if halted() {
                return false;
            }
            let spent = self.state().0;
            if turns.begin(number, self.budget, spent, most) {
                drop(turns);
                // It may be the turn of the next one, too.
                self.ended.notify_all();
                return true;
            }
            let waited = self.ended.wait_timeout(turns, PATIENCE);
            turns = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends the turn of a question, also of one that never began.
    pub fn end_turn(&self, number: u64) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.end(number);
        drop(turns);
        self.ended.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, (Used, Used)> {
        // Only numbers, which no panic leaves half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the most aside that a question could use; waits for what others set aside and may not
    /// need.
    fn set_aside(&self, worst: Used) -> Result<(), CallError> {
        let mut state = self.state();
        loop {
            let (spent, aside) = *state;
            let mut with = spent;
            with.add(aside);
            with.add(worst);
            if self.exhausted().is_none() {
                let Some(bound) = self.budget.beyond(with) else {
                    state.1.add(worst);
                    return Ok(());
                };
                if aside.requests == 0 {
                    // Nothing more is sent, even if a shorter question would have room.
                    self.exhausted.get_or_init(|| bound);
                }
            }
            if let Some(bound) = self.exhausted() {
                self.returned.notify_all();
                return Err(CallError {
                    endpoint: "budget".into(),
                    message: format!("the next question could go beyond {bound}"),
                    transient: false,
                    unsent: true,
                });
            }
            state = self
                .returned
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn settle(&self, worst: Used, told: Used) {
        let mut state = self.state();
        state.1.take(worst);
        state.0.add(told);
        drop(state);
        self.returned.notify_all();
    }

    fn one(&self, ask: &Ask) -> Result<Answer, CallError> {
        let worst = Used::worst(ask);
        let mut answers = self.inner.answer(std::slice::from_ref(ask));
        let answer = match (answers.pop(), answers.is_empty()) {
            (Some(answer), true) => answer,
            _ => Err(CallError {
                endpoint: self.inner.fingerprint().to_owned(),
                message: "not one answer to one question".into(),
                transient: false,
                unsent: false,
            }),
        };
        self.settle(worst, Used::told(&answer, worst));
        answer
    }
}

impl Remote for Purse {
    fn fingerprint(&self) -> &str {
        self.inner.fingerprint()
    }

    fn batch(&self) -> usize {
        1
    }

    fn concurrency(&self) -> usize {
        self.inner.concurrency()
    }

    fn reserve(&self, asks: &[Ask]) -> Result<(), CallError> {
        for (number, ask) in asks.iter().enumerate() {
            if let Err(error) = self.set_aside(Used::worst(ask)) {
                self.release(&asks[..number]);
                return Err(error);
            }
        }
        Ok(())
    }

    fn release(&self, asks: &[Ask]) {
        for ask in asks {
            self.settle(Used::worst(ask), Used::default());
        }
    }

    fn answer(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>> {
        asks.iter().map(|ask| self.one(ask)).collect()
    }

    fn spent(&self) -> Spent {
        self.inner.spent()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact_models::language::{Prompt, Question};
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Answers with so many tokens.
    struct Model {
        asked: AtomicU64,
        tokens: Option<u64>,
    }

    impl Remote for Model {
        fn fingerprint(&self) -> &str {
            "model"
        }
        fn batch(&self) -> usize {
            1
        }
        fn concurrency(&self) -> usize {
            4
        }
        fn answer(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>> {
            let answer = |_: &Ask| {
                self.asked.fetch_add(1, Ordering::SeqCst);
                // Long enough for others to come meanwhile.
                std::thread::sleep(std::time::Duration::from_millis(2));
                let reply = Reply {
                    text: "x".into(),
                    finish_reason: None,
                    refusal: None,
                    prompt_tokens: self.tokens,
                    completion_tokens: self.tokens,
                    tokens: None,
                };
                Ok(Answer::Text(reply.to_json()))
            };
            asks.iter().map(answer).collect()
        }
        fn spent(&self) -> Spent {
            Spent::default()
        }
    }

    fn ask() -> Ask {
        Question {
            prompt: Prompt::Text("x".repeat(20)),
            sample: 0,
            temperature: None,
            top_p: None,
            seed: None,
            max_tokens: 30,
            stop: Vec::new(),
            probabilities: false,
        }
        .ask(Arc::from([]))
    }

    /// How many of 40 questions by 4 threads are sent.
    fn sent(budget: Budget, used: Used, tokens: Option<u64>) -> (u64, Option<String>) {
        let model = Arc::new(Model {
            asked: AtomicU64::new(0),
            tokens,
        });
        let purse = Purse::new(model.clone(), budget, used);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        if purse.reserve(&[ask()]).is_ok() {
                            purse.answer(&[ask()]);
                        }
                    }
                });
            }
        });
        let asked = model.asked.load(Ordering::SeqCst);
        (asked, purse.exhausted().map(str::to_owned))
    }

    #[test]
    fn requests_are_counted_with_those_of_earlier_sessions() {
        let budget = Budget {
            requests: Some(12),
            ..Budget::default()
        };
        let used = Used {
            requests: 5,
            ..Used::default()
        };
        assert_eq!(sent(budget, used, Some(1)), (7, Some("12 requests".into())));
        assert_eq!(sent(Budget::default(), used, Some(1)), (40, None));
    }

    #[test]
    fn what_is_released_has_room_again() {
        let budget = Budget {
            requests: Some(1),
            ..Budget::default()
        };
        let model = Arc::new(Model {
            asked: AtomicU64::new(0),
            tokens: None,
        });
        let purse = Purse::new(model, budget, Used::default());
        for _ in 0..3 {
            purse.reserve(&[ask()]).unwrap();
            purse.release(&[ask()]);
        }
        purse.reserve(&[ask()]).unwrap();
        purse.answer(&[ask()]);
        let error = purse.reserve(&[ask()]).unwrap_err();
        assert!(error.message.contains("1 requests"), "{error}");
        assert_eq!(purse.exhausted(), Some("1 requests"));
    }

    #[test]
    fn tokens_are_used_up_but_never_overdrawn() {
        let budget = Budget {
            tokens: Some(100),
            ..Budget::default()
        };
        // Each may need 10 + 30 and needs 4: the last that has room leaves less than 40.
        let (asked, bound) = sent(budget, Used::default(), Some(2));
        assert_eq!((asked, bound.as_deref()), (16, Some("100 tokens")));
        // A server that does not tell is taken to need the most.
        let (asked, _) = sent(budget, Used::default(), None);
        assert_eq!(asked, 2);
    }

    #[test]
    fn cost_follows_the_prices() {
        let budget = Budget {
            cost: Some(1.0),
            prices: Some((10_000.0, 20_000.0)),
            ..Budget::default()
        };
        // At the most 0.7 each, in truth 0.06.
        let (asked, bound) = sent(budget, Used::default(), Some(2));
        assert_eq!((asked, bound.as_deref()), (6, Some("a cost of 1")));
    }
}
