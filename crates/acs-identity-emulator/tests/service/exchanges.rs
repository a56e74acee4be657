//! The recorded exchanges of the real service.

use super::support::exchanges::all_are_answered_alike;
use super::support::running::Running;

#[test]
fn every_recorded_exchange_is_answered_alike() {
    all_are_answered_alike(&mut Running::in_memory().client());
}
