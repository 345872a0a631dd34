//! The reference of the settings is that of the types.

use super::File;

#[test]
fn the_reference_and_the_example_have_each_setting() {
    let compared = settings_reference::compare::<File>("sky-callback-gateway");
    assert_eq!(compared, Ok(()));
}
