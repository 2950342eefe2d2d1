//! What is said about networks and inputs that cannot be run.

use nnp::Op;
use nnp::op::Convolution;
use tch::{Device, Kind, Tensor};

use super::{compile, counting, network};
use crate::error::EngineError;
use crate::executor::{Executor, pass};

#[test]
fn mistakes_are_named() {
    let model = network(2, &[3, 4, 4], |b, x| {
        let weight = b.parameter("conv/W", &[1, 3, 1, 1], vec![1.0; 3]);
        b.apply(Convolution::new([0, 0], [1, 1], 1), &[x, weight]).unwrap()
    });
    let network = &model.networks[0];
    let fails = |network: &nnp::Network, parameters: &nnp::Parameters, wanted: &str| {
        Executor::new(network, parameters, &[wanted], Device::Cpu).err().unwrap().to_string()
    };
    assert_eq!(fails(network, &model.parameters, "z"), "network \"network\": variable \"z\" is not declared");
    assert_eq!(
        fails(network, &nnp::Parameters::new(), "y"),
        "network \"network\": parameter \"conv/W\" has no values in the file"
    );
    let mut other = model.parameters.clone();
    let mut parameter = other.get("conv/W").unwrap().clone();
    parameter.shape = vec![3, 1, 1, 1];
    other.insert(parameter);
    assert!(fails(network, &other, "y").contains("has shape [3, 1, 1, 1] and 3 values"));

    let mut strange = network.clone();
    strange.functions[0].op = Op::Other { type_name: "Strange".into(), arguments: Default::default() };
    assert_eq!(
        fails(&strange, &model.parameters, "y"),
        "function \"@network/Convolution\" of type Strange cannot be run: this function type is not supported"
    );

    let executor = compile(&model, pass::ALL);
    let error = executor.run(&Tensor::zeros([2, 3, 4, 5], (Kind::Float, Device::Cpu))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input \"x\" has shape [2, 3, 4, 5], the network expects [3, 4, 4] after the batch axis"
    );
    let error = executor.run_named(&[("X", &counting(&[1]))]).unwrap_err();
    assert_eq!(error.to_string(), "network \"network\": input \"x\" is needed and not given");
    let error = executor.run(&Tensor::zeros([2, 3, 4, 4], (Kind::Int64, Device::Cpu))).unwrap_err();
    assert!(matches!(&error, EngineError::Function { function, .. } if function == "@network/Convolution"), "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
}
