// Twin: go/sharing/sharing.go

//! One value that many workers share, freed once after the last.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::{
    hint,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle, ScopedJoinHandle},
};

/// Lets workers share a value, waits for all, and returns their results.
///
/// If work panics, the first worker's panic goes on here once all have ended.
pub fn share<T: Send + Sync + 'static, R: Send + 'static>(
    value: &Arc<T>,
    workers: usize,
    work: impl Fn(usize, &Arc<T>) -> R + Copy + Send + 'static,
) -> Vec<R> {
    let start = |worker| {
        // Each thread owns a handle: a borrowed one could not outlive us.
        let value = Arc::clone(value);
        thread::spawn(move || work(worker, &value))
    };
    let threads: Vec<_> = (0..workers).map(start).collect();
    let ended: Vec<_> = threads.into_iter().map(JoinHandle::join).collect();
    let results = ended.into_iter().collect::<Result<_, _>>();
    results.unwrap_or_else(|panic| resume_unwind(panic))
}

// only here: threads that end within a scope may borrow; nothing is counted.
/// Lends a value to workers, waits for all, and returns their results.
pub fn lend<T: Sync, R: Send>(
    value: &T,
    workers: usize,
    work: impl Fn(usize, &T) -> R + Sync,
) -> Vec<R> {
    thread::scope(|scope| {
        let work = &work;
        let start = |worker| scope.spawn(move || work(worker, value));
        let threads: Vec<_> = (0..workers).map(start).collect();
        let ended = threads.into_iter().map(ScopedJoinHandle::join);
        let results = ended.collect::<Result<_, _>>();
        results.unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Makes and drops a handle of a value this many times; returns how many
/// handles it made.
pub fn clone_and_drop<T>(value: &Arc<T>, times: usize) -> usize {
    let mut made = 0;
    for _ in 0..times {
        // The count goes up by one, and down again, for all cores to see.
        let handle = Arc::clone(value);
        made += 1;
        drop(hint::black_box(handle));
    }
    made
}

/// Asks a worker, even a busy one; its answer comes through the channel.
///
/// There is no answer if the question panics: the worker goes on.
pub fn ask<T, R: Send + 'static>(
    worker: &Worker<T>,
    question: impl FnOnce(&Arc<T>) -> R + Send + 'static,
) -> Receiver<R> {
    let (sender, answer) = mpsc::channel();
    let job = move |value: &Arc<T>| {
        // The receiver may be gone.
        let _ = sender.send(question(value));
    };
    if let Some(jobs) = &worker.jobs {
        let _ = jobs.send(Box::new(job));
    }
    answer
}

/// A worker that shares a value until it is closed.
pub struct Worker<T> {
    jobs: Option<Sender<Job<T>>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + Sync + 'static> Worker<T> {
    /// Starts a worker that shares this value.
    pub fn start(value: Arc<T>) -> Self {
        let (sender, jobs) = mpsc::channel::<Job<T>>();
        let work = move || {
            for job in jobs {
                // A panic ends the job, not the worker.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&value)));
            }
        };
        Worker {
            jobs: Some(sender),
            thread: Some(thread::spawn(work)),
        }
    }
}

impl<T> Drop for Worker<T> {
    /// Waits until the worker has done its jobs, and ends it. No job may close
    /// its own worker: it would wait for itself.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // It has no panic to report.
            let _ = thread.join();
        }
    }
}

/// What a worker is to do with the value.
type Job<T> = Box<dyn FnOnce(&Arc<T>) + Send>;
