// Fix: A destructor reports what fails and does not panic: the first panic goes on.
// Answer: run exit 101
struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        eprintln!("cannot close");
    }
}

fn main() {
    let _held = Held;
    panic!("the first");
}
