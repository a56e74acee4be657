//! The format `yaml`, as PyYAML's `safe_dump(default_flow_style=False, allow_unicode=True)` writes it: block style,
//! members sorted, single quotes if the plain form would be read as another value, folding at 80 columns, anchors for
//! shared containers.

mod analysis;
mod characters;
mod emitter;
mod nodes;
mod resolve;
mod scalar;
mod styles;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use pyjmespath::Value;

use emitter::Emitter;
use nodes::Position;

pub(crate) fn format(value: &Value) -> String {
    let mut emitter = Emitter { whitespace: true, indention: true, ..Emitter::default() };
    let mut seen = HashMap::new();
    // PyYAML cannot represent the selection of a query (an `OrderedDict`). knack then converts it through JSON, so
    // containers are no longer shared.
    if !holds_selected(value) {
        count_shared(value, &mut seen);
        emitter.shared = seen.into_iter().filter(|(_, count)| *count > 1).map(|(address, _)| (address, 0)).collect();
    }
    emitter.node(value, Position { root: true, ..Position::default() });
    if emitter.open_ended {
        emitter.indent = None;
        emitter.write_indent();
        emitter.out.push_str("...");
    }
    emitter.out.push('\n');
    emitter.out
}

fn holds_selected(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_selected),
        Value::Object(object) => object.is_selected() || object.values().any(holds_selected),
        _ => false,
    }
}

fn count_shared(value: &Value, seen: &mut HashMap<usize, usize>) {
    let Some(address) = value.address() else {
        return;
    };
    let count = seen.entry(address).or_insert(0);
    *count += 1;
    if *count > 1 {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| count_shared(item, seen)),
        Value::Object(object) => object.values().for_each(|item| count_shared(item, seen)),
        _ => {}
    }
}
