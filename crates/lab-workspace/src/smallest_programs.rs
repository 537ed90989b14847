//! The sources of the smallest programs of both languages.

/// Rust's that ends at once.
pub const RUST: &str = "fn main() {}\n";
/// Rust's that waits.
pub const RUST_IDLE: &str =
    "fn main() {\n    std::thread::sleep(std::time::Duration::from_secs(600));\n}\n";
/// Go's that ends at once.
pub const GO: &str = "package main\n\nfunc main() {}\n";
/// Go's that waits.
pub const GO_IDLE: &str =
    "package main\n\nimport \"time\"\n\nfunc main() { time.Sleep(10 * time.Minute) }\n";
