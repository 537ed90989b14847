use super::*;
use crate::prove::table;

const TABLE: &str = "\
put\tKEY:name:1..3 SIZE:whole:0..9000\tlets go\tputs
shift\tBY:signed:-5..5\t-\tshifts
drop\tID:id:1..77\tlets go\tdrops
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
