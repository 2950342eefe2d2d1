//! Links the plugin so that it lives beside other plugins and a host without libtorch.
#![allow(clippy::disallowed_macros, reason = "this is how a build script talks to Cargo")]

#[path = "../link.rs"]
mod link;
#[path = "../openblas.rs"]
mod openblas;

fn main() {
    link::plugin();
    openblas::link();
}
