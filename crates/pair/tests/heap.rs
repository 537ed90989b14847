//! The allocator that counts does each kind of request, and counts it. Miri watches this one too.

use pair::heap::Heap;

pair::allocator!();

/// So large that whatever else the process asks for meanwhile is told from it; Miri takes its time with
/// each byte.
const LARGE: usize = if cfg!(miri) { 1 << 16 } else { 1 << 20 };

#[test]
fn what_is_asked_for_and_given_back_is_counted_and_holds_its_bytes() {
    let before = Heap::now();
    let zeroed = vec![0_u8; LARGE];
    let mut grown = Vec::with_capacity(LARGE);
    grown.resize(LARGE, 7_u8);
    grown.reserve_exact(LARGE);
    grown.resize(2 * LARGE, 8_u8);
    let asked = Heap::now().since(before);
    assert!(zeroed.iter().all(|&byte| byte == 0));
    assert_eq!((grown[0], grown[LARGE - 1], grown[LARGE]), (7, 7, 8));
    // A block that grows is one of its new size, and one given back.
    assert_eq!((asked.allocated / LARGE, asked.freed / LARGE), (4, 1));
    assert!(asked.allocations >= 3 && asked.frees >= 1, "{asked:?}");

    drop((zeroed, grown));
    let freed = Heap::now().since(before);
    assert_eq!((freed.allocated / LARGE, freed.freed / LARGE), (4, 4));
}
