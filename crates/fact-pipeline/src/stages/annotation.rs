//! Annotations of data sets in the one form that perception reads.

use crate::datasets::{SceneSchema, SceneSource};
use fact_models::Scene;
use fact_models::scene::{SceneError, clevr, gqa, nlvr};

/// Why an annotation cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AnnotationError {
    /// It does not have the shape of its schema.
    #[error(transparent)]
    Scene(#[from] SceneError),
    /// It is not a scene as this crate writes it.
    #[error("the annotation is not a scene: {0}")]
    Fact(#[from] serde_json::Error),
}

/// Reads an annotation; `size` is the image's width and height in pixels, which some schemas lack.
///
/// # Errors
/// If it does not have the shape of its schema.
pub(super) fn read(source: &SceneSource, size: (u32, u32)) -> Result<Scene, AnnotationError> {
    Ok(match source.schema {
        SceneSchema::Clevr => clevr::read(&source.json, size.0, size.1)?,
        SceneSchema::Gqa => gqa::read(&source.json)?,
        // The record's annotation is in the order of its image already.
        SceneSchema::Nlvr => nlvr::read(&source.json, nlvr::PERMUTATIONS[0])?,
        SceneSchema::Fact => serde::Deserialize::deserialize(&*source.json)?,
    })
}
