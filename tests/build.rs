//! Lists the tests of the pairs: each file in `tests/pairs` but `main.rs` is a module there.

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=tests/pairs");
    let folder = |name| PathBuf::from(env::var_os(name).expect("cargo names its folders"));
    let pairs = folder("CARGO_MANIFEST_DIR").join("tests/pairs");
    let entries = fs::read_dir(&pairs).unwrap_or_else(|e| panic!("{}: {e}", pairs.display()));
    let mut modules = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if path.extension().is_some_and(|end| end == "rs") && name != "main" {
            // Quoted as a string of Rust.
            let path = path.to_string_lossy();
            modules.push(format!("#[path = {path:?}]\nmod {name};\n"));
        }
    }
    modules.sort();
    let list = folder("OUT_DIR").join("pairs.rs");
    fs::write(&list, modules.concat()).unwrap_or_else(|e| panic!("{}: {e}", list.display()));
}
