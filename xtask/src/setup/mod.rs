//! One file per step of set-up. Each looks first and works offline once its work is done.

pub(crate) mod cabs;
pub(crate) mod cargo_deny;
pub(crate) mod cargo_fuzz;
pub(crate) mod cargo_tool;
pub(crate) mod crate_files;
pub(crate) mod debian;
pub(crate) mod geckodriver;
pub(crate) mod lock_file;
pub(crate) mod nginx;
pub(crate) mod node_packages;
pub(crate) mod rust_tools;
pub(crate) mod schemathesis;
pub(crate) mod test_programs;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_pack;
pub(crate) mod wasm_std;
pub(crate) mod wasm_target;
