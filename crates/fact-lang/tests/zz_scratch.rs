mod common;
use common::*;
use fact_lang::syntax::parse_program;
#[test]
fn show() {
    for src in [
"def execute_command(image):
    image_patch = ImagePatch(image)
    cups = image_patch.find('cup')
    for cup in cups:
        if cup.verify_property('cup', 'red'):
            return 'yes'
    return 'no'
",
"def execute_command(image):
    xs = []
    n = 0
    for x in [1, 2, 3]:
        if x > 1:
            xs.append(x)
            n += 1
    return len(xs)
"] {
        let r = go(src);
        println!("{}\n{}", outcome(&r), r.trace.render(&parse_program(src).unwrap(), &VIPER));
    }
}
