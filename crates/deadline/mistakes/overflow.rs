// Mistake: random numbers by arithmetic that overflows, which a debug build does not let pass.
// Answer: run exit 101
fn main() {
    let mut state: u64 = std::process::id().into();
    for _ in 0..10 {
        state = state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407;
    }
    println!("{}", state >> 33);
}
