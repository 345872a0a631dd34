//! The reference of the settings is that of the types.

use super::File;

#[test]
fn the_reference_and_the_example_have_each_setting() {
    assert_eq!(settings_reference::compare::<File>("sky-worker"), Ok(()));
}
