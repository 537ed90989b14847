use super::*;

fn strip(marks: Vec<Mark>, band: (f64, f64)) -> Strip {
    Strip {
        says: "Go takes <longer>.".to_owned(),
        scale: Scale::Log,
        unit: "ratio".to_owned(),
        band: Some(Band {
            low: band.0,
            high: band.1,
            label: "said".to_owned(),
        }),
        one: Some(1.0),
        marks,
        lines: vec![Line {
            value: 5.0,
            says: "a <topic>: 5×".to_owned(),
            label: String::new(),
        }],
        ticks: true,
        ends: ["← Go takes less".to_owned(), "Go takes more →".to_owned()],
        width: 300.0,
    }
}

fn mark(value: f64, interval: Option<(f64, f64)>) -> Mark {
    Mark {
        kind: Kind::Ratio,
        figure: Shown { value, interval },
        label: String::new(),
    }
}

#[test]
fn a_strip_has_its_sentence_and_no_mark_beyond_its_ends() {
    let marks = vec![mark(0.01, Some((0.009, 0.011))), mark(20.0, None)];
    let shown = strip(marks, (1.8, f64::INFINITY)).html().into_string();
    assert!(shown.contains("role=\"img\" aria-label=\"Go takes &lt;longer&gt;.\""));
    assert!(shown.contains("title=\"a &lt;topic&gt;: 5×\""), "{shown}");
    assert!(!shown.contains("NaN") && !shown.contains("inf"), "{shown}");
    let places = shown.split("left:").skip(1);
    let places = places.filter_map(|rest| rest.split_once('%')?.0.parse().ok());
    let places: Vec<f64> = places.collect();
    assert!(places.len() >= 4, "{shown}");
    let inside = |place: &f64| (0.0..=100.0).contains(place);
    assert!(places.iter().all(inside), "{shown}");
}

#[test]
fn a_band_without_an_end_is_drawn_to_the_end_and_faded_there() {
    let shown = strip(vec![mark(2.0, None)], (1.5, f64::INFINITY)).html();
    let shown = shown.into_string();
    assert!(shown.contains("open-right") && !shown.contains("open-left"));
    // Nothing lies at or below zero on a scale by factors.
    let shown = strip(vec![mark(2.0, None)], (0.0, 3.0))
        .html()
        .into_string();
    assert!(shown.contains("open-left") && !shown.contains("open-right"));
    assert!(shown.contains("left:0.0%"), "{shown}");
}

#[test]
fn a_figure_without_an_interval_is_hollow() {
    let shown = |interval| strip(vec![mark(2.0, interval)], (1.0, 3.0)).html();
    assert!(shown(None).into_string().contains("pt ratio thin"));
    let known = shown(Some((1.9, 2.1))).into_string();
    assert!(!known.contains("thin") && known.contains("ci ratio"));
}

#[test]
fn shares_begin_at_zero_and_wide_ranges_go_by_factors() {
    let of = |unit, values: &[f64]| {
        let figures = values.iter().map(|value| Shown {
            value: *value,
            interval: None,
        });
        scale(unit, figures)
    };
    assert_eq!(of("share", &[0.001, 0.9]), Scale::Linear);
    assert_eq!(of("ratio", &[0.5]), Scale::Log);
    assert_eq!(of("ratio", &[-0.5]), Scale::Linear);
    assert_eq!(of("bytes", &[17.0, 34.0]), Scale::Linear);
    assert_eq!(of("bytes", &[17.0, 34e3]), Scale::Log);
    assert_eq!(of("ns", &[0.0]), Scale::Linear);
}
