//! The script child alone: what this crate's tests start instead of the whole program.

fn main() {
    std::process::exit(collection::script::child::child_main());
}
