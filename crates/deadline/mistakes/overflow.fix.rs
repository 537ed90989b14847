// Fix: Say that the overflow is meant.
// Answer: run exit 0
fn main() {
    let mut state: u64 = std::process::id().into();
    for _ in 0..10 {
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        state = state.wrapping_add(1_442_695_040_888_963_407);
    }
    println!("{}", state >> 33);
}
