// Twin: go/server/measure.go

//! The measured cases: the handler without HTTP, and many tasks. A server under load is measured from outside.

use std::sync::atomic::Ordering::Relaxed;

use actix_web::{
    rt::System,
    web::{Bytes, Data},
};
use pair::{Bench, Case, Stop};
use server::{Site, answer};

use crate::tasks;

pub const CASES: &[Case] = &[
    Case {
        name: "request",
        unit: "ns",
        says: "handles SCALE requests in process, one after the other, each of which touches 1 MiB",
        scale: 200,
        max: 100_000,
        run: request,
    },
    tasks::TASKS,
    tasks::TASKS_1K,
    tasks::TASKS_2K,
    tasks::TASKS_TIMER,
];

fn request(bench: &mut Bench) -> Result<(), Stop> {
    let (system, count) = (System::new(), bench.scale);
    let site = Data::new(Site {
        requests: 0.into(),
        measure: |_| unreachable!("no request asks for figures"),
    });
    system.block_on(handle(&site, count));
    bench.answer(site.requests.load(Relaxed));
    while let Some(mut sample) = bench.next_sample() {
        let before = site.requests.load(Relaxed);
        sample.time(|| system.block_on(handle(&site, count)));
        sample.answers(site.requests.load(Relaxed) - before);
        bench.report(sample);
    }
    Ok(())
}

async fn handle(site: &Data<Site>, count: usize) {
    for _ in 0..count {
        answer(site.clone(), Bytes::new()).await;
    }
}
