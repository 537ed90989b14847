use super::*;

fn launch(samples: u64) -> Launch {
    Launch {
        program: "/top/target/go/cycles".into(),
        allocator: "go",
        case: "tree".to_owned(),
        scale: Some(10),
        samples,
        environment: vec![("GOGC".to_owned(), "50".to_owned())],
        one_core: false,
        probed: false,
        simulated: false,
        limit: Duration::from_secs(5),
    }
}

const HEADER: &str = r#"{"allocator":"go","answer":"7","case":"tree","language":"go","samples":1,"scale":10,"unit":"ns"}"#;
const REST: &str = "{\"runtime\":{\"collections\":1}}\n{\"process\":{\"peak_bytes\":4096}}\n";

fn read(lines: &[&str]) -> Result<ProcessOutput, String> {
    launch(1)
        .read(lines.join("\n").as_bytes())
        .map_err(|error| format!("{error:#}"))
}

#[test]
fn a_measurement_is_read() {
    let sample = r#"{"sample":1,"wall_ns":5,"late_ns":[[1,2],[3,4]],"live_bytes":null}"#;
    let output = read(&[HEADER, sample, REST]).unwrap();
    assert_eq!((output.scale, output.run.answer.as_str()), (10, "7"));
    assert_eq!(output.run.samples[0]["wall_ns"], 5);
    assert_eq!(output.run.process["peak_bytes"], 4096);
}

#[test]
fn nonsense_is_refused_with_its_line() {
    let sample = r#"{"sample":1,"wall_ns":5}"#;
    for (lines, expected) in [
        (vec![""], "it ended before it printed its answer"),
        (vec!["hello"], "line 1 is not the header of a measurement"),
        (vec![HEADER], "it ended before it printed all samples"),
        (vec![HEADER, "{}", REST], "line 2 is not sample 1"),
        (
            vec![HEADER, r#"{"sample":1,"wall_ns":"5"}"#, REST],
            "\"wall_ns\" is not a figure",
        ),
        (
            vec![HEADER, r#"{"sample":1,"late_ns":[[1]]}"#, REST],
            "\"late_ns\" is not a figure",
        ),
        (
            vec![HEADER, sample],
            "it ended before it printed the figures of the runtime",
        ),
        (
            vec![HEADER, sample, sample, REST],
            "line 3 does not hold the figures of the runtime",
        ),
        (vec![HEADER, sample, REST, "more"], "line 5 is one too many"),
        (
            vec![&HEADER.replace("tree", "bush"), sample, REST],
            "it measured \"bush\"",
        ),
        (
            vec![&HEADER.replace(":10", ":11"), sample, REST],
            "it measured at scale 11",
        ),
        (
            vec![
                &HEADER.replace("\"go\",\"answer", "\"x\",\"answer"),
                sample,
                REST,
            ],
            "its allocator is \"x\"",
        ),
    ] {
        let error = read(&lines).expect_err(expected);
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    }
    assert!(launch(1).read(b"\xff\n").is_err());
}

#[test]
fn the_command_is_shown_as_one_would_type_it() {
    let shown = launch(3).shown(Path::new("/top"));
    assert_eq!(
        shown,
        "env GOGC=50 target/go/cycles measure tree --scale 10 --samples 3"
    );
}

#[cfg(unix)]
mod processes {
    use super::*;
    use crate::measure::tests::write_program;

    /// The error of a program with this body and this limit in seconds.
    fn script(body: &str, limit: u64) -> String {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        write_program(&program, &format!("#!/bin/sh\n{body}\n"));
        let launch = Launch {
            program,
            limit: Duration::from_secs(limit),
            ..launch(1)
        };
        let error = launch.run(folder.path(), 0).unwrap_err();
        format!("{error:#}")
    }

    #[test]
    fn whatever_goes_wrong_names_the_command() {
        for (body, limit, expected) in [
            (
                "echo 'no such case' >&2; exit 2",
                60,
                "exit 2: no such case",
            ),
            ("exec sleep 30", 1, "still ran after 1 s"),
            ("kill -ABRT $$", 60, "died of signal 6 (abort)"),
            // A busy machine takes more than a second to pass so much on.
            ("exec yes", 60, "printed more than 32 MiB"),
            ("echo nonsense", 60, "line 1 is not the header"),
        ] {
            let error = script(body, limit);
            assert!(error.contains("program measure tree --scale 10"), "{error}");
            assert!(error.contains(expected), "{error:?} lacks {expected:?}");
        }
    }
}
