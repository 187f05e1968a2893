//! Plain JSON lines `{id, image | images, question, answer | answers}`, and the folder that
//! `fact synth` writes, which is the same with annotations and programs.

use super::error::{OpenError, RecordError};
use super::input::{self, Element, Shape};
use super::row::{self, Columns, Role};
use super::spec::{Kind, Spec};
use super::{DataSet, ImageRoot, Record, Samples};
use fact_core::matcher::Matcher;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

const LAYOUT: &str = "a .jsonl file with one object a line, a .json file with a list of objects, or a folder with one such .jsonl file";
const SYNTH_LAYOUT: &str = "the folder that `fact synth` wrote: samples.jsonl and images/";

#[derive(Debug)]
pub(super) struct Jsonl {
    name: &'static str,
    matcher: Matcher,
    file: PathBuf,
    shape: Shape,
    images: ImageRoot,
    columns: Columns,
}

impl Jsonl {
    pub(super) fn open(spec: &Spec) -> Result<Self, OpenError> {
        let root = spec.root()?;
        let synth = spec.kind == Kind::Synth;
        let file = if spec.path.is_file() {
            spec.path.clone()
        } else if synth {
            super::only_file(spec, &root, SYNTH_LAYOUT, "samples.jsonl", |name| {
                name == "samples.jsonl"
            })?
        } else {
            super::only_file(spec, &root, LAYOUT, "its .jsonl file", |name| {
                name.ends_with(".jsonl")
            })?
        };
        // The `blocks` world judges statements; other worlds say in `world.json` that they ask.
        let default = if synth && !asks(&file) {
            Matcher::TrueFalse
        } else {
            Matcher::Open
        };
        let matcher = spec.matcher(default)?;
        Ok(Self {
            name: spec.kind_name,
            matcher,
            shape: input::lines_or_array(&file)?,
            images: spec.image_root(&root)?,
            columns: Columns::new(spec, matcher),
            file,
        })
    }

    fn record(&self, element: &Element) -> Result<Record, RecordError> {
        let at = &element.at;
        let row: Map<String, Value> = element.parse()?;
        let (field, value) = self.columns.need(at, &row, Role::Image)?;
        let annotated = row::annotation(&row).is_some();
        let paths = row::texts(at, &field, value)?;
        if paths.is_empty() {
            return Err(at.bad(&field, "no image"));
        }
        let images = paths.iter().map(|path| {
            let below = format!("images/{path}");
            super::image(at, &field, &self.images, &[path, &below], annotated)
        });
        let images = images.collect::<Result<Vec<_>, _>>()?;
        self.columns.record(at, &row, images, None)
    }
}

/// Whether the folder of a generated data set has the mark of a world with open answers.
fn asks(samples: &Path) -> bool {
    samples.with_file_name("world.json").is_file()
}

impl DataSet for Jsonl {
    fn name(&self) -> &str {
        self.name
    }

    fn matcher(&self) -> Matcher {
        self.matcher
    }

    fn samples(&self) -> Samples<'_> {
        let elements = input::elements(&self.file, self.shape);
        Box::new(elements.map(|element| self.record(&element?)))
    }
}
