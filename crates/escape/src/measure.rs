// Twin: go/escape/measure.go

//! The measured cases.

use pair::Case;

pub const CASES: &[Case] = &[];
