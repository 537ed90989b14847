// Fix: Await the call.
// Answer: run exit 0
async fn log(path: &str) {
    println!("asked for {path}");
}

async fn handler() -> &'static str {
    log("/").await;
    "OK"
}

fn main() {
    drop(handler());
}
