//! Finds the stopped run that `--resume` continues, for every measurement.

use std::path::Path;

use anyhow::Result;
use lab_results::{
    result::{Request, ResultFile},
    store,
};

use crate::command::Usage;

/// The newest stopped result of this request that fits; `None` if the newest of all is complete, or there is none.
/// Its skipped queries are tried again.
pub fn unfinished(
    folder: &Path,
    request: &Request,
    fits: impl Fn(&ResultFile) -> Result<(), &'static str>,
    anew: &str,
    warn: impl Fn(&str),
) -> Result<Option<ResultFile>> {
    let mut newest = None;
    for (path, mut found) in store::read_each(folder, &warn)? {
        if found.request != *request {
            continue;
        }
        let fits = fits(&found);
        if !found.complete && fits.is_ok() {
            found.skipped.clear();
            return Ok(Some(found));
        }
        newest.get_or_insert((path, found.complete, fits));
    }
    match newest {
        Some((path, false, Err(why))) => {
            let shown = path.display();
            let why = format!("cannot continue {shown}: {why}; {anew} measures again");
            Err(Usage(why).into())
        }
        Some(_) => Ok(None),
        None => {
            let shown = folder.display();
            warn(&format!(
                "There is no stopped run to continue in {shown}: a new one begins."
            ));
            Ok(None)
        }
    }
}
