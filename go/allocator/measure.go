// Twin: crates/allocator/src/measure.rs

package allocator

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case
