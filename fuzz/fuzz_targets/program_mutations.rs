//! Programs changed at random: the bytes choose the program and the changes.
#![no_main]

#[path = "../../crates/fact-lang/tests/fuzzing/harness.rs"]
#[allow(dead_code)]
mod harness;

use harness::Numbers;

/// One of each kind of construct; libFuzzer finds the rest.
const CORPUS: &[&str] = &[
    include_str!("../../crates/fact-lang/tests/differential/programs/iou.py"),
    include_str!("../../crates/fact-lang/tests/differential/programs/module_helpers.py"),
    include_str!("../../crates/fact-lang/tests/differential/statements/augassign_operators.py"),
    include_str!("../../crates/fact-lang/tests/differential/exceptions/nested_try.py"),
    include_str!("../../crates/fact-lang/tests/differential/closures/counter.py"),
    include_str!("../../crates/fact-lang/tests/differential/collections_module/defaultdict.py"),
    include_str!("../../crates/fact-lang/tests/differential/unpacking/errors.py"),
];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (head, tail) = data.split_at(data.len().min(8));
    let mut seed = [0; 8];
    seed[..head.len()].copy_from_slice(head);
    let program = harness::mutation(CORPUS, &mut Numbers(u64::from_le_bytes(seed)));
    harness::text(&(program + &String::from_utf8_lossy(tail)));
});
