use super::*;
use crate::difftest::table;

const TABLE: &str = "\
put\tKEY:name:1..3 SIZE:whole:0..9000\treleases\tputs
shift\tBY:signed:-5..5\t-\tshifts
drop\tID:id:1..77\treleases\tdrops
settle\t-\tsettles\twaits
freed\t-\tneeds settle\ttells
";

#[test]
fn every_operand_stands_at_each_limit_and_beyond_in_every_run() {
    let table = table::read(TABLE).expect("a table");
    let scripts = Generator::new("none", &table, &[], 1, false).systematic();
    let texts: Vec<_> = scripts.iter().map(Script::bytes).collect();
    for line in [
        "put a 0",
        "put aaa 0",
        "put a 9000",
        "put aaa 9000",
        "put nnnn 0",
        "put a 9001",
        "shift -5",
        "shift 5",
        "shift 6",
        "shift -6",
        "drop 1",
        "drop 77",
        "drop 78",
    ] {
        let script = format!("{line}\n").into_bytes();
        assert!(texts.contains(&script), "{line}");
    }
    assert!(texts.contains(&Vec::new()), "the empty script");
}

#[test]
fn some_scripts_end_with_every_question_and_few_settle() {
    let table = table::read(TABLE).expect("a table");
    let mut chance = Generator::new("none", &table, &[], 1, false);
    let scripts: Vec<_> = (0..200).map(|_| chance.script().bytes()).collect();
    let ends = |script: &&Vec<u8>| script.ends_with(b"settle\nfreed\n");
    assert!(scripts.iter().filter(ends).count() > 20);
    let unsettled = |script: &&Vec<u8>| {
        let text = String::from_utf8_lossy(script);
        text.contains("freed") && !text.contains("settle")
    };
    assert!(scripts.iter().filter(unsettled).count() > 5);
}

/// Some operations of a topic that has a model.
const LIST: &str = "\
fill\tCOUNT:whole:1..1000000\t-\tfills
insert\tPLACE:whole:0..1000000 VALUE:signed:-9..9\t-\tinserts
clear\t-\treleases\tclears
settle\t-\tsettles\twaits
alive\t-\tneeds settle\ttells
";

#[test]
fn a_limit_is_found_although_one_operand_alone_reaches_it() {
    let table = table::read(LIST).expect("a table");
    let topic = Topic {
        name: "footprint",
        table: &table,
    };
    let limits = topic.limits();
    assert_eq!(limits.len(), 1);
    let (_, limit) = &limits[0];
    assert_eq!(limit.why, "more than 1000000 objects alive");
    let [below, at, above] = limit.scripts(&[]);
    for (script, is_done) in [(below, true), (at, true), (above, false)] {
        assert_eq!(topic.run(&script).is_some(), is_done);
    }
    let behind = |lines: &Vec<Vec<u8>>| {
        let text = lines.join(&b'\n');
        String::from_utf8_lossy(&text).contains("clear\ninsert 1000000 9\n")
    };
    assert!(topic.full().iter().any(behind));
}
