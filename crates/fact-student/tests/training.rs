//! Trainings: they learn, they see, they resume, and they tell what is wrong.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a failed step fails the test"
)]

mod support;

use fact_student::checkpoint::{read_training, write_training};
use fact_student::config::TrainConfig;
use fact_student::infer::{Asked, Asking, Scored, Weighed};
use fact_student::model::Place;
use fact_student::tokenizer::Tokenizer;
use fact_student::train::{Job, LOG, Line, MODEL, Progress, STATE, trained};
use fact_student::{
    Example, InferError, Outcome, Picture, Silent, Size, TrainError, Vocabulary, train,
};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use support::{IMAGE, TINY, config, squares};

fn job<'a>(examples: &'a [Example], config: &'a TrainConfig, folder: &'a Path) -> Job<'a> {
    Job {
        train: examples,
        validation: examples,
        size: TINY,
        image: IMAGE,
        config,
        vocabulary: None,
        start: None,
        folder,
        threads: 1,
        place: Place::Cpu,
    }
}

fn asked(example: &Example) -> Asked {
    Asked {
        id: example.id.clone(),
        picture: example.picture.clone(),
        question: example.question.clone(),
    }
}

/// The log without its times.
fn log(folder: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(folder.join(LOG)).unwrap();
    let lines = text.lines().map(|line| {
        let line: Line = serde_json::from_str(line).unwrap();
        Line {
            seconds: 0.0,
            ..line
        }
    });
    lines.collect()
}

#[test]
fn eight_examples_are_learned_by_heart() {
    let folder = tempfile::tempdir().unwrap();
    let examples = squares(3, 8);
    let config = config(200);
    let outcome = train(&job(&examples, &config, folder.path()), &Silent).unwrap();
    assert_eq!(outcome.best_right, 1.0);
    let student = trained(folder.path()).unwrap();
    let questions: Vec<Asked> = examples.iter().map(asked).collect();
    let at_once = student
        .answers(&questions, false, Asking::default())
        .unwrap();
    let after = student
        .answers(&questions, true, Asking::default())
        .unwrap();
    for ((example, at_once), after) in examples.iter().zip(at_once).zip(after) {
        assert_eq!(at_once.answer, example.answer);
        if let Some(rationale) = &example.rationale {
            assert_eq!(after.rationale.as_ref(), Some(rationale));
            assert_eq!(after.answer, example.answer);
        }
        // What it says is what it finds likely.
        let score = |answer: &str| {
            let picture = example.picture.clone();
            let score = student.score(answer, picture, &example.question, None);
            score.unwrap().log_probability
        };
        assert!(score(&example.answer) > -0.5, "{}", score(&example.answer));
        assert!(score(&example.answer) > score("purple"));
        let blind = student.score(&example.answer, None, &example.question, None);
        assert_ne!(blind.unwrap().log_probability, score(&example.answer));
    }
    // Answers side by side are as likely as each alone, whatever stands before them.
    let answers = ["yes", "no", "red", "purple and more"].map(str::to_owned);
    let (mut apart, mut together) = (Vec::new(), Vec::new());
    for (at, asked) in questions.iter().enumerate() {
        let rationale = (at % 2 == 0).then(|| "It is red.".to_owned());
        let mut asked = asked.clone();
        asked.picture = asked.picture.filter(|_| at % 3 > 0);
        apart.extend(answers.iter().map(|answer| Scored {
            asked: asked.clone(),
            rationale: rationale.clone(),
            answer: answer.clone(),
        }));
        together.push(Weighed {
            asked,
            rationale,
            answers: answers.to_vec(),
        });
    }
    let apart = student.scores(&apart, Asking::default()).unwrap();
    let together = student.weigh(&together, Asking::default()).unwrap();
    let together: Vec<f64> = together.into_iter().flatten().collect();
    assert_eq!(together.len(), apart.len());
    for (together, apart) in together.iter().zip(apart) {
        let apart = apart.log_probability;
        assert!(
            (together - apart).abs() < 1e-3 * apart.abs().max(1.0),
            "{together} {apart}"
        );
    }
}

#[test]
fn a_student_sees_colours_and_relations_it_was_not_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let examples = squares(10, 8000);
    let unseen = squares(99, 200);
    let config = TrainConfig {
        batch: 32,
        rows: 32,
        weight_decay: 0.05,
        ..config(900)
    };
    let mut job = job(&examples, &config, folder.path());
    job.validation = &unseen;
    train(&job, &Silent).unwrap();
    let student = trained(folder.path()).unwrap();
    for kind in ["is there", "is the ", "what is"] {
        let of: Vec<&Example> = unseen
            .iter()
            .filter(|e| e.question.starts_with(kind))
            .collect();
        let questions: Vec<Asked> = of.iter().map(|e| asked(e)).collect();
        let answers = student
            .answers(&questions, false, Asking::default())
            .unwrap();
        let right = answers
            .iter()
            .zip(&of)
            .filter(|(a, e)| a.answer == e.answer)
            .count();
        assert!(
            right * 10 >= of.len() * 8,
            "{kind}: {right} of {} right",
            of.len()
        );
        // Without the picture there is nothing to know.
        let blind: Vec<Asked> = questions
            .into_iter()
            .map(|asked| Asked {
                picture: None,
                ..asked
            })
            .collect();
        let answers = student.answers(&blind, false, Asking::default()).unwrap();
        let guessed = answers
            .iter()
            .zip(&of)
            .filter(|(a, e)| a.answer == e.answer)
            .count();
        assert!(guessed < right, "{kind}: {guessed} of {} guessed", of.len());
    }
}

struct StopAt(u64, std::cell::Cell<u64>);

impl Progress for StopAt {
    fn started(&self, _: usize, _: u64, done: u64) {
        self.1.set(done);
    }
    fn stepped(&self, step: u64, _: &fact_student::objective::Losses, _: f64) {
        self.1.set(step);
    }
    fn validated(&self, _: &Line) {}
    fn stop(&self) -> bool {
        self.1.get() == self.0
    }
}

fn short() -> TrainConfig {
    TrainConfig {
        validate_every: 7,
        checkpoint_every: 5,
        blind: 0.2,
        ..config(24)
    }
}

#[test]
fn a_stopped_training_ends_with_the_same_bytes_on_any_number_of_threads() {
    let (straight, stopped) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let examples = squares(4, 40);
    let config = TrainConfig { rows: 3, ..short() };
    let whole = train(&job(&examples, &config, straight.path()), &Silent).unwrap();
    let mut job = job(&examples, &config, stopped.path());
    let first = train(&job, &StopAt(11, Default::default())).unwrap();
    assert!(first.interrupted && first.steps == 11);
    job.threads = 2;
    let second = train(&job, &Silent).unwrap();
    let timeless = |outcome: Outcome| Outcome {
        seconds: 0.0,
        ..outcome
    };
    assert_eq!(timeless(second), timeless(whole));
    assert_eq!(log(straight.path()), log(stopped.path()));
    let bytes = |folder: &Path, name| std::fs::read(folder.join(name)).unwrap();
    for name in [MODEL, "loss.svg", "accuracy.svg"] {
        assert_eq!(
            bytes(straight.path(), name),
            bytes(stopped.path(), name),
            "{name}"
        );
    }
    // Once it has ended, there is nothing left to do.
    let again = train(&job, &Silent).unwrap();
    assert_eq!(again.steps, 24);
}

/// Not a test of its own: the process that the next one kills.
#[test]
fn child() {
    let Ok(folder) = std::env::var("FACT_STUDENT_CHILD") else {
        return;
    };
    let examples = squares(4, 40);
    train(&job(&examples, &short(), Path::new(&folder)), &Silent).unwrap();
}

#[test]
fn a_killed_training_goes_on_to_the_same_log_and_student() {
    let (straight, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let examples = squares(4, 40);
    train(&job(&examples, &short(), straight.path()), &Silent).unwrap();
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--test-threads=1"])
            .env("FACT_STUDENT_CHILD", killed.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    // Killed at four places, wherever it happens to be: before a checkpoint and after.
    for lines in [2, 8, 13, 19] {
        let mut child = start();
        loop {
            let log = std::fs::read_to_string(killed.path().join(LOG)).unwrap_or_default();
            if log.lines().count() >= lines || child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What a kill in the middle of a write leaves behind.
        let mut torn = std::fs::read_to_string(killed.path().join(LOG)).unwrap();
        torn.push_str("{\"step\": 9");
        std::fs::write(killed.path().join(LOG), torn).unwrap();
        std::fs::write(killed.path().join(format!(".{STATE}.part")), b"torn").unwrap();
    }
    assert!(start().wait().unwrap().success());
    assert_eq!(log(straight.path()), log(killed.path()));
    let bytes = |folder: &Path| std::fs::read(folder.join(MODEL)).unwrap();
    assert_eq!(bytes(straight.path()), bytes(killed.path()));
}

#[test]
fn training_ends_when_validation_gets_no_better() {
    let folder = tempfile::tempdir().unwrap();
    let examples = squares(4, 16);
    let config = TrainConfig {
        learning_rate: 0.0,
        validate_every: 2,
        patience: 3,
        ..config(50)
    };
    let outcome = train(&job(&examples, &config, folder.path()), &Silent).unwrap();
    assert!(outcome.stopped_early);
    assert_eq!((outcome.steps, outcome.best_step), (8, 2));
}

#[test]
fn a_divergence_is_an_error_that_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let examples = squares(4, 16);
    let config = config(4);
    let job = job(&examples, &config, folder.path());
    train(&job, &StopAt(2, Default::default())).unwrap();
    // Weights as a learning rate far too high leaves them: finite, but nothing that is made of them is.
    let path = folder.path().join(STATE);
    let mut training = read_training(&path).unwrap();
    let head = training.weights.get_mut("head").unwrap();
    for (i, value) in head.values.iter_mut().enumerate() {
        *value = if i % 2 == 0 { f32::MAX } else { f32::MIN };
    }
    write_training(&path, &training).unwrap();
    let error = train(&job, &Silent).unwrap_err();
    assert!(
        matches!(error, TrainError::Diverged { step: 3, .. }),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("learning rate"));
    // What was reached before stays.
    assert_eq!(read_training(&path).unwrap(), training);
}

#[test]
fn another_training_is_not_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let examples = squares(4, 16);
    let config = config(2);
    train(&job(&examples, &config, folder.path()), &Silent).unwrap();
    let other = squares(5, 16);
    let error = train(&job(&other, &config, folder.path()), &Silent).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("its examples, or the student that it begins with, differ"),
        "{error}"
    );
    let longer = TrainConfig {
        steps: 9,
        ..config.clone()
    };
    let error = train(&job(&examples, &longer, folder.path()), &Silent).unwrap_err();
    assert!(
        error.to_string().ends_with("its settings differ"),
        "{error}"
    );
}

#[test]
fn a_training_begins_with_the_student_it_is_given() {
    let folders = [(); 5].map(|()| tempfile::tempdir().unwrap());
    let [first, still, next, other, wide] = folders.each_ref().map(|folder| folder.path());
    let examples = squares(4, 16);
    let config = config(20);
    train(&job(&examples, &config, first), &Silent).unwrap();
    let start = trained(first).unwrap();
    let validated = |folder: &Path| -> Vec<f64> {
        let lines = log(folder).into_iter().filter(|line| line.right.is_some());
        lines.map(|line| line.label).collect()
    };
    // Nothing is learned at rate 0: what is validated is what it began with.
    let asleep = TrainConfig {
        learning_rate: 0.0,
        weight_decay: 0.0,
        steps: 1,
        ..config.clone()
    };
    let mut job = job(&examples, &asleep, still);
    job.start = Some(&start);
    train(&job, &Silent).unwrap();
    let best = validated(first).into_iter().fold(f64::INFINITY, f64::min);
    assert_eq!(validated(still), [best]);
    // It goes on from there, in its words: those of other examples alone would be others.
    let few = squares(8, 2);
    let on = TrainConfig {
        steps: 3,
        ..config.clone()
    };
    let mut job = Job {
        train: &few,
        config: &on,
        folder: next,
        ..job
    };
    train(&job, &Silent).unwrap();
    assert_eq!(trained(next).unwrap().tokenizer(), start.tokenizer());
    // A training that began otherwise is another one.
    job.start = None;
    let vocabulary = start.vocabulary();
    job.vocabulary = Some(&vocabulary);
    let error = train(&job, &Silent).unwrap_err().to_string();
    assert!(
        error.ends_with("the student that it begins with, differ"),
        "{error}"
    );
    // A student of another shape, or with other words, is none to begin with.
    job.start = Some(&start);
    job.folder = wide;
    job.size = Size::S;
    let error = train(&job, &Silent).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has another shape: width 32, 2 layers"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("takes its size"));
    job.size = TINY;
    let texts = examples.iter().flat_map(|e| {
        let rationale = e.rationale.as_deref().unwrap_or_default();
        [e.question.as_str(), &e.answer, rationale]
    });
    let words = Vocabulary {
        positions: vocabulary.positions,
        pieces: Tokenizer::learn(texts.chain(["zebra"]), 1, 99),
    };
    job.vocabulary = Some(&words);
    job.folder = other;
    let error = train(&job, &Silent).unwrap_err().to_string();
    assert!(error.contains("has another vocabulary"), "{error}");
}

#[test]
fn examples_that_do_not_fit_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(2);
    let told = |edit: fn(&mut Example)| {
        let mut examples = squares(4, 4);
        edit(&mut examples[2]);
        let error = train(&job(&examples, &config, folder.path()), &Silent);
        error.unwrap_err().to_string()
    };
    let small = |e: &mut Example| {
        e.picture = Some(Picture::new(2, 2, vec![0; 12]).unwrap().into());
    };
    assert_eq!(
        told(small),
        "the picture of example `2` is 2×2, the student's are 32×16"
    );
    assert_eq!(
        told(|e| e.weight = f32::NAN),
        "example `2` has the weight NaN"
    );
    assert!(told(|e| e.question = "?".repeat(4000)).contains("example `2` has 40"));
    let none = train(&job(&[], &config, folder.path()), &Silent).unwrap_err();
    assert_eq!(none.to_string(), "there are no examples to learn from");
}

#[test]
fn a_student_without_rationales_does_not_answer_after_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut examples = squares(4, 8);
    for example in &mut examples {
        example.rationale = None;
    }
    let config = config(1);
    train(&job(&examples, &config, folder.path()), &Silent).unwrap();
    let student = trained(folder.path()).unwrap();
    let questions = [asked(&examples[0])];
    let error = student.answers(&questions, true, Asking::default());
    assert!(matches!(error, Err(InferError::NoRationales)));
    let error = student.score("yes", None, "is it", Some("because"));
    assert!(matches!(error, Err(InferError::NoRationales)));
}
