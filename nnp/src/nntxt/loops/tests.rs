use super::*;
use crate::{error::TextErrorKind, nntxt};

fn variable(name: &str, kind: &str, loops: &[&str], dims: &str) -> String {
    let loops: String = loops.iter().map(|id| format!("repeat_id: '{id}' ")).collect();
    format!("variable {{ name: '{name}' type: '{kind}' {loops} shape {{ dim: [{dims}] }} }}\n")
}

fn function(name: &str, type_name: &str, loops: &[&str], inputs: &str, output: &str, arguments: &str) -> String {
    let loops: String = loops.iter().map(|id| format!("repeat_id: '{id}' ")).collect();
    format!(
        "function {{ name: '{name}' type: '{type_name}' {loops} input: [{inputs}] output: '{output}' {arguments} }}\n"
    )
}

fn read(infos: &[(&str, i64)], rest: &str) -> Result<Network, TextError> {
    let infos: String =
        infos.iter().map(|(id, times)| format!("repeat_info {{ id: '{id}' times: {times} }}\n")).collect();
    let text = format!("network {{ name: 'n' batch_size: 2\n{infos}{rest} }}");
    nntxt::read(&text).map(|mut model| model.networks.remove(0))
}

/// Every function on a line: its name, its type, what it reads, what it writes.
fn drawn(network: &Network) -> Vec<String> {
    let functions = network.functions.iter();
    functions
        .map(|f| format!("{} {} {} > {}", f.name, f.op.type_name(), f.inputs.join(" "), f.outputs.join(" ")))
        .collect()
}

/// tanh, three times over; each turn adds a bias of its own.
fn repeated(times: i64) -> Result<Network, TextError> {
    let rest = variable("x", "Buffer", &[], "-1, 4")
        + &variable("s", "Buffer", &["r"], "-1, 4")
        + &variable("b{r}/b", "Parameter", &["r"], "1, 4")
        + &variable("t", "Buffer", &["r"], "-1, 4")
        + &variable("y", "Buffer", &[], "-1, 4")
        + &function("s", "RepeatStart", &["r"], "'x', 't'", "s", "repeat_param { repeat_id: 'r' times: 3 }")
        + &function("t", "Add2", &["r"], "'s', 'b{r}/b'", "t", "add2_param { }")
        + &function("y", "RepeatEnd", &[], "'t'", "y", "repeat_param { repeat_id: 'r' times: 3 }");
    read(&[("r", times)], &rest)
}

#[test]
fn what_repeats_stands_there_once_for_each_turn() {
    let network = repeated(3).unwrap();
    assert_eq!(
        drawn(&network),
        [
            "s_r[0] Identity x > s_r[0]",
            "s_r[1] Identity t_r[0] > s_r[1]",
            "s_r[2] Identity t_r[1] > s_r[2]",
            "t_r[0] Add2 s_r[0] b[0]/b > t_r[0]",
            "t_r[1] Add2 s_r[1] b[1]/b > t_r[1]",
            "t_r[2] Add2 s_r[2] b[2]/b > t_r[2]",
            "y Identity t_r[2] > y",
        ]
    );
    network.validate().unwrap();
    assert_eq!(network.inputs().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["x"]);
    assert_eq!(network.outputs().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["y"]);
    // What is written has no loop left, and is read as the same.
    let model = crate::Model { networks: vec![network], ..crate::Model::default() };
    assert_eq!(nntxt::read(&nntxt::write(&model)).unwrap().networks, model.networks);
}

#[test]
fn a_recurrent_loop_hands_its_state_on() {
    let param = "recurrent_param { repeat_id: 'r' axis: 1 length: 2 }";
    let rest = variable("x", "Buffer", &[], "-1, 2, 4")
        + &variable("first", "Buffer", &[], "-1, 4")
        + &variable("i", "Buffer", &["r"], "-1, 4")
        + &variable("d", "Buffer", &["r"], "-1, 4")
        + &variable("w", "Parameter", &[], "1, 4")
        + &variable("a", "Buffer", &["r"], "-1, 4")
        + &variable("m", "Buffer", &["r"], "-1, 4")
        + &variable("o", "Buffer", &[], "-1, 2, 4")
        + &function("i", "RecurrentInput", &["r"], "'x'", "i", "recurrent_param { repeat_id: 'r' axis: 1 }")
        + &function("d", "Delay", &["r"], "'m', 'first'", "d", "recurrent_param { repeat_id: 'r' }")
        + &function("a", "Add2", &["r"], "'i', 'd'", "a", "add2_param { }")
        + &function("m", "Mul2", &["r"], "'a', 'w'", "m", "mul2_param { }")
        + &function("o", "RecurrentOutput", &[], "'m'", "o", param);
    let network = read(&[("r", 2)], &rest).unwrap();
    assert_eq!(
        drawn(&network),
        [
            "i Split x > i_r[0] i_r[1]",
            "d_r[0] Identity first > d_r[0]",
            "d_r[1] Identity m_r[0] > d_r[1]",
            "a_r[0] Add2 i_r[0] d_r[0] > a_r[0]",
            "a_r[1] Add2 i_r[1] d_r[1] > a_r[1]",
            "m_r[0] Mul2 a_r[0] w > m_r[0]",
            "m_r[1] Mul2 a_r[1] w > m_r[1]",
            "o Stack m_r[0] m_r[1] > o",
        ]
    );
    network.validate().unwrap();
}

#[test]
fn a_loop_in_a_loop_counts_the_inner_one_faster() {
    let inner = "repeat_param { repeat_id: 'q' times: 2 }";
    let outer = "repeat_param { repeat_id: 'r' times: 2 }";
    let rest = variable("x", "Buffer", &[], "-1, 4")
        + &variable("s", "Buffer", &["r"], "-1, 4")
        + &variable("u", "Buffer", &["r", "q"], "-1, 4")
        + &variable("b", "Parameter", &["r", "q"], "1, 4")
        + &variable("v", "Buffer", &["r", "q"], "-1, 4")
        + &variable("e", "Buffer", &["r"], "-1, 4")
        + &variable("y", "Buffer", &[], "-1, 4")
        + &function("s", "RepeatStart", &["r"], "'x', 'e'", "s", outer)
        + &function("u", "RepeatStart", &["r", "q"], "'s', 'v'", "u", inner)
        + &function("v", "Add2", &["r", "q"], "'u', 'b'", "v", "add2_param { }")
        + &function("e", "RepeatEnd", &["r"], "'v'", "e", inner)
        + &function("y", "RepeatEnd", &[], "'e'", "y", outer);
    let network = read(&[("r", 2), ("q", 2)], &rest).unwrap();
    assert_eq!(
        drawn(&network),
        [
            "s_r[0] Identity x > s_r[0]",
            "s_r[1] Identity e_r[0] > s_r[1]",
            "u_r[0]_q[0] Identity s_r[0] > u_r[0]_q[0]",
            "u_r[0]_q[1] Identity v_r[0]_q[0] > u_r[0]_q[1]",
            "u_r[1]_q[0] Identity s_r[1] > u_r[1]_q[0]",
            "u_r[1]_q[1] Identity v_r[1]_q[0] > u_r[1]_q[1]",
            "v_r[0]_q[0] Add2 u_r[0]_q[0] b_r[0]_q[0] > v_r[0]_q[0]",
            "v_r[0]_q[1] Add2 u_r[0]_q[1] b_r[0]_q[1] > v_r[0]_q[1]",
            "v_r[1]_q[0] Add2 u_r[1]_q[0] b_r[1]_q[0] > v_r[1]_q[0]",
            "v_r[1]_q[1] Add2 u_r[1]_q[1] b_r[1]_q[1] > v_r[1]_q[1]",
            "e_r[0] Identity v_r[0]_q[1] > e_r[0]",
            "e_r[1] Identity v_r[1]_q[1] > e_r[1]",
            "y Identity e_r[1] > y",
        ]
    );
    network.validate().unwrap();
}

#[test]
fn a_loop_that_does_not_hold_together_is_named() {
    let said = |infos: &[(&str, i64)], rest: &str| read(infos, rest).unwrap_err().to_string();
    let x = variable("x", "Buffer", &[], "-1, 4");
    let t = variable("t", "Buffer", &["r"], "-1, 4");
    let end = |id: &str, inputs: &str| {
        function("e", "RepeatEnd", &[], inputs, "x", &format!("repeat_param {{ repeat_id: '{id}' }}"))
    };
    for (infos, rest, expected) in [
        (("r", 0), x.clone(), "line 2, column 1: loop \"r\" of network \"n\": it runs 0 times, expected at least once"),
        (
            ("q", 2),
            t.clone(),
            "line 3, column 1: loop \"r\" of network \"n\": there is no such loop in the repeat_info of the network",
        ),
        (
            ("r", 2),
            t.clone() + &end("q", "'t'"),
            "line 4, column 1: loop \"q\" of network \"n\": there is no such loop in the repeat_info of the network",
        ),
        (
            ("r", 2),
            t.clone() + &end("r", "'t', 't'"),
            "line 4, column 1: loop \"r\" of network \"n\": function \"e\" has 2 inputs and 1 outputs, expected 1 and 1",
        ),
        (
            ("r", 2),
            t.clone() + &x + &function("f", "Tanh", &[], "'t'", "x", ""),
            "line 5, column 1: loop \"r\" of network \"n\": function \"f\" is outside of it and uses variable \"t\", \
             which is inside",
        ),
        (
            ("r", 2),
            t + &x + &function("f", "RecurrentOutput", &[], "'t'", "x", "recurrent_param { repeat_id: 'r' length: 3 }"),
            "line 5, column 1: loop \"r\" of network \"n\": function \"f\" puts 3 turns together, and it runs 2 times",
        ),
    ] {
        assert_eq!(said(&[infos], &rest), expected);
    }
}

/// Small texts that would become too large: each is refused, with the loop's name, before memory is.
#[test]
fn a_loop_does_not_grow_beyond_its_limits() {
    let problem = |network: Result<Network, TextError>| match network.unwrap_err().kind {
        TextErrorKind::Loop { id, problem, .. } => (id, problem),
        other => panic!("{other}"),
    };
    let bytes = LoopProblem::Bytes { limit: TEXT_LIMIT };
    assert_eq!(problem(repeated(i64::MAX)), ("r".into(), bytes.clone()));
    // The loops of a function alone, which reads and writes variables outside of them.
    let x = variable("x", "Buffer", &[], "-1, 4");
    let many = [("a", 1 << 40), ("b", 1 << 40)];
    let alone = x.clone() + &function("f", "Tanh", &["a", "b"], "'x'", "y", "");
    assert_eq!(problem(read(&many, &alone)).1, LoopProblem::Functions { limit: FUNCTION_LIMIT });
    // One function with any number of inputs or outputs.
    let param = format!("recurrent_param {{ repeat_id: 'a' length: {} }}", 1_i64 << 40);
    let output = x.clone() + &function("f", "RecurrentOutput", &[], "'x'", "y", &param);
    assert_eq!(problem(read(&many, &output)), ("a".into(), bytes.clone()));
    let input = x.clone() + &function("f", "RecurrentInput", &["a"], "'x'", "y", &param);
    assert_eq!(problem(read(&many, &input)), ("a".into(), bytes.clone()));
    // A long name for each turn.
    let long = variable(&"x".repeat(1 << 20), "Buffer", &["a"], "-1, 4");
    assert_eq!(problem(read(&many, &long)), ("a".into(), bytes.clone()));
    // A long id, which leaves no trace where a name has a place for it.
    let id = "i".repeat(20_000);
    let named = variable(&format!("{{{id}}}"), "Buffer", &[&id], "-1, 4");
    assert_eq!(problem(read(&[(&id, 4_000)], &named)), (id.as_str().into(), bytes));
    // More loops inside of each other than anybody draws.
    let ids: Vec<String> = (0..100).map(|id| id.to_string()).collect();
    let infos: Vec<(&str, i64)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
    let deep = x + &function("f", "Tanh", &ids.iter().map(String::as_str).collect::<Vec<_>>(), "'x'", "y", "");
    assert_eq!(problem(read(&infos, &deep)), ("32".into(), LoopProblem::Depth { limit: DEPTH_LIMIT }));
}
