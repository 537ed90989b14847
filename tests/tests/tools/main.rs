//! The tests of all that is common to the pairs, and of the tools around them.

mod agreement;
mod bare;
mod complete;
mod dependencies;
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
mod plan;
mod quick;
mod readme;
mod results_page;
mod scenarios;
mod server_attack;
mod server_stop;
mod targets;
mod unsafe_code;
mod valgrind;
