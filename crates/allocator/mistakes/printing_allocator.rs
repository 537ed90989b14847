// Mistake: an allocator that prints, though printing may allocate.
// Answer: run recorded
use std::alloc::{GlobalAlloc, Layout, System};

struct Printing;

unsafe impl GlobalAlloc for Printing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        println!("{} bytes, please", layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        println!("{} bytes back", layout.size());
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Printing = Printing;

fn main() {
    let list = vec![1, 2, 3];
    println!("{list:?}");
}
