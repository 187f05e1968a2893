//! Perception back ends: what answers the requests of [`fact_lang::tool`].
//!
//! One small trait a capability; a [`Perception`] is a set of capabilities under one fingerprint.

pub mod perception;
pub mod scene;
pub use perception::*;
