use super::*;

fn message(expression: &str) -> String {
    parse(expression).map_or_else(|error| error.to_string(), |_| "ok".into())
}

#[test]
fn errors_have_the_text_of_python() {
    assert_eq!(
        message("foo."),
        "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: eof: \
         Parse error at column 4, token \"\" (EOF), for expression:\n\"foo.\"\n     ^"
    );
    assert_eq!(message(""), "Invalid JMESPath expression: cannot be empty.");
    assert_eq!(
        message("a["),
        "Expecting: star, got: eof".replace("Expecting: star, got: eof", {
            "Invalid jmespath expression: Incomplete expression:\n\"a[\"\n   ^"
        })
    );
    assert_eq!(message("'x"), "Bad jmespath expression: Unclosed ' delimiter:\n'x\n^");
}

#[test]
fn deeply_nested_expressions_are_refused() {
    assert_eq!(parse(&"(".repeat(100_000)).err(), Some(CompileError::TooDeep));
    assert_eq!(parse(&format!("a{}", "|a".repeat(100_000))).err(), Some(CompileError::TooDeep));
    assert!(parse(&format!("a{}", ".a".repeat(10_000))).is_ok());
    assert!(parse(&format!("a{}", "[0]".repeat(10_000))).is_ok());
}
