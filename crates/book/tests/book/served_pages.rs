//! Pages of `cargo book --serve`: which paths have one, and that they are written again when something changes.

use std::fs;

use tests::process::wait_until;

use super::{
    book_server::{BookServer, LIMIT},
    made_up,
};

#[test]
fn the_book_is_served_alone_and_follows_what_changes() {
    let server = BookServer::start();
    assert!(
        server.address.starts_with("127.0.0.1:"),
        "{}",
        server.address
    );
    for (path, status, holds) in [
        ("/", 200, "<title>Go and Rust memory, side by side</title>"),
        ("/machine.html?x#y", 200, "the first"),
        ("/book.css", 200, ":root"),
        ("/../Cargo.toml", 404, "There is no such page."),
        ("/%2e%2e/Cargo.toml", 404, "There is no such page."),
        ("/source/%2e%2e/%2e%2e/x", 404, "There is no such page."),
        ("//etc/passwd", 404, "There is no such page."),
        ("/source", 404, "There is no such page."),
        ("/.book", 404, "There is no such page."),
        ("/nowhere.html", 404, "There is no such page."),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.body.contains(holds), "{path}: {:.300}", answer.body);
        assert!(answer.head.contains("x-frame-options: deny"), "{path}");
    }
    let before = server.get("/playground/cycles/version").json();
    let results = &server.results;
    made_up::write(results, "2033-05-19T033320Z", "the second");
    wait_until(LIMIT, "the new result is shown", || {
        server.get("/machine.html").body.contains("the second")
    });
    let page = fs::read_to_string(server.folder().join("machine.html")).unwrap();
    assert!(page.ends_with("</html>"));
    wait_until(LIMIT, "open pages are told", || {
        server.get("/playground/cycles/version").json() != before
    });
}
