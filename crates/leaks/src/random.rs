// Twin: go/leaks/random.go

//! Numbers that look random and are the same in both languages.

/// The same numbers each time and in both languages: Marsaglia's xorshift.
pub struct Random(pub u64);

impl Random {
    /// The next number, below this limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
