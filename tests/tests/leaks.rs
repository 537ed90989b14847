//! The topic `leaks`: a cache that only grows, and one with a limit.

use lab_workspace::toolchain::Go;
use predicates::prelude::*;
use tests::{Pair, project};

tests::contract!("leaks");

fn pair() -> Pair {
    Pair::of("leaks")
}

#[test]
fn the_demo_keeps_all_without_a_limit_and_ten_with_one() {
    let demo = pair().same(&["demo"]).success();
    let grows =
        predicate::str::starts_with("the cache that only grows: 1000 of 1000 values live\n");
    let limited = predicate::str::contains("the cache with a limit: 10 of 1000 values live\n");
    let freed = predicate::str::contains("let go: 0 of 1000 values live\n").count(2);
    demo.stdout(grows.and(limited).and(freed));
}

#[test]
fn each_side_leaks_and_notices_in_its_own_way() {
    let slice = "a slice cannot outlive its buffer";
    let profiler = "there is no profiler in the library";
    pair().assert_contrast(&[
        [
            "a map keeps its room when its 100000 keys are removed",
            "true",
            "true",
        ],
        [
            "a map gives its room back when it is asked",
            "it cannot be asked",
            "true",
        ],
        ["bytes behind the first 8 of 1048576", "1048576", slice],
        [
            "receivers still blocked when their sender is gone",
            "1",
            "0",
        ],
        ["the goroutine-leak profile", "*", "there are no goroutines"],
        [
            "the heap profile names the function that fills a cache",
            "true",
            profiler,
        ],
        [
            "bytes still counted after Box::leak of 1024",
            "there is no Box::leak",
            "1024",
        ],
        ["freed of 2 shared values that hold each other", "2", "0"],
        [
            "freed of 1 value in a channel that holds its own receiver",
            "1",
            "0",
        ],
    ]);
}

#[test]
fn the_goroutine_leak_profile_is_there_where_the_toolchain_has_it() {
    let folder = std::env::temp_dir().join(format!("tests-leaks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("main.go");
    let says = "package main\n\nimport \"runtime/pprof\"\n\n\
        func main() { println(pprof.Lookup(\"goroutineleak\") != nil) }\n";
    std::fs::write(&file, says).expect("a file");
    let go = Go::find(project()).expect("Go");
    let asked = go
        .command(project())
        .arg("run")
        .arg(&file)
        .output()
        .expect("it runs");
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    assert!(
        asked.status.success(),
        "{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    let has = asked.stderr.starts_with(b"true");
    let [told, _] = pair().fact("the goroutine-leak profile");
    assert_eq!(told, if has { "finds it" } else { "not in this build" });
}

#[test]
fn a_growing_cache_keeps_what_a_limited_one_lets_go() {
    let fill = |word: &str| {
        let lines = (0..100).map(|number| format!("{word} k{number} 1000\n"));
        lines.collect::<String>() + "settle\nalive\nfreed\n"
    };
    let grown = pair().script(fill("add")).success();
    grown.stdout(predicate::str::ends_with(
        "added k99: 100 values\n100 alive\n0 freed\n",
    ));
    let limited = pair().script(fill("put")).success();
    limited.stdout(predicate::str::ends_with(
        "put k99: k96 had to go\n3 alive\n97 freed\n",
    ));
}

#[test]
fn a_million_values_go_through_a_cache_with_a_limit() {
    let script = "limit 1000\nfill 100000 8\nsettle\n".repeat(10) + "freed\nalive\n";
    let done = pair().script(script).success();
    done.stdout(predicate::str::ends_with("999000 freed\n1000 alive\n"));
}

#[test]
fn a_question_before_settle_is_refused() {
    for (question, line) in [("alive", "put a 1\nevict\n"), ("freed", "add a 1\nget a\n")] {
        let refused = pair().script(format!("{line}{question}\n")).code(2);
        refused.stderr(format!(
            "error: line 3: \"{question}\" needs \"settle\" first\n"
        ));
    }
}

#[test]
fn what_lives_is_limited() {
    let bytes = "limit 300\nfill 255 1048576\nput a 1048576\n";
    let refused = pair().script(bytes).code(2);
    refused.stderr("error: line 3: more than 268435456 bytes alive\n");
    let objects = "fill 100000 0\n".repeat(11);
    let refused = pair().script(objects).code(2);
    refused.stderr("error: line 11: more than 1000000 objects alive\n");
}
