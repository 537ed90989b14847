// Twin: crates/cycles/src/measure.rs

package cycles

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case
