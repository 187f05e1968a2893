//! Text → [`crate::ast`]: the only module that knows the parser's crates.
