// Fix: Reset the arena after the last use of its blocks.
// Answer: run prints [1, 0, 0, 0, 0, 0, 0, 0]
struct Arena {
    memory: Vec<u8>,
    used: usize,
}

impl Arena {
    fn alloc(&mut self, size: usize) -> &mut [u8] {
        let start = self.used;
        self.used += size;
        &mut self.memory[start..start + size]
    }

    fn reset(&mut self) {
        self.used = 0;
    }
}

fn main() {
    let mut arena = Arena { memory: vec![0; 64], used: 0 };
    let block = arena.alloc(8);
    block[0] = 1;
    println!("{block:?}");
    arena.reset();
}
