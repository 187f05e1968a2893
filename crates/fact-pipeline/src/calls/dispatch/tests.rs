use super::*;
use crate::calls::MemoryLog;
use fact_lang::tool::{BBox, Request};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers the number of a question's name, and counts.
struct Counting {
    batch: usize,
    concurrency: usize,
    asked: AtomicUsize,
    largest: AtomicUsize,
    now: AtomicUsize,
    most_at_once: AtomicUsize,
    fault: fn(&str) -> Option<CallError>,
}

impl Counting {
    fn new(batch: usize, concurrency: usize) -> Self {
        Self {
            batch,
            concurrency,
            asked: AtomicUsize::new(0),
            largest: AtomicUsize::new(0),
            now: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            fault: |_| None,
        }
    }
}

impl Remote for Counting {
    fn fingerprint(&self) -> &str {
        "counting 1"
    }
    fn batch(&self) -> usize {
        self.batch
    }
    fn concurrency(&self) -> usize {
        self.concurrency
    }
    fn answer(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        self.asked.fetch_add(asks.len(), Ordering::SeqCst);
        self.largest.fetch_max(asks.len(), Ordering::SeqCst);
        // Long enough that a sender without bound would overlap with others.
        std::thread::sleep(Duration::from_millis(2));
        self.now.fetch_sub(1, Ordering::SeqCst);
        asks.iter()
            .map(|ask| match (self.fault)(&ask.request.tool) {
                Some(error) => Err(error),
                None => Ok(Answer::Text(ask.request.tool.clone())),
            })
            .collect()
    }
    fn spent(&self) -> Spent {
        Spent::default()
    }
}

fn ask(tool: impl Into<String>) -> Ask {
    Ask {
        pictures: Arc::from([].as_slice()),
        request: Request {
            tool: tool.into(),
            image: 0,
            region: BBox::from([0.0; 4]),
            args: vec![],
        },
    }
}

fn go_on() -> bool {
    false
}

#[test]
fn equal_questions_are_sent_once_and_answers_come_in_order() {
    let remote = Arc::new(Counting::new(3, 4));
    let dispatcher = Dispatcher::new(remote.clone(), Box::<MemoryLog>::default()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let dispatcher = &dispatcher;
            scope.spawn(move || {
                let asks = (0..40).map(|i| ask(format!("q{}", i % 20))).collect();
                let answers = dispatcher.ask_all(asks, &go_on).unwrap();
                for (i, answer) in answers.into_iter().enumerate() {
                    assert_eq!(answer, Answer::Text(format!("q{}", i % 20)));
                }
            });
        }
    });
    assert_eq!(remote.asked.load(Ordering::SeqCst), 20);
    assert!(remote.largest.load(Ordering::SeqCst) <= 3);
    assert!(remote.most_at_once.load(Ordering::SeqCst) <= 4);
}

#[test]
fn a_failed_call_is_told_and_not_kept() {
    let mut remote = Counting::new(1, 1);
    remote.fault = |tool| {
        (tool == "down").then(|| CallError {
            endpoint: "http://localhost:1".into(),
            message: "connection refused".into(),
            transient: true,
            unsent: false,
        })
    };
    let remote = Arc::new(remote);
    let dispatcher = Dispatcher::new(remote.clone(), Box::<MemoryLog>::default()).unwrap();
    for attempt in 1..=2 {
        let error = dispatcher.ask_all(vec![ask("down")], &go_on).unwrap_err();
        assert_eq!(error.to_string(), "http://localhost:1: connection refused");
        assert_eq!(remote.asked.load(Ordering::SeqCst), attempt);
    }
    assert!(dispatcher.ask_all(vec![ask("up")], &go_on).is_ok());
}

/// A log whose disk is full.
struct Full;

impl CallLog for Full {
    fn unsent(&self, _: &[CallKey]) -> Result<(), CallLogError> {
        Ok(())
    }
    fn answered(&self, _: &CallKey) -> Result<Option<Answer>, CallLogError> {
        Ok(None)
    }
    fn sending(&self, _: &[(CallKey, &Request)]) -> Result<(), CallLogError> {
        Err(CallLogError("the disk is full".into()))
    }
    fn keep(&self, _: &[(CallKey, &Answer)]) -> Result<(), CallLogError> {
        Ok(())
    }
}

#[test]
fn nothing_is_sent_that_cannot_be_journalled() {
    let remote = Arc::new(Counting::new(1, 1));
    let dispatcher = Dispatcher::new(remote.clone(), Box::new(Full)).unwrap();
    let error = dispatcher.ask_all(vec![ask("q")], &go_on).unwrap_err();
    assert_eq!(error.to_string(), "the disk is full");
    assert_eq!(remote.asked.load(Ordering::SeqCst), 0);
}

#[test]
fn a_panic_in_a_back_end_is_an_error_of_its_calls() {
    let mut remote = Counting::new(1, 1);
    remote.fault = |tool| match tool {
        "bug" => panic!("bug"),
        _ => None,
    };
    let dispatcher = Dispatcher::new(Arc::new(remote), Box::<MemoryLog>::default()).unwrap();
    let error = dispatcher.ask_all(vec![ask("bug")], &go_on).unwrap_err();
    assert!(error.to_string().contains("a bug"), "{error}");
    assert!(dispatcher.ask_all(vec![ask("q")], &go_on).is_ok());
}

#[test]
fn who_stops_waiting_loses_nothing() {
    let remote = Arc::new(Counting::new(1, 1));
    let log = Arc::new(MemoryLog::default());
    struct SharedLog(Arc<MemoryLog>);
    impl CallLog for SharedLog {
        fn unsent(&self, calls: &[CallKey]) -> Result<(), CallLogError> {
            self.0.unsent(calls)
        }
        fn answered(&self, key: &CallKey) -> Result<Option<Answer>, CallLogError> {
            self.0.answered(key)
        }
        fn sending(&self, calls: &[(CallKey, &Request)]) -> Result<(), CallLogError> {
            self.0.sending(calls)
        }
        fn keep(&self, answers: &[(CallKey, &Answer)]) -> Result<(), CallLogError> {
            self.0.keep(answers)
        }
    }
    let dispatcher = Dispatcher::new(remote.clone(), Box::new(SharedLog(log.clone()))).unwrap();
    let asks = (0..1000).map(|i| ask(format!("q{i}"))).collect();
    let waiting = dispatcher.ask_all(asks, &|| remote.asked.load(Ordering::SeqCst) > 0);
    assert_eq!(waiting.unwrap_err(), AskError::Stopped);
    drop(dispatcher);
    // Everything that was sent is in the log, and what was not sent is not.
    let asked = remote.asked.load(Ordering::SeqCst);
    let kept = (0..1000)
        .filter(|i| {
            let key = CallKey::new("counting 1", &ask(format!("q{i}")));
            log.answered(&key).unwrap().is_some()
        })
        .count();
    assert_eq!(kept, asked);
    assert!((1..1000).contains(&asked), "{asked}");
}

#[test]
fn what_was_never_sent_is_told_to_the_log() {
    struct Noting(Arc<std::sync::Mutex<Vec<CallKey>>>);
    impl CallLog for Noting {
        fn answered(&self, _: &CallKey) -> Result<Option<Answer>, CallLogError> {
            Ok(None)
        }
        fn sending(&self, _: &[(CallKey, &Request)]) -> Result<(), CallLogError> {
            Ok(())
        }
        fn unsent(&self, calls: &[CallKey]) -> Result<(), CallLogError> {
            self.0.lock().unwrap().extend_from_slice(calls);
            Ok(())
        }
        fn keep(&self, _: &[(CallKey, &Answer)]) -> Result<(), CallLogError> {
            Ok(())
        }
    }
    let mut remote = Counting::new(1, 1);
    remote.fault = |tool| {
        let error = |unsent| CallError {
            endpoint: "e".into(),
            message: "m".into(),
            transient: true,
            unsent,
        };
        match tool {
            "stopped" => Some(error(true)),
            "failed" => Some(error(false)),
            _ => None,
        }
    };
    let noted = Arc::default();
    let log = Noting(Arc::clone(&noted));
    let dispatcher = Dispatcher::new(Arc::new(remote), Box::new(log)).unwrap();
    for tool in ["stopped", "failed"] {
        assert!(dispatcher.ask_all(vec![ask(tool)], &go_on).is_err());
    }
    assert!(dispatcher.ask_all(vec![ask("good")], &go_on).is_ok());
    let stopped = CallKey::new("counting 1", &ask("stopped"));
    assert_eq!(*noted.lock().unwrap(), [stopped]);
}
