//! Pages across topics, and the pictures of README.

use std::fs;

use book::pictures;
use lab_workspace::project::Project;

use super::{BOOK, root};

#[test]
fn this_machine_tells_controls_settings_and_all_cases() {
    let shown = fs::read_to_string(BOOK.join("machine.html")).unwrap();
    for seen in [
        "GOGC=400",
        "href=\"methodology.html\"",
        "href=\"bias.html\"",
        "<th scope=\"col\">control</th>",
        "<td>wall_ns ",
        "allocator/arena",
        "server/load_even",
        "not measured",
    ] {
        assert!(shown.contains(seen), "{seen}");
    }
}

#[test]
fn the_catalogue_has_both_commands_of_each_case() {
    let shown = fs::read_to_string(BOOK.join("catalogue.html")).unwrap();
    let case = |id: &str| {
        let (_, case) = shown.split_once(&format!("id=\"{id}\"")).unwrap();
        case.split("</section>").next().unwrap().to_owned()
    };
    for (id, lines) in [
        (
            "footprint-grown",
            &[
                "footprint/grown (",
                "at 1000000\n",
                "  target/go-timed/footprint measure grown --scale 1000000 --samples 1\n",
                "  target/lab/system/footprint measure grown --scale 1000000 --samples 1<",
                "claims name: ",
                "rust=mimalloc",
            ][..],
        ),
        (
            "leaks-lru",
            &[
                "at its own size\n",
                "  target/go-timed/leaks measure lru --samples 1\n",
            ],
        ),
        (
            "server-load",
            &[
                "at 1000000\n",
                "target/go-timed/server serve --listen 127.0.0.1:0",
            ],
        ),
    ] {
        let case = case(id);
        for line in lines {
            assert!(case.contains(line), "{line:?} is missing in {case}");
        }
    }
    assert!(shown.contains("cargo lab measure --only programs"));
    // The other pages lead there.
    for (page, place) in [
        ("machine.html", "catalogue.html#allocator-arena"),
        ("leaks.html", "catalogue.html#leaks-lru"),
    ] {
        let page = fs::read_to_string(BOOK.join(page)).unwrap();
        assert!(page.contains(place), "{place}");
    }
}

#[test]
fn a_finalizer_corresponds_to_nothing_and_leads_to_the_fact() {
    let shown = fs::read_to_string(BOOK.join("learn.html")).unwrap();
    let (_, row) = shown.split_once("a finalizer, runtime.AddCleanup").unwrap();
    let row = row.split("</tr>").next().unwrap();
    assert!(row.contains("cycles.html#differs"), "{row}");
}

#[test]
fn the_plot_in_readme_is_that_of_the_reference() {
    let project = Project::at(&root()).unwrap();
    let path = root().join(pictures::FOLDER).join(pictures::RATIOS);
    let Some(expected) = pictures::ratios(&project).unwrap() else {
        return println!("skipped: there is no reference");
    };
    let shown = fs::read_to_string(&path).unwrap();
    assert!(
        shown == expected,
        "\"cargo book --pictures\" draws {} anew",
        path.display()
    );
}
