//! One path, run so often and nothing else, for an instrument that counts instructions: see
//! `scripts/instructions.sh`.

use std::env;

/// A path of the program and its name.
pub(crate) type Path = (&'static str, Box<dyn FnMut()>);

/// Runs what `COUNT_PATH` names, `COUNT_TIMES` times. `false`: nothing is to be counted.
pub(crate) fn ran(paths: &mut [Path]) -> bool {
    let Ok(wanted) = env::var("COUNT_PATH") else { return false };
    let times = env::var("COUNT_TIMES").ok().and_then(|times| times.parse::<u32>().ok());
    let found = paths.iter_mut().find(|(name, _)| *name == wanted);
    let (_, path) = found.unwrap_or_else(|| panic!("there is no path {wanted}"));
    for _ in 0..times.expect("COUNT_TIMES is a number") {
        path();
    }
    true
}
