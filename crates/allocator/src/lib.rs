// Twin: go/allocator/allocator.go

//! An arena, and a count of requests to the heap.
#![doc = include_str!("../README.md")]
#![allow(unsafe_code)]

use std::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// An arena hands memory out piece by piece; it comes back all at once.
pub struct Arena<'m> {
    // Borrowed: the memory cannot be reused while a block of it is in use.
    free: &'m mut [u8],
}

impl<'m> Arena<'m> {
    /// An arena over this memory.
    pub fn new(memory: &'m mut [u8]) -> Self {
        Arena { free: memory }
    }

    /// The next bytes, aligned to a power of two, if there is room.
    ///
    /// No other alignment has room, and a full arena has none, not even for a
    /// block of no bytes.
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<&'m mut [u8]> {
        if !align.is_power_of_two() || self.free.is_empty() {
            return None;
        }
        let skip = self.free.as_ptr().align_offset(align);
        let end = skip.checked_add(size)?;
        if end > self.free.len() {
            return None;
        }
        let (block, free) = mem::take(&mut self.free).split_at_mut(end);
        self.free = free;
        Some(&mut block[skip..])
    }

    /// The number of bytes that are left.
    pub fn left(&self) -> usize {
        self.free.len()
    }

    /// An arena over the rest, which is whole again after it.
    pub fn scope(&mut self) -> Arena<'_> {
        Arena { free: self.free }
    }
}

/// The memory that a piece of work requested from the heap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// The number of blocks.
    pub blocks: usize,
    /// The number of bytes in all.
    pub bytes: usize,
    // only here: Go reports sums, not single requests.
    /// The sizes of the first blocks.
    pub sizes: [usize; 8],
}

impl Requests {
    /// These requests, followed by others.
    fn and(mut self, others: Requests) -> Self {
        let places = self.sizes.iter_mut().skip(self.blocks);
        for (place, size) in places.zip(others.sizes) {
            *place = size;
        }
        self.blocks += others.blocks;
        self.bytes += others.bytes;
        self
    }
}

/// Does a piece of work and returns what it requested from the heap.
///
/// The work may do the same: its requests count for both. It may panic.
pub fn requests_of(work: impl FnOnce()) -> Requests {
    // Of this thread: others have records of their own.
    let outer = RECORD.replace(Some(Requests::default()));
    let ended = catch_unwind(AssertUnwindSafe(work));
    let requests = RECORD.take().unwrap_or_default();
    RECORD.set(outer.map(|outer| outer.and(requests)));
    match ended {
        Ok(()) => requests,
        Err(panic) => resume_unwind(panic),
    }
}

// only here: Go's allocator cannot be replaced.
/// An allocator that records the requests to another.
pub struct Recording<A>(pub A);

// SAFETY: each call is passed on unchanged, and recording never allocates.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Recording<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        record(layout.size());
        // SAFETY: the caller keeps the other allocator's conditions.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        record(layout.size());
        // SAFETY: as above.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { self.0.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, old: Layout, new: usize) -> *mut u8 {
        record(new);
        // SAFETY: as above.
        unsafe { self.0.realloc(at, old, new) }
    }
}

thread_local! {
    // Const: made without a request of its own.
    static RECORD: Cell<Option<Requests>> = const { Cell::new(None) };
}

// No println! in here: it may allocate, and reach this line again.
fn record(size: usize) {
    let Some(mut requests) = RECORD.get() else {
        return;
    };
    if let Some(place) = requests.sizes.get_mut(requests.blocks) {
        *place = size;
    }
    requests.blocks += 1;
    requests.bytes += size;
    RECORD.set(Some(requests));
}
