// Twin: crates/sharing/src/measure.rs

package sharing

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case
