// Mistake: an allocator written as if the compiler could check what it promises.
// Answer: rustc E0200
use std::alloc::{GlobalAlloc, Layout, System};

struct Mine;

impl GlobalAlloc for Mine { // <- here
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Mine = Mine;

fn main() {
    println!("{}", vec![1, 2, 3].len());
}
