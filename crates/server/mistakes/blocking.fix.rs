// Fix: Await the sleep of the runtime (`actix_web::rt::time::sleep`): others are served meanwhile.
// Answer: run exit 0
use std::time::Duration;

async fn handler(sleep: impl AsyncFn(Duration)) -> &'static str {
    sleep(Duration::from_secs(1)).await;
    "OK"
}

fn main() {
    drop(handler(async |_| {}));
}
