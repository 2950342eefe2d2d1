use super::*;

/// A project as the GUI exports it: a loop that no list of loops names, initializers, other field order, inline shapes.
const EXPORTED: &str = r#"
global_config { default_context { array_class: "CudaCachedArray" device_id: "0" backends: "cudnn:float" backends: "cuda:float" } }
training_config { max_epoch: 100 save_best: true }
network {
  name: "Main"
  batch_size: 64
  variable : { name: "Input" type: "Buffer" shape: { dim:-1 dim: 3 dim: 224 dim: 224 } }
  variable { name: "Affine/affine/W" type: "Parameter" repeat_id: "r" shape: { dim: 150528 dim: 10 } initializer { type: "NormalAffineHeGlorot" multiplier: 1 } }
  variable { name: "y" type: "Buffer" shape { dim: -1 dim: 10 } }
  function { name: "Affine" type: "Affine" input: "Input" input: "Affine/affine/W" output: "y" affine_param { base_axis: 1 } }
  function { name: "Start" type: "RepeatStart" input: "y" input: "z" output: "z" repeat_param { repeat_id: "r" times: 2 } }
  function { name: "New" type: "Warp" input: "z" output: "q" warp_param { depth: 3 mode: "x" } }
}
dataset { name: "Training" uri: "a.csv" batch_size: 64 }
executor {
  name: "Executor" network_name: "Main" num_evaluations: 1 repeat_evaluation_type: "mean"
  data_variable { variable_name: "Input" data_name: "x" }
  loss_variable { variable_name: "q" }
  output_variable { variable_name: "y" data_name: "y'" }
  parameter_variable { variable_name: "Affine/affine/W" learning_rate_multiplier: 1 }
}
"#;

#[test]
fn nothing_of_a_gui_project_is_lost() {
    let model = read(EXPORTED).unwrap();
    let backend = model.backend.as_ref().unwrap();
    assert_eq!((backend.backends.len(), backend.device_id.as_str()), (2, "0"));
    let network = &model.networks[0];
    assert_eq!(network.variables[1].kind, VariableKind::Parameter);
    assert!(matches!(&network.functions[0].op, Op::Affine(_)));
    assert!(matches!(&network.functions[1].op, Op::Other { type_name, .. } if type_name == "RepeatStart"));
    assert!(matches!(&network.functions[2].op, Op::Other { type_name, .. } if type_name == "Warp"));
    assert_eq!(model.executors[0].num_evaluations, 1);
    assert_eq!(model.other.fields.len(), 2);

    let written = write(&model);
    for part in [
        "    type: \"Parameter\"\n    repeat_id: \"r\"\n    shape {\n      dim: 150528\n      dim: 10\n    }\n    initializer {\n",
        "    repeat_param {\n      repeat_id: \"r\"\n      times: 2\n    }\n",
        "    warp_param {\n      depth: 3\n      mode: \"x\"\n    }\n",
        "  loss_variable {\n    variable_name: \"q\"\n  }\n  output_variable {\n",
        "    learning_rate_multiplier: 1.0\n",
    ] {
        assert!(written.contains(part), "{part} is not in\n{written}");
    }
    let again = read(&written).unwrap();
    assert_eq!(write(&again), written);
    assert_eq!(again.networks, model.networks);
    assert_eq!(again.executors, model.executors);
}

#[test]
fn old_contexts_and_parameters_in_the_text() {
    let text = "version: '0.1' global_config { default_context { backend: 'cpu|cuda' compute_backend: 'default|cudnn' } } \
                parameter { variable_name: 'w' shape { dim: 2 } data: [1, 2.5] need_grad: true }";
    let model = read(text).unwrap();
    assert_eq!(model.backend.as_ref().unwrap().other.fields.len(), 2);
    let parameter = model.parameters.get("w").unwrap();
    assert_eq!((&parameter.shape[..], &parameter.data[..], parameter.need_grad), (&[2][..], &[1.0, 2.5][..], true));
    assert!(
        write(&model)
            .starts_with("version: \"0.1\"\nglobal_config {\n  default_context {\n    backend: \"cpu|cuda\"\n")
    );
}

#[test]
fn mistakes_have_their_line() {
    for (text, expected) in [
        ("nework {\n}", "line 1, column 1: unknown field \"nework\" in the model; did you mean \"network\"?"),
        ("network {\n  nam: 'x'\n}", "line 2, column 3: unknown field \"nam\" in network; did you mean \"name\"?"),
        (
            "network {\n  variable {\n    typ: 'x'\n  }\n}",
            "line 3, column 5: unknown field \"typ\" in variable; did you mean \"type\"?",
        ),
        (
            "network {\n  variable { type: 'Bufer' }\n}",
            "line 2, column 14: field \"type\" of variable is \"Bufer\", expected \"Buffer\" or \"Parameter\"",
        ),
        (
            "network {\n  function {\n    inputs: 'x'\n  }\n}",
            "line 3, column 5: unknown field \"inputs\" in function; did you mean \"input\"?",
        ),
        (
            "network {\n  function { type: 'ReLU'\n    rely_param { }\n  }\n}",
            "line 3, column 5: unknown field \"rely_param\" in function; did you mean \"relu_param\"?",
        ),
        (
            "network {\n  function { type: 'ReLU'\n    relu_param { in_place: true }\n  }\n}",
            "line 3, column 18: unknown field \"in_place\" in ReLU; did you mean \"inplace\"?",
        ),
        (
            "global_config {\n} global_config { }",
            "line 2, column 3: field \"global_config\" of the model is given more than once",
        ),
        ("executor { data_variable { name: 'x' } }", "line 1, column 28: unknown field \"name\" in data_variable"),
        (
            "\nparameter { variable_name: 'w' shape { dim: 3 } data: 1 }",
            "line 2, column 1: parameter \"w\" has 1 values, its shape [3] needs 3",
        ),
        (
            "parameter { variable_name: 'w' shape { dim: -3 } data: 1 }",
            "line 1, column 1: parameter \"w\" has 1 values, its shape [-3] needs more than can be counted",
        ),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), expected, "{text}");
    }
}
