//! What is asked for, and what is replied.

use crate::assets::asset;
use crate::guard::Guard;
use crate::http::{Request, Response};
use crate::list::{Entry, Filter, Found, ListError, Listing, Page, Standing, standing};
use crate::picture::{PictureError, Pictures};
use crate::readers::Readers;
use crate::sample::{ReviewJson, SampleJson};
use fact_pipeline::store::reviews::MAX_COMMENT;
use fact_pipeline::store::{Decision, Review, Reviews, Size, StoreError};
use fact_pipeline::terminal::one_line;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Most rows of the list in one reply.
const MAX_ROWS: usize = 500;

/// All that requests are answered from.
pub(crate) struct Site {
    pub(crate) guard: Guard,
    pub(crate) folder: PathBuf,
    pub(crate) readers: Arc<Readers>,
    pub(crate) listing: Arc<Listing>,
    pub(crate) pictures: Pictures,
    /// Opened with the first review: who only looks changes nothing in the folder.
    pub(crate) reviews: Mutex<Option<Reviews>>,
    /// One at a time: running a program again takes up to some hundred megabytes.
    pub(crate) turn: Mutex<()>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    settings: BTreeMap<&'a str, &'a str>,
    samples: usize,
    accepted: usize,
    failures: Vec<(String, u64)>,
    transferred: bool,
    /// How it stands, in words.
    state: String,
    version: u64,
}

#[derive(Serialize)]
struct RowsJson<'a> {
    /// Samples in all.
    samples: usize,
    /// Samples that the filter takes.
    matched: usize,
    /// Place of the first of `rows` among them.
    from: usize,
    /// Place of the sample that was looked for among them, or of the one that comes next.
    at: Option<usize>,
    version: u64,
    rows: Vec<RowJson<'a>>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    n: u64,
    id: std::borrow::Cow<'a, str>,
    question: std::borrow::Cow<'a, str>,
    predicted: Option<std::borrow::Cow<'a, str>>,
    level: Option<&'static str>,
    accepted: bool,
    confidence: Option<f32>,
    failure: Option<&'a str>,
    tokens: Option<u32>,
    lift: Option<f32>,
    review: Option<Standing>,
}

/// A change that is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    decision: Option<Decision>,
    comment: String,
    /// What the page showed: a sample that has changed since is not judged by it.
    id: String,
}

impl Site {
    /// Answers a request.
    pub(crate) fn respond(&self, request: &Request) -> Response {
        self.answer(request).unwrap_or_else(|refusal| refusal)
    }

    fn answer(&self, request: &Request) -> Result<Response, Response> {
        self.guard.host(request)?;
        let allow = match request.path.ends_with("/review") {
            true => "POST",
            false => "GET",
        };
        if request.method != allow {
            let why = format!("only {allow} is possible here");
            return Err(Response::problem(405, &why).with("Allow", allow));
        }
        if let Some(part) = asset(&request.path) {
            return Ok(part);
        }
        let none = || Response::problem(404, "there is nothing here");
        let path = request.path.strip_prefix("/api/").ok_or_else(none)?;
        self.guard.token(request)?;
        let parts: Vec<&str> = path.split('/').collect();
        match parts[..] {
            ["run"] => self.run(),
            ["samples"] => self.samples(request),
            ["samples", n] => self.sample(number(n)?),
            ["samples", n, "images", index] => self.picture(number(n)?, number(index)?),
            ["samples", n, "review"] => {
                self.guard.change(request)?;
                self.review(number(n)?, &request.body)
            }
            _ => Err(none()),
        }
    }

    fn run(&self) -> Result<Response, Response> {
        let now = match self.listing.is_there() {
            true => Some(self.listing.now().map_err(failed)?),
            false => None,
        };
        let read = self.readers.read(|reader| {
            // Of a run whose samples are not all read yet, what can be said at once.
            let (size, transferred) = match &now {
                Some(now) => {
                    let entries = &now.listed.entries;
                    let accepted = entries.iter().filter(|e| e.accepted).count();
                    let samples = entries.len();
                    (Size { samples, accepted }, now.listed.transferred)
                }
                None => (reader.size()?, false),
            };
            Ok((reader.settings()?, reader.state()?, size, transferred))
        });
        let (settings, state, size, transferred) = read.map_err(broken)?;
        let shown = [
            "data",
            "pack",
            "perception",
            "propose",
            "accept",
            "fact.version",
        ];
        let settings = shown.into_iter().filter_map(|name| {
            let value = settings.get(name)?;
            Some((name, value.as_str()))
        });
        Ok(Response::json(&RunJson {
            settings: settings.collect(),
            samples: size.samples,
            accepted: size.accepted,
            failures: now
                .as_ref()
                .map_or(Vec::new(), |now| now.listed.failures.clone()),
            transferred,
            state: state.to_string(),
            version: now.map_or(0, |now| now.version),
        }))
    }

    fn samples(&self, request: &Request) -> Result<Response, Response> {
        let wrong = |why: String| Response::problem(400, &why);
        let filter = Filter::from_query(&request.query).map_err(wrong)?;
        let field = |name: &str| {
            let found = request.query.iter().find(|(n, _)| n == name);
            found.map(|(_, value)| number(value)).transpose()
        };
        let from = field("from")?.unwrap_or(0);
        let count = field("count")?.map_or(MAX_ROWS, |n| n.min(MAX_ROWS as u64) as usize);
        let looked_for = field("at")?;
        if filter == Filter::default() && !self.listing.is_there() {
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            let page = self.listing.page(from, count, looked_for);
            let Page { found, size, at } = page.map_err(failed)?;
            return Ok(Response::json(&RowsJson {
                samples: size.samples,
                matched: size.samples,
                from: from.min(size.samples),
                at,
                version: found.version,
                rows: found
                    .listed
                    .entries
                    .iter()
                    .map(|e| row(e, &found))
                    .collect(),
            }));
        }
        let found = self.listing.find(&filter).map_err(failed)?;
        let from = found
            .at
            .len()
            .min(usize::try_from(from).unwrap_or(usize::MAX));
        let to = found.at.len().min(from.saturating_add(count));
        let entry = |at: &u32| found.listed.entries.get(*at as usize);
        let place = |ordinal: u64| {
            let here = |at: &u32| entry(at).is_some_and(|e| e.ordinal == ordinal);
            found.at.iter().position(here)
        };
        Ok(Response::json(&RowsJson {
            samples: found.listed.entries.len(),
            matched: found.at.len(),
            from,
            at: looked_for.and_then(place),
            version: found.version,
            rows: found.at[from..to]
                .iter()
                .filter_map(entry)
                .map(|e| row(e, &found))
                .collect(),
        }))
    }

    /// The id of a sample, which the run has.
    fn id(&self, n: u64) -> Result<String, Response> {
        let none = || Response::problem(404, "the run has no such sample");
        self.listing.id(n).map_err(failed)?.ok_or_else(none)
    }

    fn sample(&self, n: u64) -> Result<Response, Response> {
        let id = &self.id(n)?;
        let review = self.listing.review(id).map_err(failed)?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let read = self
            .readers
            .read(|reader| SampleJson::read(reader, id, review.as_ref()));
        match read.map_err(broken)? {
            Some(sample) => Ok(Response::json(&sample)),
            None => Err(Response::problem(404, "the run no longer has this sample")),
        }
    }

    fn picture(&self, n: u64, index: u64) -> Result<Response, Response> {
        let id = &self.id(n)?;
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        match self.pictures.read(id, index) {
            Ok(picture) => Ok(Response::of("image/png", picture.png)
                .with("X-Picture-Width", picture.size.0.to_string())
                .with("X-Picture-Height", picture.size.1.to_string())
                .with("X-Picture-Sha256", picture.sha256)),
            Err(e) => {
                let status = match e {
                    PictureError::Decode(_) => 422,
                    PictureError::Encode(_) => 500,
                    _ => 404,
                };
                Err(Response::problem(status, &one_line(&e.to_string())))
            }
        }
    }

    fn review(&self, n: u64, body: &[u8]) -> Result<Response, Response> {
        let wrong = |why: &str| Response::problem(400, why);
        let said: Said = serde_json::from_slice(body).map_err(|e| wrong(&e.to_string()))?;
        if said.comment.len() > MAX_COMMENT {
            let why = format!("the comment is longer than {MAX_COMMENT} bytes");
            return Err(Response::problem(413, &why));
        }
        let id = &self.id(n)?;
        if one_line(id) != said.id {
            return Err(Response::problem(409, "the sample is another one by now"));
        }
        let read = self
            .readers
            .read(|reader| Ok(reader.sample(id)?.map(|view| view.row.subject())));
        let Some(subject) = read.map_err(broken)? else {
            return Err(Response::problem(404, "the run no longer has this sample"));
        };
        // A clock before 1970 gives 0: the time is only told.
        let at = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |t| t.as_secs());
        let review = Review {
            sample: id.to_owned(),
            subject,
            decision: said.decision,
            comment: said.comment.trim().to_owned(),
            at,
        };
        let mut open = self.reviews.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = match open.take() {
            Some(reviews) => Ok(reviews),
            None => Reviews::open(&self.folder),
        }
        .and_then(|reviews| reviews.add(&review).map(|()| reviews));
        *open = Some(kept.map_err(|e| failed(e.into()))?);
        drop(open);
        self.listing.reviewed();
        let answer = (!review.is_empty()).then(|| ReviewJson::of(&review, &review.subject));
        Ok(Response::json(&answer))
    }
}

fn row<'a>(entry: &'a Entry, found: &'a Found) -> RowJson<'a> {
    let failure = entry
        .failure
        .and_then(|f| found.listed.failures.get(f as usize));
    RowJson {
        n: entry.ordinal,
        id: one_line(&entry.id),
        question: one_line(&entry.question),
        predicted: entry.predicted.as_deref().map(one_line),
        level: entry.level.map(|level| level.name()),
        accepted: entry.accepted,
        confidence: entry.confidence,
        failure: failure.map(|(name, _)| name.as_str()),
        tokens: entry.tokens,
        lift: entry.lift,
        review: standing(entry, &found.reviews),
    }
}

/// A number of a path or query.
fn number(text: &str) -> Result<u64, Response> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits => Ok(number),
        _ => Err(Response::problem(404, "there is nothing here")),
    }
}

fn broken(error: StoreError) -> Response {
    failed(error.into())
}

fn failed(error: ListError) -> Response {
    let hint = match &error {
        ListError::Store(e) => e.hint(),
        ListError::Reviews(e) => e.hint(),
    };
    let hint = hint.map_or(String::new(), |hint| format!(" ({hint})"));
    Response::problem(500, &one_line(&format!("{error}{hint}")))
}
