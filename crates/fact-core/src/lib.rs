//! What makes a rationale faithful, concise and checkable: sample types, verification, slice,
//! merge, bridge, render, certificate and its checker. Knows nothing of HTTP, files or threads.

pub mod matcher;
pub mod rationale;
pub mod sample;
