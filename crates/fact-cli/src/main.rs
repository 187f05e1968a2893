//! fact
fn main(){}
