// Mistake: a block that is used after the memory of its arena is gone.
// Answer: rustc E0505
struct Arena<'m> {
    free: &'m mut [u8],
}

impl<'m> Arena<'m> {
    fn alloc(&mut self, size: usize) -> &'m mut [u8] {
        let (block, free) = std::mem::take(&mut self.free).split_at_mut(size);
        self.free = free;
        block
    }
}

fn main() {
    let mut memory = vec![0; 64];
    let block = Arena { free: &mut memory }.alloc(8);
    drop(memory); // <- here
    println!("{block:?}");
}
