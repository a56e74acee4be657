//! Network interfaces.

/// Returns the number of the interface with this name.
pub fn interface(name: &str) -> Option<u32> {
    if !cfg!(target_os = "linux") || name.contains('/') || name.starts_with('.') {
        return None;
    }
    std::fs::read_to_string(format!("/sys/class/net/{name}/ifindex")).ok()?.trim().parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn an_interface_has_a_number() {
        if std::path::Path::new("/sys/class/net/lo").exists() {
            assert_eq!(interface("lo"), Some(1));
        }
        assert_eq!(interface("../lo"), None);
    }
}
