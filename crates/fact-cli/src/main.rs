//! fact
fn main() {}
