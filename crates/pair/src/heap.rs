// Twin: go/pair/heap.go

//! What the program asked of the heap, and which allocator answered.
#![allow(unsafe_code)]

#[cfg(any(
    all(feature = "system", feature = "mimalloc"),
    all(feature = "system", feature = "jemalloc"),
    all(feature = "mimalloc", feature = "jemalloc"),
))]
compile_error!("a build has one allocator: choose one of system, mimalloc, jemalloc");

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The allocator of this build.
#[cfg(not(any(feature = "system", feature = "mimalloc", feature = "jemalloc")))]
pub type Allocator = Counting;
/// The allocator of this build.
#[cfg(feature = "system")]
pub type Allocator = System;
/// The allocator of this build.
#[cfg(feature = "mimalloc")]
pub type Allocator = mimalloc::MiMalloc;
/// The allocator of this build.
#[cfg(feature = "jemalloc")]
pub type Allocator = tikv_jemallocator::Jemalloc;

/// The one that [`crate::allocator`] installs.
#[cfg(not(any(feature = "system", feature = "mimalloc", feature = "jemalloc")))]
pub const ALLOCATOR: Allocator = Counting;
/// The one that [`crate::allocator`] installs.
#[cfg(feature = "system")]
pub const ALLOCATOR: Allocator = System;
/// The one that [`crate::allocator`] installs.
#[cfg(feature = "mimalloc")]
pub const ALLOCATOR: Allocator = mimalloc::MiMalloc;
/// The one that [`crate::allocator`] installs.
#[cfg(feature = "jemalloc")]
pub const ALLOCATOR: Allocator = tikv_jemallocator::Jemalloc;

/// The allocator's name.
pub const NAME: &str = if cfg!(feature = "system") {
    "system"
} else if cfg!(feature = "mimalloc2") {
    "mimalloc2"
} else if cfg!(feature = "mimalloc") {
    "mimalloc"
} else if cfg!(feature = "jemalloc") {
    "jemalloc"
} else {
    "counting"
};

/// Gives the system what memory the allocator keeps for later.
#[cfg(feature = "mimalloc")]
pub fn give_back() {
    // SAFETY: mimalloc, which is linked in, has this function, for any thread at any time.
    unsafe extern "C" {
        safe fn mi_collect(force: bool);
    }
    mi_collect(true);
}

/// Gives the system what memory the allocator keeps for later.
#[cfg(feature = "jemalloc")]
pub fn give_back() {
    use std::{
        ffi::{c_char, c_int, c_void},
        ptr::null_mut,
    };
    // SAFETY: jemalloc, which is linked in under this prefix, has this function.
    unsafe extern "C" {
        #[link_name = "_rjem_mallctl"]
        fn mallctl(
            name: *const c_char,
            old: *mut c_void,
            old_size: *mut usize,
            new: *mut c_void,
            new_size: usize,
        ) -> c_int;
    }
    // 4096 stands for all arenas.
    for name in [c"thread.tcache.flush", c"arena.4096.purge"] {
        // SAFETY: both commands take no value and give none; jemalloc only reads the name.
        unsafe {
            mallctl(name.as_ptr(), null_mut(), null_mut(), null_mut(), 0);
        }
    }
}

/// Gives the system what memory the allocator keeps for later, where the allocator is glibc's.
#[cfg(not(any(feature = "mimalloc", feature = "jemalloc")))]
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: glibc's `malloc_trim` may be called at any time and by any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// The system's allocator, with a count of what is asked of it.
#[derive(Debug)]
pub struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static FREES: AtomicUsize = AtomicUsize::new(0);
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static FREED: AtomicUsize = AtomicUsize::new(0);

fn count(allocated: usize, freed: usize) {
    if allocated > 0 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        ALLOCATED.fetch_add(allocated, Relaxed);
    }
    if freed > 0 {
        FREES.fetch_add(1, Relaxed);
        FREED.fetch_add(freed, Relaxed);
    }
}

// SAFETY: every call is passed on to `System` as it came; counting touches no memory of the caller.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promise is the one that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    // A block that grows is counted as a new one, for that is what it is in Go.
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// What the program asked of the heap until now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heap {
    /// Blocks asked for.
    pub allocations: usize,
    /// Blocks given back.
    pub frees: usize,
    /// Bytes asked for.
    pub allocated: usize,
    /// Bytes given back.
    pub freed: usize,
}

impl Heap {
    /// Reads the counters; all zero in a build that does not count.
    pub fn now() -> Self {
        Heap {
            allocations: ALLOCATIONS.load(Relaxed),
            frees: FREES.load(Relaxed),
            allocated: ALLOCATED.load(Relaxed),
            freed: FREED.load(Relaxed),
        }
    }

    /// What came between an earlier reading and this one.
    pub fn since(self, earlier: Heap) -> Self {
        Heap {
            allocations: self.allocations - earlier.allocations,
            frees: self.frees - earlier.frees,
            allocated: self.allocated - earlier.allocated,
            freed: self.freed - earlier.freed,
        }
    }
}
