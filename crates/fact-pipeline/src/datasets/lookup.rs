//! The images of samples, looked up by the samples' ids.

use super::{ImageSource, OpenError, open};
use fact_core::matcher::Matcher;
use std::collections::HashMap;

/// Where the images of a data set's samples are. Holds all ids and paths.
#[derive(Debug)]
pub struct ImageLookup {
    sources: HashMap<String, Vec<ImageSource>>,
    matcher: Matcher,
}

impl ImageLookup {
    /// Reads where the images are. Records that cannot be read are left out: they are in no run.
    ///
    /// # Errors
    /// If the data set cannot be opened.
    pub fn open(spec: &str) -> Result<Self, OpenError> {
        let data = open(spec)?;
        let records = data.samples().flatten();
        Ok(Self {
            sources: records.map(|r| (r.sample.id, r.images)).collect(),
            matcher: data.matcher(),
        })
    }

    /// The images of a sample, in its order; `None` if there is no such sample.
    pub fn of(&self, id: &str) -> Option<&[ImageSource]> {
        self.sources.get(id).map(Vec::as_slice)
    }

    /// How the data set compares answers.
    pub fn matcher(&self) -> Matcher {
        self.matcher
    }
}
