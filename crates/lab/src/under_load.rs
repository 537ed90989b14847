//! What load showed, at a glance.

mod beside;
pub mod table;
