// Fix: Free the memory after the last use of its blocks.
// Answer: run prints [0, 0, 0, 0, 0, 0, 0, 0]
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
    println!("{block:?}");
    drop(memory);
}
