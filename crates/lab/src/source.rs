//! The items of a source file, in either language.
