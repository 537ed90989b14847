// Mistake: a call without await, which does nothing at all.
// Answer: rustc unused_must_use
async fn log(path: &str) {
    println!("asked for {path}");
}

async fn handler() -> &'static str {
    log("/"); // <- here
    "OK"
}

fn main() {
    drop(handler());
}
