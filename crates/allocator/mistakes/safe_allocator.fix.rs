// Fix: Write `unsafe impl`: the author promises what the compiler cannot check.
// Answer: run prints 3
use std::alloc::{GlobalAlloc, Layout, System};

struct Mine;

unsafe impl GlobalAlloc for Mine {
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
