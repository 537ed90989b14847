// Twin: go/server/experiment.go

//! The experiment: the same server with long-lived objects beside it, another payload, pooled buffers,
//! or fresh and pooled ones by chance.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use actix_web::{
    guard,
    http::Method,
    rt,
    web::{self, Data, Json, ServiceConfig},
};
use pair::{Flags, Stop, heap};
use serde::Serialize;
use server::{PAYLOAD, Site, touch};

use crate::{
    process::status,
    ring::{Ring, Times},
};

/// The options with a value.
pub const FLAGS: [&str; 3] = ["--live-objects", "--payload", "--mixed"];
/// The most requests that can be kept.
const KEPT: usize = 10_000_000;
/// The options without one.
pub const SWITCHES: [&str; 3] = ["--pooled", "--pooled-uncleared", "--probe"];

/// What the options ask for.
pub struct Experiment {
    sessions: Vec<Arc<Session>>,
    payload: usize,
    memory: Memory,
    /// Where requests have fresh and pooled memory by chance.
    ring: Option<Ring>,
    probe: Option<Probe>,
    /// Whether a request does anything else than the article's.
    changed: bool,
}

/// Where a request's memory comes from.
#[derive(Clone, Copy)]
enum Memory {
    Fresh,
    Pooled,
    Uncleared,
}

/// A worker's buffer: its requests come one after the other.
type Pool = RefCell<Vec<u8>>;

/// A long-lived object: 64 bytes, two of them pointers to earlier ones, so that there is no cycle.
struct Session {
    token: [u8; 48],
    inviter: Option<Arc<Session>>,
    neighbour: Option<Arc<Session>>,
}

/// The runtime's figures, the same names in both languages; null where there is no such thing.
#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    runtime: server::Figures,
    collection_ends: Option<Vec<[u64; 2]>>,
    drop_ns: Option<Vec<[u64; 2]>>,
    gc_cpu_ns: Option<u64>,
    gc_idle_cpu_ns: Option<u64>,
    heap_goal_bytes: Option<u64>,
    live_bytes: Option<usize>,
    live_objects: usize,
    outside_heap_bytes: Option<u64>,
    pauses_ns: Option<Vec<[u64; 2]>>,
    probe_late_us: Option<Vec<[u64; 2]>>,
    resident_bytes: usize,
    total_cpu_ns: Option<u64>,
}

impl Experiment {
    /// Reads the options and builds the long-lived objects.
    pub fn new(flags: &Flags) -> Result<Self, Stop> {
        let live = flags.number("--live-objects", 0, 100_000_000, 0)?;
        let payload = flags.number("--payload", 0, 1 << 30, PAYLOAD)?;
        let kept = flags.number("--mixed", 1, KEPT, 0)?;
        let [pooled, uncleared] =
            ["--pooled", "--pooled-uncleared"].map(|word| flags.has(word));
        if u8::from(pooled) + u8::from(uncleared) + u8::from(kept > 0) > 1 {
            let says = "choose one of --pooled, --pooled-uncleared and --mixed";
            return Err(Stop::Usage(says.to_owned()));
        }
        let memory = match (pooled, uncleared) {
            (true, _) => Memory::Pooled,
            (_, true) => Memory::Uncleared,
            _ => Memory::Fresh,
        };
        let ring = (kept > 0).then(|| Ring::new(kept));
        let probe = flags.has("--probe").then(Probe::default);
        let changed =
            live > 0 || payload != PAYLOAD || !matches!(memory, Memory::Fresh);
        Ok(Experiment {
            sessions: sessions(live),
            payload,
            memory,
            // What a probe looks at happens in the answer of the experiment.
            changed: changed || probe.is_some() || ring.is_some(),
            ring,
            probe,
        })
    }

    /// The article's routes, with more figures and, where anything is changed, another answer; a worker
    /// calls it once.
    pub fn routes(experiment: &Data<Self>, config: &mut ServiceConfig) {
        config.app_data(experiment.clone());
        config.app_data(Data::new(Pool::default()));
        // A guard for each method would be told among the methods that are allowed, once more.
        let reads = || {
            guard::fn_guard(|request| {
                [Method::GET, Method::HEAD].contains(&request.head().method)
            })
        };
        config.service(web::resource("/stats").guard(reads()).to(stats));
        if experiment.changed {
            config.service(web::resource("/").guard(reads()).to(answer));
        }
        if experiment.ring.is_some() {
            config.service(web::resource("/times").guard(reads()).to(times));
        }
        if experiment.probe.is_some() {
            rt::spawn(watch(experiment.clone()));
        }
        server::routes(config);
    }

    fn handle(&self, request: usize, pool: &Pool) {
        match &self.ring {
            None => self.spend(self.memory, request, pool),
            Some(ring) => ring.time(request, |pooled| {
                let memory = if pooled {
                    Memory::Pooled
                } else {
                    Memory::Fresh
                };
                self.spend(memory, request, pool);
            }),
        }
    }

    /// Takes a request's memory, works on it, and releases it.
    fn spend(&self, memory: Memory, request: usize, pool: &Pool) {
        if let Memory::Fresh = memory {
            let mut data = vec![0; self.payload];
            self.work(request, &mut data);
            if let Some(probe) = &self.probe {
                let begun = Instant::now();
                drop(data);
                probe.drops.record(begun.elapsed().as_nanos());
            }
            return;
        }
        let mut buffer = pool.borrow_mut();
        if buffer.len() != self.payload {
            *buffer = vec![0; self.payload];
        } else if let Memory::Pooled = memory {
            buffer.fill(0);
        }
        self.work(request, &mut buffer);
    }

    /// What a request does with its memory: its session's token comes first, then all of it is touched.
    fn work(&self, request: usize, data: &mut [u8]) {
        if !self.sessions.is_empty() {
            let session = &self.sessions
                [request.wrapping_mul(7919) % self.sessions.len()];
            let session = session.neighbour.as_ref().unwrap_or(session);
            let session = session.inviter.as_ref().unwrap_or(session);
            let length = data.len().min(session.token.len());
            data[..length].copy_from_slice(&session.token[..length]);
        }
        touch(data);
    }
}

async fn answer(
    site: Data<Site>,
    experiment: Data<Experiment>,
    pool: Data<Pool>,
) -> &'static str {
    let request = site.requests.fetch_add(1, Relaxed);
    experiment.handle(request, &pool);
    "OK"
}

async fn times(experiment: Data<Experiment>) -> Json<Option<Times>> {
    Json(experiment.ring.as_ref().map(Ring::times))
}

async fn stats(
    site: Data<Site>,
    experiment: Data<Experiment>,
) -> Json<Figures> {
    let runtime = (site.measure)(site.requests.load(Relaxed));
    let live = runtime.allocated_bytes.saturating_sub(runtime.freed_bytes);
    Json(Figures {
        runtime,
        collection_ends: None,
        drop_ns: experiment.probe.as_ref().map(|probe| probe.drops.pairs()),
        gc_cpu_ns: None,
        gc_idle_cpu_ns: None,
        heap_goal_bytes: None,
        live_bytes: (heap::NAME == "counting").then_some(live),
        live_objects: experiment.sessions.len(),
        outside_heap_bytes: None,
        pauses_ns: None,
        probe_late_us: experiment
            .probe
            .as_ref()
            .map(|probe| probe.late.pairs()),
        resident_bytes: status("VmRSS:") * 1024,
        total_cpu_ns: None,
    })
}

/// Objects that point to two earlier ones each, one of them anywhere.
fn sessions(count: usize) -> Vec<Arc<Session>> {
    let mut sessions: Vec<Arc<Session>> = Vec::with_capacity(count);
    let mut random = 1_u64;
    for number in 0..count {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let earlier = (random >> 33) as usize % number.max(1);
        let mut token = [0; 48];
        token[..8].copy_from_slice(&random.to_le_bytes());
        sessions.push(Arc::new(Session {
            token,
            inviter: sessions.get(number / 2).cloned(),
            neighbour: sessions.get(earlier).cloned(),
        }));
    }
    sessions
}

/// What `--probe` looks at.
#[derive(Default)]
struct Probe {
    /// How many microseconds late a task came that wanted to sleep for a millisecond.
    late: Powers,
    /// How many nanoseconds it took to release a request's memory.
    drops: Powers,
}

/// How often there was how much, by powers of two.
#[derive(Default)]
struct Powers([AtomicU64; 32]);

impl Powers {
    fn record(&self, amount: u128) {
        let bits = (u128::BITS - amount.leading_zeros()) as usize;
        self.0[bits.min(self.0.len() - 1)].fetch_add(1, Relaxed);
    }

    /// Pairs of what it was less than, and how often.
    fn pairs(&self) -> Vec<[u64; 2]> {
        let counts = self.0.iter().map(|count| count.load(Relaxed));
        let pairs = counts.enumerate().map(|(bits, count)| [1 << bits, count]);
        pairs.filter(|pair| pair[1] > 0).collect()
    }
}

/// Sleeps and wakes among the requests of a worker, whose clock has steps of a millisecond.
async fn watch(experiment: Data<Experiment>) {
    let Some(probe) = &experiment.probe else {
        return;
    };
    let pause = Duration::from_millis(1);
    loop {
        let begun = Instant::now();
        rt::time::sleep(pause).await;
        let late = begun.elapsed().saturating_sub(pause);
        probe.late.record(late.as_micros());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A buffer of two cache lines, wholly dirty, after one request.
    fn used(switch: &str) -> Vec<u8> {
        let arguments = ["--payload=128", switch].map(Into::into);
        let flags = Flags::parse(&arguments, &FLAGS, &SWITCHES).expect("flags");
        let experiment = Experiment::new(&flags).expect("an experiment");
        let pool = Pool::new(vec![7; 128]);
        experiment.handle(0, &pool);
        pool.into_inner()
    }

    #[test]
    fn a_pooled_buffer_is_cleared_and_touched() {
        let mut expected = vec![0; 128];
        touch(&mut expected);
        assert_eq!(used("--pooled"), expected);
    }

    #[test]
    fn an_uncleared_buffer_is_only_touched() {
        let mut expected = vec![7; 128];
        touch(&mut expected);
        assert_eq!(used("--pooled-uncleared"), expected);
    }
}
