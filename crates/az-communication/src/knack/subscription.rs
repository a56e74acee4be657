//! Checks whether a login of the Azure CLI has the subscription of `--subscription`. The commands of the identity
//! service do not need a subscription, but the reference warns about an unknown one.

use serde_json::Value;

use crate::files::text_file::{self, TextFault};
use crate::knack::config::{self, Config};
use crate::report::printer::Printer;

/// Prints a warning if no login of this user has a subscription with that name or id.
pub fn warn_if_unknown(value: &str, config: &Config, printer: &Printer) {
    let cloud = config.get("cloud", "name").ok().flatten().unwrap_or_else(|| "AzureCloud".into());
    if !is_known(value, &cloud, &read_profile(printer)) {
        printer.warning(&format!("Subscription '{value}' not recognized."));
    }
}

fn is_known(value: &str, cloud: &str, profile: &Value) -> bool {
    let subscriptions = profile.get("subscriptions").and_then(Value::as_array);
    subscriptions.into_iter().flatten().any(|subscription| {
        let text = |name: &str| subscription.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_value = |text: &str| text.to_lowercase() == value.to_lowercase();
        text("environmentName") == cloud && (is_value(text("id")) || is_value(text("name")))
    })
}

/// Reads the logins that the Azure CLI stores. Without a login, they are empty.
fn read_profile(printer: &Printer) -> Value {
    let Some(path) = config::directory().map(|folder| folder.join("azureProfile.json")) else {
        return Value::Null;
    };
    let bytes = match text_file::read(&path, text_file::USUAL) {
        Ok(bytes) => bytes,
        Err(TextFault::System(_)) => return Value::Null,
        Err(why) => {
            printer.warning(&format!("{} cannot be read and is ignored: {why}.", path.display()));
            return Value::Null;
        }
    };
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    serde_json::from_slice(text).unwrap_or_else(|error| {
        printer.warning(&format!("{} is not valid JSON: {error}. Is it the Azure CLI's file?", path.display()));
        Value::Null
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_are_compared_without_case() {
        let profile = serde_json::json!({"subscriptions": [
            {"id": "1A", "name": "Production", "environmentName": "AzureCloud"},
            {"id": "2b", "name": "China", "environmentName": "AzureChinaCloud"},
        ]});
        let known = |value: &str| is_known(value, "AzureCloud", &profile);
        assert_eq!(
            ["1a", "1A", "production", "2b", "china", "x", ""].map(known),
            [true, true, true, false, false, false, false]
        );
        assert!(!is_known("x", "AzureCloud", &Value::Null));
    }
}
