//! Network text (`.nntxt`, `.prototxt`) to and from [`Model`]: the messages of contract 7.3.
//!
//! Field names that a known message does not have are errors with their line, as in the reference parser. A function of
//! an unknown type is kept as [`Op::Other`]. A `context` per function is dropped: where to run is decided once per file. Loops
//! of the GUI are unrolled (`loops`), so that a [`Network`] never has any.

mod loops;

use crate::{
    error::{ExpectedValue, TextError, TextErrorKind},
    graph::{
        Backend, DataVariable, Executor, Function, Model, Network, OutputVariable, ParameterVariable, Variable,
        VariableKind,
    },
    op::{self, Op},
    parameter::{Parameter, Parameters},
    text::{self, Field, Fields, Message, Value},
};
use loops::Drawn;

/// Top-level messages that are kept as they are.
const UNTYPED: [&str; 5] = ["version", "training_config", "dataset", "optimizer", "monitor"];

/// Reads a model from text; its parameters are those in the text, usually none.
///
/// # Errors
/// [`TextError`] with line and column.
pub fn read(text: &str) -> Result<Model, TextError> {
    model(&text::parse(text)?)
}

/// Writes everything but the parameters, fields by ascending number as Python's protobuf prints them.
pub fn write(model: &Model) -> String {
    let mut out = Message::new();
    push_named(&mut out, &model.other, "version");
    if let Some(backend) = &model.backend {
        let mut config = Message::new();
        config.push_message("default_context", write_backend(backend));
        out.push_message("global_config", config);
    }
    push_named(&mut out, &model.other, "training_config");
    for network in &model.networks {
        out.push_message("network", write_network(network));
    }
    for name in ["dataset", "optimizer", "monitor"] {
        push_named(&mut out, &model.other, name);
    }
    for executor in &model.executors {
        out.push_message("executor", write_executor(executor));
    }
    out.to_string()
}

fn model(message: &Message) -> Result<Model, TextError> {
    let mut fields = Fields::new(message, "the model");
    let backend = match fields.message("global_config")? {
        Some(config) => global_config(config)?,
        None => None,
    };
    let networks = fields.messages("network")?.into_iter().map(network).collect::<Result<_, _>>()?;
    let executors = fields.messages("executor")?.into_iter().map(executor).collect::<Result<_, _>>()?;
    let mut parameters = Parameters::new();
    for field in fields.all("parameter") {
        parameters.insert(parameter(field, fields.as_message(field)?)?);
    }
    let other = fields.keep(&UNTYPED);
    fields.finish()?;
    Ok(Model { backend, networks, executors, parameters, other })
}

fn global_config(message: &Message) -> Result<Option<Backend>, TextError> {
    let mut fields = Fields::new(message, "global_config");
    let context = fields.message("default_context")?;
    fields.finish()?;
    let Some(context) = context else { return Ok(None) };
    let mut fields = Fields::new(context, "default_context");
    let backend = Backend {
        backends: fields.texts("backends")?,
        array_class: fields.text("array_class")?,
        device_id: fields.text("device_id")?,
        other: fields.keep(&["backend", "compute_backend"]),
    };
    fields.finish()?;
    Ok(Some(backend))
}

fn network(message: &Message) -> Result<Network, TextError> {
    let mut fields = Fields::new(message, "network");
    let network = Network {
        name: fields.text("name")?,
        batch_size: fields.int("batch_size")?,
        variables: fields.messages("variable")?.into_iter().map(variable).collect::<Result<_, _>>()?,
        functions: fields.messages("function")?.into_iter().map(function).collect::<Result<_, _>>()?,
    };
    fields.messages("repeat_info")?;
    let mut all = |name| fields.all(name).collect::<Vec<_>>();
    let (infos, variables, functions) = (all("repeat_info"), all("variable"), all("function"));
    fields.finish()?;
    // Without a list of loops nnabla takes what is drawn as it is.
    if infos.is_empty() { Ok(network) } else { loops::unroll(&Drawn { network, infos, variables, functions }) }
}

fn variable(message: &Message) -> Result<Variable, TextError> {
    let mut fields = Fields::new(message, "variable");
    let kind = match fields.one("type")? {
        Some(field) if field.value == Value::Text("Buffer".into()) => VariableKind::Buffer,
        Some(field) if field.value == Value::Text("Parameter".into()) => VariableKind::Parameter,
        Some(field) => return Err(fields.value(field, ExpectedValue::OneOf(vec!["Buffer", "Parameter"]))),
        None => VariableKind::Buffer,
    };
    let variable = Variable {
        name: fields.text("name")?,
        kind,
        shape: fields.shape("shape")?,
        other: fields.keep(&["repeat_id", "initializer"]),
    };
    fields.finish()?;
    Ok(variable)
}

fn function(message: &Message) -> Result<Function, TextError> {
    let mut fields = Fields::new(message, "function");
    let name = fields.text("name")?;
    let type_name = fields.text("type")?;
    let inputs = fields.texts("input")?;
    let outputs = fields.texts("output")?;
    fields.message("context")?;
    let arguments = match op::field(&type_name) {
        Some(field) => fields.message(field)?,
        None => None,
    };
    let known = op::is_known(&type_name);
    for field in fields.rest() {
        let of_other_type = field.name.ends_with("_param") && !known;
        if !of_other_type && !loops::FIELDS.contains(&field.name.as_str()) {
            return Err(fields.unknown(field));
        }
    }
    let op = if known {
        Op::read(&type_name, arguments.unwrap_or(&Message::new()))?
    } else {
        Op::Other { type_name, arguments: Message { fields: fields.rest().cloned().collect() } }
    };
    Ok(Function { name, op, inputs, outputs })
}

fn executor(message: &Message) -> Result<Executor, TextError> {
    let mut fields = Fields::new(message, "executor");
    let data = |message| {
        let mut fields = Fields::new(message, "data_variable");
        let variable =
            DataVariable { variable_name: fields.text("variable_name")?, data_name: fields.text("data_name")? };
        fields.finish().map(|()| variable)
    };
    let output = |message| {
        let mut fields = Fields::new(message, "output_variable");
        let variable = OutputVariable {
            variable_name: fields.text("variable_name")?,
            type_name: fields.text("type")?,
            data_name: fields.text("data_name")?,
        };
        fields.finish().map(|()| variable)
    };
    let parameter = |message| {
        let mut fields = Fields::new(message, "parameter_variable");
        let variable = ParameterVariable {
            variable_name: fields.text("variable_name")?,
            learning_rate_multiplier: fields.float("learning_rate_multiplier")?,
        };
        fields.finish().map(|()| variable)
    };
    let executor = Executor {
        name: fields.text("name")?,
        network_name: fields.text("network_name")?,
        num_evaluations: fields.int("num_evaluations")?,
        repeat_evaluation_type: fields.text("repeat_evaluation_type")?,
        need_back_propagation: fields.flag("need_back_propagation")?,
        data_variables: fields.messages("data_variable")?.into_iter().map(data).collect::<Result<_, _>>()?,
        output_variables: fields.messages("output_variable")?.into_iter().map(output).collect::<Result<_, _>>()?,
        parameter_variables: fields
            .messages("parameter_variable")?
            .into_iter()
            .map(parameter)
            .collect::<Result<_, _>>()?,
        no_image_normalization: fields.flag("no_image_normalization")?,
        other: fields.keep(&["generator_variable", "loss_variable"]),
    };
    fields.finish()?;
    Ok(executor)
}

fn parameter(field: &Field, message: &Message) -> Result<Parameter, TextError> {
    let mut fields = Fields::new(message, "parameter");
    let (name, declared, data) = (fields.text("variable_name")?, fields.shape("shape")?, fields.floats("data")?);
    let need_grad = fields.flag("need_grad")?;
    fields.finish()?;
    let shape: Option<Vec<usize>> = declared.iter().map(|&extent| usize::try_from(extent).ok()).collect();
    let elements = shape.as_deref().and_then(op::elements);
    match shape {
        Some(shape) if elements == Some(data.len()) => Ok(Parameter { name, shape, data: data.into(), need_grad }),
        _ => Err(TextError {
            line: field.position.line,
            column: field.position.column,
            kind: TextErrorKind::ParameterLength { name, found: data.len(), shape: declared, expected: elements },
        }),
    }
}

fn push_named(out: &mut Message, from: &Message, name: &str) {
    out.fields.extend(from.fields.iter().filter(|field| field.name == name).cloned());
}

fn write_backend(backend: &Backend) -> Message {
    let mut out = Message::new();
    for name in &backend.backends {
        out.push("backends", Value::Text(name.clone()));
    }
    out.push_text("array_class", &backend.array_class);
    out.push_text("device_id", &backend.device_id);
    out.fields.extend(backend.other.fields.iter().cloned());
    out
}

fn write_network(network: &Network) -> Message {
    let mut out = Message::new();
    out.push_text("name", &network.name);
    out.push_int("batch_size", network.batch_size);
    for variable in &network.variables {
        out.push_message("variable", write_variable(variable));
    }
    for function in &network.functions {
        out.push_message("function", write_function(function));
    }
    out
}

fn write_variable(variable: &Variable) -> Message {
    let mut out = Message::new();
    out.push_text("name", &variable.name);
    out.push_text(
        "type",
        match variable.kind {
            VariableKind::Buffer => "Buffer",
            VariableKind::Parameter => "Parameter",
        },
    );
    push_named(&mut out, &variable.other, "repeat_id");
    out.push_shape("shape", &variable.shape);
    push_named(&mut out, &variable.other, "initializer");
    out
}

fn write_function(function: &Function) -> Message {
    let mut out = Message::new();
    out.push_text("name", &function.name);
    out.push_text("type", function.op.type_name());
    if let Op::Other { arguments, .. } = &function.op {
        push_named(&mut out, arguments, "repeat_id");
    }
    for input in &function.inputs {
        out.push("input", Value::Text(input.clone()));
    }
    for output in &function.outputs {
        out.push("output", Value::Text(output.clone()));
    }
    if let Op::Other { arguments, .. } = &function.op {
        out.fields.extend(arguments.fields.iter().filter(|field| field.name != "repeat_id").cloned());
    } else if let Some(field) = op::field(function.op.type_name()) {
        let mut arguments = Message::new();
        function.op.write(&mut arguments);
        out.push_message(field, arguments);
    }
    out
}

fn write_executor(executor: &Executor) -> Message {
    let mut out = Message::new();
    out.push_text("name", &executor.name);
    out.push_text("network_name", &executor.network_name);
    out.push_int("num_evaluations", executor.num_evaluations);
    out.push_text("repeat_evaluation_type", &executor.repeat_evaluation_type);
    out.push_bool("need_back_propagation", executor.need_back_propagation);
    for variable in &executor.data_variables {
        let mut inner = Message::new();
        inner.push_text("variable_name", &variable.variable_name);
        inner.push_text("data_name", &variable.data_name);
        out.push_message("data_variable", inner);
    }
    push_named(&mut out, &executor.other, "generator_variable");
    push_named(&mut out, &executor.other, "loss_variable");
    for variable in &executor.output_variables {
        let mut inner = Message::new();
        inner.push_text("variable_name", &variable.variable_name);
        inner.push_text("type", &variable.type_name);
        inner.push_text("data_name", &variable.data_name);
        out.push_message("output_variable", inner);
    }
    for variable in &executor.parameter_variables {
        let mut inner = Message::new();
        inner.push_text("variable_name", &variable.variable_name);
        inner.push_f32("learning_rate_multiplier", variable.learning_rate_multiplier);
        out.push_message("parameter_variable", inner);
    }
    out.push_bool("no_image_normalization", executor.no_image_normalization);
    out
}

#[cfg(test)]
mod tests;
