//! A command as one would type it.

use std::path::Path;

/// The command as one would type it in the folder `root`: on these cores, on all if none is named.
pub fn command_line(
    cores: &[usize],
    environment: &[(String, String)],
    program: &Path,
    arguments: &[String],
    root: &Path,
) -> String {
    let mut words = Vec::new();
    if !cores.is_empty() {
        let cores: Vec<String> = cores.iter().map(ToString::to_string).collect();
        words.push(format!("taskset -c {}", cores.join(",")));
    }
    if !environment.is_empty() {
        words.push("env".to_owned());
    }
    let variables = environment.iter();
    words.extend(variables.map(|(name, value)| format!("{name}={value}")));
    let program = program.strip_prefix(root).unwrap_or(program);
    words.push(program.display().to_string());
    words.extend(arguments.iter().cloned());
    words.join(" ")
}
