//! Stalls of requests whose memory is randomly fresh or pooled, in one process. A stall of the machine hits both
//! kinds alike, because neither the generator nor the scheduler knows which memory a request has.

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use lab_results::stats;
use lab_workspace::server::Times;

/// Requests beyond this share of all are slow.
const SHARE: f64 = 0.999;

/// Slow requests this many nanoseconds apart belong to two stalls.
const MIN_GAP: u64 = 10_000_000;

/// One request of the load.
#[derive(Debug, Clone, Copy)]
struct Request {
    begun: u64,
    is_pooled: bool,
    /// Nanoseconds in the handler beyond the median of its own kind.
    excess: f64,
}

/// Figures of a server's last requests: their number by kind of memory, and how many of each kind every stall made
/// slow.
pub fn figures(times: &Times, requests: u64) -> Result<Map<String, Value>> {
    let all = &times.requests;
    let kept = all.len() as u64;
    ensure!(
        requests <= kept,
        "the server keeps {kept} requests of {requests}"
    );
    let load = &all[(kept - requests) as usize..];
    let kinds = [0, 1].map(|kind| took(load, kind));
    let Value::Object(figures) = json!({
        "fresh_requests": kinds[0].len(),
        "pooled_requests": kinds[1].len(),
        "fresh_handler_p50_ns": middle(&kinds[0]),
        "pooled_handler_p50_ns": middle(&kinds[1]),
        "stalls": stalls(load, [middle(&kinds[0]), middle(&kinds[1])]),
    }) else {
        unreachable!("an object was written just above");
    };
    Ok(figures)
}

/// Times in the handler of the requests of one kind, sorted.
fn took(load: &[[u64; 3]], kind: u64) -> Vec<f64> {
    let of_kind = load.iter().filter(|request| request[1] == kind);
    let mut took: Vec<f64> = of_kind.map(|request| request[2] as f64).collect();
    took.sort_by(f64::total_cmp);
    took
}

fn middle(sorted: &[f64]) -> f64 {
    if sorted.is_empty() {
        0.0
    } else {
        stats::median(sorted)
    }
}

/// For each stall, how many slow requests had fresh memory and how many pooled memory.
fn stalls(load: &[[u64; 3]], medians: [f64; 2]) -> Vec<[u64; 2]> {
    let request = |&[begun, kind, took]: &[u64; 3]| Request {
        begun,
        is_pooled: kind == 1,
        excess: took as f64 - medians[usize::from(kind == 1)],
    };
    let requests: Vec<Request> = load.iter().map(request).collect();
    let mut excesses: Vec<f64> = requests.iter().map(|request| request.excess).collect();
    excesses.sort_by(f64::total_cmp);
    let Some(threshold) = stats::percentile(&excesses, SHARE) else {
        return Vec::new();
    };
    let mut slow: Vec<Request> = requests;
    slow.retain(|request| request.excess > threshold);
    slow.sort_by_key(|request| request.begun);
    let (mut stalls, mut last): (Vec<[u64; 2]>, Option<u64>) = (Vec::new(), None);
    for request in slow {
        if last.is_none_or(|last| request.begun - last >= MIN_GAP) {
            stalls.push([0; 2]);
        }
        if let Some(stall) = stalls.last_mut() {
            stall[usize::from(request.is_pooled)] += 1;
        }
        last = Some(request.begun);
    }
    stalls
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request each 100 µs, in turns fresh and pooled; those listed are slow by this many µs.
    fn load(slow: &[(u64, u64)]) -> Times {
        let request = |number: u64| {
            let usual = if number.is_multiple_of(2) { 50 } else { 30 };
            let late = slow.iter().find(|(place, _)| *place == number);
            let took = usual + late.map_or(0, |(_, late)| *late);
            [100_000 * number, number % 2, 1000 * took]
        };
        Times {
            seen: 9000,
            requests: (0..4000).map(request).collect(),
        }
    }

    #[test]
    fn slow_requests_that_one_stall_made_belong_together() {
        // Ten requests are beyond nothing: four of 4000 are the slowest thousandth.
        let times = load(&[(1000, 900), (1001, 900), (1003, 800), (3001, 700)]);
        let figures = figures(&times, 4000).unwrap();
        assert_eq!(figures["stalls"], json!([[1, 2], [0, 1]]));
        assert_eq!(figures["fresh_requests"], 2000);
        assert_eq!(figures["fresh_handler_p50_ns"], 50_000.0);
        assert_eq!(figures["pooled_handler_p50_ns"], 30_000.0);
    }

    #[test]
    fn only_the_load_counts_and_all_of_it() {
        let times = load(&[(10, 900), (3000, 900)]);
        let last = figures(&times, 2000).unwrap();
        assert_eq!(last["stalls"], json!([[1, 0]]));
        let error = figures(&times, 4001).unwrap_err().to_string();
        assert_eq!(error, "the server keeps 4000 requests of 4001");
    }
}
