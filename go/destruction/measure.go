// Twin: crates/destruction/src/measure.rs

package destruction

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case
