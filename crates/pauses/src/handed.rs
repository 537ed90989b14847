// Twin: go/pauses/handed.go

//! Measured: letting go of a large value here, or handing it to another thread that does.

use std::{hint::black_box, sync::mpsc, thread, time::Instant};

use pair::{Bench, Case, Latencies, Stop};

pub const DROP_HERE: Case = Case {
    name: "drop_here",
    unit: "ns",
    says: "lets go of SCALE texts of 12 bytes, in lists of 1000; then makes 100000 texts, each timed",
    scale: 1_000_000,
    max: 10_000_000,
    run: drop_here,
};

pub const DROP_ELSEWHERE: Case = Case {
    name: "drop_elsewhere",
    unit: "ns",
    says: "does the same, with another thread to let go",
    scale: 1_000_000,
    max: 10_000_000,
    run: drop_elsewhere,
};

type Lists = Vec<Vec<String>>;

fn drop_here(bench: &mut Bench) -> Result<(), Stop> {
    measure(bench, &drop, &|| ())
}

fn drop_elsewhere(bench: &mut Bench) -> Result<(), Stop> {
    let (sender, lists) = mpsc::channel::<Lists>();
    let (done, freed) = mpsc::channel();
    let elsewhere = move || {
        for lists in lists {
            drop(lists);
            // The receiver may have ended.
            let _ = done.send(());
        }
    };
    let dropper = thread::spawn(elsewhere);
    let release = |lists| sender.send(lists).expect("the thread lives");
    let wait = || freed.recv().expect("the thread lives");
    measure(bench, &release, &wait)?;
    drop(sender);
    dropper.join().expect("it only drops");
    Ok(())
}

/// Times until all is free, and the release itself.
fn measure(
    bench: &mut Bench,
    release: &dyn Fn(Lists),
    wait: &dyn Fn(),
) -> Result<(), Stop> {
    bench.answer(weigh(&lists(bench.scale)));
    while let Some(mut sample) = bench.next_sample() {
        let lists = black_box(lists(bench.scale));
        sample.answers(weigh(&lists));
        let released = sample.time(|| {
            let start = Instant::now();
            release(lists);
            let released = start.elapsed();
            wait();
            released
        });
        sample.set("release_wall_ns", released.as_nanos() as u64);
        sample.latencies("next_ns", &next());
        bench.report(sample);
    }
    Ok(())
}

/// How long each of the next texts takes to make.
fn next() -> Latencies {
    let mut latencies = Latencies::new();
    let texts: Vec<_> = (0..100_000)
        .map(|number| {
            let start = Instant::now();
            let text = text(number);
            latencies.record(start.elapsed());
            text
        })
        .collect();
    drop(black_box(texts));
    latencies
}

fn lists(count: usize) -> Lists {
    let list = |first| (first..count.min(first + 1000)).map(text).collect();
    (0..count).step_by(1000).map(list).collect()
}

/// The number in twelve digits.
fn text(mut number: usize) -> String {
    let mut digits = vec![b'0'; 12];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    String::from_utf8(digits).expect("digits")
}

/// The sum of all letters.
fn weigh(lists: &Lists) -> u64 {
    let letters = lists.iter().flatten().flat_map(|text| text.bytes());
    letters.map(u64::from).sum()
}
