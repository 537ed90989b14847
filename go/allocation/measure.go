// Twin: crates/allocation/src/measure.rs

package allocation

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case
