//! Whether the two sources of a topic mirror each other.
