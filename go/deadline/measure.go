// Twin: crates/deadline/src/measure.rs

package deadline

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case
