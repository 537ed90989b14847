// Twin: go/escape/count.go

//! Counts what calls allocate.

use std::hint::black_box;

use pair::heap::Heap;

/// How many allocations so many calls make; nothing is known of the function or of what it is given.
pub fn allocations_of<N: Copy, T>(
    calls: usize,
    call: fn(N) -> T,
    n: N,
) -> usize {
    let call = black_box(call);
    let before = Heap::now();
    for _ in 0..calls {
        black_box(call(black_box(n)));
    }
    Heap::now().since(before).allocations
}
