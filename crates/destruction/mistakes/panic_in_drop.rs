// Mistake: a destructor that panics while another panic unwinds.
// Answer: run aborts
struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        panic!("cannot close");
    }
}

fn main() {
    let _held = Held;
    panic!("the first");
}
