//! The tests of all that is common to the pairs, and of the tools around them.

mod agreement;
mod attack;
mod difftest;
mod fuzz;
mod generators;
mod house;
mod load;
mod makefile;
mod mistakes;
mod mutants;
mod new_pairs;
mod notes;
mod parity;
mod parts;
mod plan;
mod points;
mod quick;
mod readme;
mod stop;
mod supply;
mod targets;
mod unsafe_code;
mod valgrind;
