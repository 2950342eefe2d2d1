//! Bytes of ONNX files for tests.

/// A field with a number.
pub(crate) fn int(tag: u32, value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    varint(u64::from(tag) << 3, &mut out);
    varint(value.cast_unsigned(), &mut out);
    out
}

/// A field with bytes: a text or a message.
pub(crate) fn bytes(tag: u32, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(u64::from(tag) << 3 | 2, &mut out);
    varint(content.len() as u64, &mut out);
    out.extend_from_slice(content);
    out
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A node, `Type(a, b) -> y`, with attributes.
pub(crate) fn node(op_type: &str, inputs: &[&str], outputs: &[&str], attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut node: Vec<u8> = inputs.iter().flat_map(|name| bytes(1, name.as_bytes())).collect();
    node.extend(outputs.iter().flat_map(|name| bytes(2, name.as_bytes())));
    node.extend(bytes(4, op_type.as_bytes()));
    node.extend(attributes.iter().flat_map(|attribute| bytes(5, attribute)));
    node
}

pub(crate) fn int_attribute(name: &str, value: i64) -> Vec<u8> {
    [bytes(1, name.as_bytes()), int(3, value), int(20, 2)].concat()
}

pub(crate) fn ints_attribute(name: &str, values: &[i64]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|&value| int(8, value)).collect();
    [bytes(1, name.as_bytes()), values, int(20, 7)].concat()
}

/// A constant of floats.
pub(crate) fn floats(name: &str, dims: &[i64], values: &[f32]) -> Vec<u8> {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    [dimensions(dims), int(2, 1), bytes(8, name.as_bytes()), bytes(9, &raw)].concat()
}

/// A constant of int64.
pub(crate) fn integers(name: &str, dims: &[i64], values: &[i64]) -> Vec<u8> {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    [dimensions(dims), int(2, 7), bytes(8, name.as_bytes()), bytes(9, &raw)].concat()
}

/// A constant of floats in the file `location`.
pub(crate) fn external(name: &str, dims: &[i64], location: &str) -> Vec<u8> {
    let entry = [bytes(1, b"location"), bytes(2, location.as_bytes())].concat();
    [dimensions(dims), int(2, 1), bytes(8, name.as_bytes()), bytes(13, &entry), int(14, 1)].concat()
}

fn dimensions(dims: &[i64]) -> Vec<u8> {
    dims.iter().flat_map(|&extent| int(1, extent)).collect()
}

/// An input or output of floats; an extent of 0 is free.
pub(crate) fn port(name: &str, shape: &[i64]) -> Vec<u8> {
    let extent = |&extent: &i64| if extent == 0 { bytes(2, b"batch") } else { int(1, extent) };
    let shape: Vec<u8> = shape.iter().flat_map(|one| bytes(1, &extent(one))).collect();
    let tensor = [int(1, 1), bytes(2, &shape)].concat();
    [bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()
}

/// A file with operators of version 18.
pub(crate) fn model(nodes: &[Vec<u8>], constants: &[Vec<u8>], inputs: &[Vec<u8>], outputs: &[Vec<u8>]) -> Vec<u8> {
    of_version(18, nodes, constants, inputs, outputs)
}

pub(crate) fn of_version(
    version: i64,
    nodes: &[Vec<u8>],
    constants: &[Vec<u8>],
    inputs: &[Vec<u8>],
    outputs: &[Vec<u8>],
) -> Vec<u8> {
    let all = |tag: u32, parts: &[Vec<u8>]| parts.iter().flat_map(|part| bytes(tag, part)).collect::<Vec<u8>>();
    let graph = [all(1, nodes), bytes(2, b"graph"), all(5, constants), all(11, inputs), all(12, outputs)].concat();
    [int(1, 8), bytes(7, &graph), bytes(8, &int(2, version))].concat()
}

/// A file of one input (batch, 4) named x and one output named y.
pub(crate) fn of_four(nodes: &[Vec<u8>], constants: &[Vec<u8>]) -> Vec<u8> {
    model(nodes, constants, &[port("x", &[0, 4])], &[port("y", &[0, 4])])
}
