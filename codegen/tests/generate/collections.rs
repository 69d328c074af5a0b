//! Collections inside a resource: which tags have some, and what the methods there are called.

use crate::inputs::{generate, lines};

/// The name of each resource and of its methods, a line a resource.
fn resources() -> Vec<String> {
    let generated = generate(include_str!("../fixtures/collections.yaml"))
        .unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    let mut found = Vec::new();
    for line in generated.files["resources.rs"].lines().map(str::trim) {
        let name = |rest: &str| rest.split(['(', ' ']).next().map(str::to_owned);
        if let Some(owner) = line.strip_prefix("impl ").and_then(name) {
            found.push(owner);
        } else if let Some(method) = line.strip_prefix("pub fn ").and_then(name) {
            let owner = found.last_mut().expect("an impl before its methods");
            owner.push(' ');
            owner.push_str(&method);
        }
    }
    found
}

#[test]
fn a_tag_whose_paths_are_all_below_its_own_has_a_resource_a_collection() {
    assert_eq!(
        resources(),
        [
            "Crews list_crews list_mates",
            "crate::transport::client_handle::Client crews",
            "Harbour list_dry_docks get_dry_dock get_dry_dock_ship list_ships move_ship",
            "crate::transport::client_handle::Client harbour",
            // `get` would say too little of two, and `move` is a keyword.
            "HarbourDryDocks list get_dry_dock get_dry_dock_ship",
            "Harbour dry_docks",
            "HarbourShips list move_ship",
            "Harbour ships",
            // One operation each is no collection.
            "Tides list_tides get_tide",
            "crate::transport::client_handle::Client tides",
        ]
    );
}
