//! Perception back ends: what answers the requests of [`fact_lang::tool`].
//!
//! One small trait a capability; a [`Perception`] is a set of capabilities under one fingerprint.
//!
//! | module | holds |
//! |---|---|
//! | [`mod@decode`] | image files to pixels, with limits |
//! | [`language`] | completions of a language model |
//! | [`http`] | JSON over HTTP: time-outs, retries, limits, keys |
//! | [`pixels`] | perception of flat-coloured images from pixels |
//! | [`scene`] | answers from annotations: CLEVR, GQA, NLVR, COCO |
//! | [`perception`] | the capability traits and what an image is to them |
//! | [`remote`] | what back ends behind a wire have in common |
//! | [`server`] | perception that users plug in, behind HTTP |
//! | [`vlm`] | perception by a vision-language model |
//! | [`tools`] | the tools that back ends know, and what a request must look like |
//! | `router` | [`Perception::answer`]: from a request to a capability |

mod completion;
pub mod decode;
pub mod http;
pub mod language;
pub mod perception;
pub mod pixels;
pub mod remote;
mod router;
pub mod scene;
pub mod server;
pub mod tools;
pub mod vlm;

pub use decode::{DecodeError, DecodeLimits, DecodedImage, decode};
pub use perception::*;
