//! Pages across topics, and the pictures of README.

use std::fs;

use book::readme_pictures;
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
        "data-of=\"control\">wall_ns ",
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
                "at 200000\n",
                "  target/go-timed/leaks measure lru --scale 200000 --samples ",
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
fn learning_has_one_order_everywhere_and_leads_to_lines() {
    let project = Project::at(&root()).unwrap();
    let pages: Vec<String> = project
        .names()
        .iter()
        .map(|name| format!("{name}.html"))
        .collect();
    let shown = fs::read_to_string(BOOK.join("learn.html")).unwrap();
    let links = |text: &str| -> Vec<String> {
        let all = text.split("href=\"").skip(1);
        let all = all.filter_map(|link| link.split('"').next());
        all.filter(|link| pages.iter().any(|page| page == link))
            .map(str::to_owned)
            .collect()
    };
    let (contents, rest) = shown.split_once("<main").unwrap();
    let (order, table) = rest.split_once("id=\"table\"").unwrap();
    assert_eq!(links(contents), pages, "the contents");
    assert_eq!(links(order), pages, "the list");
    for pair in pages.windows(2) {
        let shown = fs::read_to_string(BOOK.join(&pair[0])).unwrap();
        let next = format!("class=\"after\" href=\"{}\"", pair[1]);
        assert!(shown.contains(&next), "{} leads to {}", pair[0], pair[1]);
    }
    assert_eq!(order.matches(" min</small>").count(), pages.len());
    assert!(table.matches(".html#rust-").count() >= 14, "{table}");
}

#[test]
fn the_plot_in_readme_is_that_of_the_reference() {
    let project = Project::at(&root()).unwrap();
    let path = root()
        .join(readme_pictures::FOLDER)
        .join(readme_pictures::RATIOS);
    let Some(expected) = readme_pictures::ratios(&project).unwrap() else {
        return println!("skipped: there is no reference");
    };
    let shown = fs::read_to_string(&path).unwrap();
    assert!(
        shown == expected,
        "\"cargo book --pictures\" draws {} anew",
        path.display()
    );
}
