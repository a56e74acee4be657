//! Chooses the proxy for a connection, by the rules of Python's requests: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`,
//! each in upper or lower case.

use std::env;
use std::ffi::OsString;

use crate::transport::proxy::no_proxy;
use crate::transport::proxy::proxy_error::{ProxyError, ProxyFault};
use crate::transport::proxy::proxy_url::{self, Proxy};

/// A function that reads an environment variable.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Returns the proxy for an https connection to this host, or `None` if the connection is direct.
///
/// # Errors
///
/// When the value of a proxy variable is malformed or not supported.
pub(crate) fn for_host(host: &str, port: u16) -> Result<Option<Proxy>, ProxyError> {
    choose(host, port, &|name| env::var_os(name))
}

fn choose(host: &str, port: u16, lookup: Lookup<'_>) -> Result<Option<Proxy>, ProxyError> {
    let Some((variable, value)) =
        given(["https_proxy", "HTTPS_PROXY"], lookup).or_else(|| given(["all_proxy", "ALL_PROXY"], lookup))
    else {
        return Ok(None);
    };
    // For urllib, an empty no_proxy hides NO_PROXY. For requests, it does not. Both of them can exclude a host.
    let filled = |name: &str| lookup(name).filter(|value| !value.is_empty());
    let for_requests = filled("no_proxy").or_else(|| filled("NO_PROXY"));
    let for_urllib = given(["no_proxy", "NO_PROXY"], lookup).map(|(_, list)| list);
    let excluded = |list: Option<OsString>, excludes: fn(&str, &str, u16) -> bool| {
        list.is_some_and(|list| excludes(&list.to_string_lossy(), host, port))
    };
    if excluded(for_requests, no_proxy::requests_excludes) || excluded(for_urllib, no_proxy::urllib_excludes) {
        return Ok(None);
    }
    let fail = |fault| ProxyError::new(variable, String::new(), fault);
    let url = value.into_string().map_err(|_| fail(ProxyFault::NotText))?;
    proxy_url::parse(&url, variable).map(Some).map_err(fail)
}

/// Returns the value of a variable in lower or upper case. The lower case wins, and hides the upper case even if it is
/// empty.
fn given([lower, upper]: [&'static str; 2], lookup: Lookup<'_>) -> Option<(&'static str, OsString)> {
    let (name, value) = match lookup(lower) {
        Some(value) => (lower, value),
        None => (upper, lookup(upper)?),
    };
    (!value.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use azure_core::http::Url;
    use pyjmespath::Value;

    use super::*;

    const CASES: &str = include_str!("../../../tests/proxy/cases.json");

    fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
        value.get(name).and_then(Value::as_str)
    }

    /// Returns the choice in the format of the cases.
    fn chosen(case: &Value) -> String {
        let Some(Value::Object(variables)) = case.get("environment") else { panic!("no environment") };
        let variables: HashMap<String, OsString> =
            variables.iter().map(|(name, value)| (name.to_string(), OsString::from(value.as_str().unwrap()))).collect();
        let url = Url::parse(text(case, "url").unwrap()).unwrap();
        if url.scheme() != "https" {
            return "direct".into();
        }
        let host = url.host_str().unwrap();
        match choose(host, url.port_or_known_default().unwrap(), &|name| variables.get(name).cloned()) {
            Ok(None) => "direct".into(),
            Ok(Some(proxy)) => format!(
                "{}://{} {}",
                if proxy.tls { "https" } else { "http" },
                proxy.address(),
                proxy.authorization().unwrap_or("-")
            ),
            Err(_) => "error".into(),
        }
    }

    #[test]
    fn the_choice_is_the_recorded_choice_of_requests() {
        let cases = Value::from_json(CASES).unwrap();
        let Some(Value::Array(cases)) = cases.get("cases") else { panic!("no cases") };
        let mut differences = Vec::new();
        for case in cases.iter() {
            let expected = match case.get("proxy") {
                // A proxy that is not supported is an error, never a direct connection.
                Some(proxy) if !matches!(text(proxy, "scheme"), Some("http" | "https")) => "error".into(),
                Some(proxy) => format!(
                    "{}://{}:{} {}",
                    text(proxy, "scheme").unwrap(),
                    text(proxy, "host").unwrap(),
                    proxy.get("port").unwrap().to_json(),
                    text(proxy, "authorization").unwrap_or("-")
                ),
                None if case.get("direct").is_some() => "direct".into(),
                None => "error".to_owned(),
            };
            let actual = chosen(case);
            if actual != expected {
                differences.push(format!("{}: {actual} instead of {expected}", case.to_json()));
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        assert_eq!(cases.len(), 96);
    }

    #[test]
    fn a_value_that_is_not_valid_utf_8_is_an_error() {
        let lookup = |name: &str| (name == "all_proxy").then(|| crate::system::not_text("http://p"));
        let error = choose("a", 443, &lookup).unwrap_err();
        assert_eq!(error.to_string(), "The proxy in all_proxy cannot be used: its value is not valid UTF-8.");
    }
}
