//! The tests of all that is common to the pairs, and of the tools around them.

mod agreement;
mod bare;
mod complete;
mod difftest;
mod figures_in_pages;
mod fuzz;
mod load;
mod load_generators;
mod makefile;
mod mistakes;
mod mutants;
mod new_pairs;
mod notes;
mod parity;
mod plan;
mod quick_verdicts;
mod results_page;
mod scenarios;
mod server_attack;
mod server_stop;
mod targets;
mod third_party_dependencies;
mod unsafe_code;
mod valgrind;
mod workspace_structure;
