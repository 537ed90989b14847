// Twin: go/leaks/contrast.go

//! The facts that differ.

use std::{
    collections::HashMap,
    hint,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use pair::{Counted, Facts, Stop, Tally, heap::Heap, settle};

/// The size of a page of memory, of which Go's large blocks are made.
const PAGE: usize = 8192;

/// How many bytes of a buffer are its header.
pub const HEADER: usize = 8;

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let count = facts.count();
    let keys = 100 * count;
    facts.add(
        format_args!(
            "a map of {keys} keys keeps its room when they are removed"
        ),
        keeps_room(keys),
    );

    let bytes = count * PAGE;
    let before = Heap::now();
    let header = hint::black_box(header(bytes));
    let heap = Heap::now().since(before);
    facts.add(
        format_args!("bytes that the first 8 of {bytes} keep alive"),
        heap.allocated - heap.freed,
    );
    drop(header);

    let receivers = count.min(10);
    let (blocked, ended) = receive(receivers)?;
    facts.add(
        format_args!("of {receivers} receivers whose senders are gone: still blocked, ended"),
        format_args!("{blocked}, {ended}"),
    );

    let tally = Tally::new();
    ring(&tally, count);
    settle();
    facts.add(
        format_args!("of {count} shared values that hold each other in a ring: freed, alive"),
        format_args!("{}, {}", tally.freed(), tally.alive()),
    );
    let tally = Tally::new();
    drop(mailbox(&tally, count));
    settle();
    facts.add(
        format_args!("of {count} values in a channel that holds its own receiver: freed, alive"),
        format_args!("{}, {}", tally.freed(), tally.alive()),
    );
    Ok(())
}

/// Whether an emptied map holds more than half of what it held when full.
fn keeps_room(keys: usize) -> bool {
    let before = Heap::now();
    let live = || {
        let heap = Heap::now().since(before);
        heap.allocated - heap.freed
    };
    let mut map: HashMap<usize, usize> =
        (0..keys).map(|key| (key, key)).collect();
    let full = live();
    for key in 0..keys {
        map.remove(&key);
    }
    map.is_empty() && live() > full / 2
}

/// The first bytes of a large buffer: a slice of it could not outlive it, so they are copied.
fn header(bytes: usize) -> Vec<u8> {
    let buffer = hint::black_box(vec![1_u8; bytes]);
    buffer[..HEADER].to_vec()
}

/// How many threads still wait for a channel whose sender is gone, and how many do not.
fn receive(receivers: usize) -> Result<(usize, usize), Stop> {
    let wait = |_| {
        let (sender, receiver) = mpsc::channel::<()>();
        let waiting = thread::Builder::new().spawn(move || receiver.recv());
        drop(sender);
        waiting
    };
    let threads = (0..receivers).map(wait).collect::<Result<Vec<_>, _>>()?;
    let ended = || threads.iter().filter(|t| t.is_finished()).count();
    let end = Instant::now() + Duration::from_secs(20);
    while ended() < receivers && Instant::now() < end {
        thread::sleep(Duration::from_millis(1));
    }
    Ok((receivers - ended(), ended()))
}

struct Shared {
    _value: Counted<()>,
    next: Mutex<Option<Arc<Shared>>>,
}

fn ring(tally: &Tally, count: usize) {
    let shared = |next| {
        Arc::new(Shared {
            _value: Counted::new(tally, ()),
            next: Mutex::new(next),
        })
    };
    let last = shared(None);
    let first = (1..count).fold(last.clone(), |next, _| shared(Some(next)));
    if let Ok(mut next) = last.next.lock() {
        *next = Some(first);
    }
}

pub struct Letter {
    _value: Counted<()>,
    _receiver: Option<mpsc::Receiver<Letter>>,
}

/// Sends values through a channel, the last one with the channel's own receiver.
pub fn mailbox(tally: &Tally, count: usize) -> mpsc::Sender<Letter> {
    let (sender, receiver) = mpsc::channel();
    let mut receiver = Some(receiver);
    for number in 1..=count {
        let last = number == count;
        let _ = sender.send(Letter {
            _value: Counted::new(tally, ()),
            _receiver: receiver.take_if(|_| last),
        });
    }
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    // One test: what is allocated is counted for all threads together.
    #[test]
    fn the_facts_follow_the_number_of_values() {
        for count in [7, 1000] {
            let lines = Facts::collect(count, contrast).expect("facts");
            let (bytes, few) = (count * PAGE, count.min(10));
            let ring =
                "shared values that hold each other in a ring: freed, alive";
            let channel =
                "values in a channel that holds its own receiver: freed, alive";
            for fact in [
                format!("bytes that the first 8 of {bytes} keep alive\t8"),
                format!(
                    "of {few} receivers whose senders are gone: still blocked, ended\t0, {few}"
                ),
                format!("of {count} {ring}\t0, {count}"),
                format!("of {count} {channel}\t0, {count}"),
            ] {
                assert!(lines.contains(&fact), "{fact} is not in {lines:#?}");
            }
        }
        what_is_leaked_on_purpose_stays();
        a_map_gives_its_room_back_when_it_is_asked();
    }

    // only here: Go has no such call.
    fn what_is_leaked_on_purpose_stays() {
        for size in [1, 1024, 4096] {
            let before = Heap::now();
            hint::black_box(Box::leak(vec![0_u8; size].into_boxed_slice()));
            let heap = Heap::now().since(before);
            assert_eq!(heap.allocated - heap.freed, size);
        }
    }

    // only here: Go's map cannot be asked.
    fn a_map_gives_its_room_back_when_it_is_asked() {
        let before = Heap::now();
        let mut map: HashMap<usize, usize> =
            (0..100_000).map(|key| (key, key)).collect();
        map.clear();
        map.shrink_to_fit();
        let heap = Heap::now().since(before);
        assert_eq!(heap.allocated, heap.freed);
    }
}
