//! Tables of server scenarios.

mod purposes;
pub mod table;
