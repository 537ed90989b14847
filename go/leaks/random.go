// Twin: crates/leaks/src/random.rs

package leaks

// random is the same numbers each time and in both languages: Marsaglia's xorshift.
type random uint64

func (r *random) below(limit int) int {
	*r ^= *r << 13
	*r ^= *r >> 7
	*r ^= *r << 17
	return int(uint64(*r) % uint64(limit))
}
