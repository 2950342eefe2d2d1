use super::*;
use proptest::prelude::*;

#[test]
fn every_dialect_reads_the_same() {
    let expected = parse("a: 1\nb {\n  c: \"x\"\n  d: -1\n  d: 2\n}\n").unwrap();
    for text in [
        "a:1 b{c:'x' d:[-1,2]}",
        "a: 1; b: { c: \"x\", d: - 1, d: 2, },",
        "# head\na : 1 # one\nb < c: 'x' d: [-1, 2] >",
        "\u{feff}a: 1\r\nb: <c: \"\\x78\" d: [ -1 , 2 ]; e: []>",
        "a: 1 b { c: \"\" '\\170' d: -1 d: 2 }",
    ] {
        assert_eq!(parse(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn lists_hold_messages_too() {
    assert_eq!(parse("a [{b: 1}, <b: 2>]").unwrap(), parse("a { b: 1 } a { b: 2 }").unwrap());
}

#[test]
fn escapes_are_those_of_c() {
    let text = r#"a: "x\' \" \\ \n\r\t\a\b\f\v\? \303\251 \u00e9 \U0001F600 é""#;
    let expected = "x' \" \\ \n\r\t\u{7}\u{8}\u{c}\u{b}? é é 😀 é";
    assert_eq!(parse(text).unwrap().fields[0].value, Value::Text(expected.into()));
}

#[test]
fn numbers_keep_their_text() {
    let message = parse("a: 0.90 a: 1e-05 a: 1E+3 a: -inf a: 0x1F a: true").unwrap();
    let values: Vec<_> = message.fields.iter().map(|f| f.value.to_string()).collect();
    assert_eq!(values, ["0.90", "1e-05", "1E+3", "-inf", "0x1F", "true"]);
}

#[test]
fn errors_say_where_and_what() {
    for (text, expected) in [
        ("a", "line 1, column 2: found the end of the text, expected : or {"),
        ("a:", "line 1, column 3: found the end of the text, expected a value"),
        ("a: }", "line 1, column 4: found '}', expected a value"),
        ("a: 1 }", "line 1, column 6: found '}', expected a field name"),
        ("a {\n  b: 1", "line 2, column 7: found the end of the text, expected a field name or }"),
        ("a <b: 1}", "line 1, column 8: found '}', expected a field name or >"),
        ("a: [1 2]", "line 1, column 7: found '2', expected , or ]"),
        ("a: -\"x\"", "line 1, column 5: found '\"', expected a number after the minus"),
        ("a: 1\n\n  é", "line 3, column 3: found 'é', expected a field name"),
        ("a: \"x\n\"", "line 1, column 4: the string that starts here has no closing quote on its line"),
        ("a: \"\\q\"", "line 1, column 5: unknown escape sequence \\q in a string"),
        ("a: \"\\777\"", "line 1, column 5: unknown escape sequence \\777 in a string"),
        ("a: \"\\ud800\"", "line 1, column 5: unknown escape sequence \\ud800 in a string"),
        ("a: \"\\", "line 1, column 5: unknown escape sequence \\ in a string"),
        ("a: \"\\377\"", "line 1, column 4: the string is not UTF-8; names and values of an NNP are"),
        ("1: 2", "line 1, column 1: found '1', expected a field name"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn a_bomb_of_braces_is_refused() {
    for (open, count) in [("a{", 1_000_000), ("a<", 65), ("a[{", 65)] {
        let error = parse(&open.repeat(count)).unwrap_err();
        assert_eq!(error.kind, TextErrorKind::TooDeep { limit: 64 }, "{open}");
    }
    let deep = "a{".repeat(64) + &"}".repeat(64);
    assert_eq!(parse(&parse(&deep).unwrap().to_string()), parse(&deep));
}

fn message() -> impl Strategy<Value = Message> {
    let scalar = prop_oneof![
        any::<i64>().prop_map(|i| Value::Literal(i.to_string())),
        any::<f64>().prop_map(|f| Value::Literal(crate::text::print::float64(f))),
        any::<String>().prop_map(Value::Text),
    ];
    let field = |value: BoxedStrategy<super::Value>| {
        prop::collection::vec(("[a-z_][a-z0-9_]{0,5}", value), 0..5).prop_map(|fields| {
            let mut message = Message::new();
            fields.into_iter().for_each(|(name, value)| message.push(&name, value));
            message
        })
    };
    field(scalar.clone().boxed()).prop_recursive(4, 32, 5, move |inner| {
        field(prop_oneof![scalar.clone(), inner.prop_map(Value::Message)].boxed())
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(message in message()) {
        prop_assert_eq!(parse(&message.to_string()), Ok(message));
    }

    #[test]
    fn no_text_panics(text in "[\\[\\]{}<>:;,#\"'\\\\a-c0-9xu.+ \\n-]{0,60}") {
        let _ = parse(&text);
    }
}
