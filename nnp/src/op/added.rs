//! The example of the three steps in `op.rs`: a function type that nnabla does not have, registered in tests only.

use super::{
    declare::{function, words},
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::ShapeError;

words! {
    /// What the elements before the first one count as.
    pub enum Start {
        /// 0
        Zero = "zero",
        /// The first element
        First = "first",
    }
}

function! {
    /// Mixes every element with the `reach` elements before it: inputs x (…) and weight (reach); output (…, 1).
    pub struct Smear: "Smear" in "smear_param" {
        /// How many elements count.
        reach: int,
        /// What lies before the first element.
        start: word(Start),
    }
}

impl Rules for Smear {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and weight")?;
        inputs.shape(1, &[inputs.extent("reach", self.reach, 1)?])?;
        Ok([inputs.get(0)?, &[1]].concat())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        Operations::multiply_add(work.outputs().saturating_mul(work.input(1)))
    }
}

/// A network with this function, as the file has it.
fn network(arguments: &str) -> String {
    format!(
        "network {{\n  name: \"n\"\n  batch_size: 4\n  \
         variable {{\n    name: \"x\"\n    type: \"Buffer\"\n    shape {{\n      dim: -1\n      dim: 6\n    }}\n  }}\n  \
         variable {{\n    name: \"w\"\n    type: \"Parameter\"\n    shape {{\n      dim: 3\n    }}\n  }}\n  \
         variable {{\n    name: \"y\"\n    type: \"Buffer\"\n    shape {{\n      dim: -1\n      dim: 6\n      dim: 1\n    }}\n  }}\n  \
         function {{\n    name: \"f\"\n    type: \"Smear\"\n    input: \"x\"\n    input: \"w\"\n    output: \"y\"\n    \
         smear_param {{\n{arguments}    }}\n  }}\n}}\n"
    )
}

#[test]
fn a_registered_function_is_read_inferred_costed_and_printed() {
    let text = network("      reach: 3\n      start: \"first\"\n");
    let model = crate::nntxt::read(&text).unwrap();
    let network = &model.networks[0];
    assert_eq!(network.functions[0].op, Smear { reach: 3, start: Start::First }.into());
    network.validate().unwrap();
    assert_eq!(network.infer_shapes(2).unwrap()["y"], [2, 6, 1]);
    assert_eq!(network.cost().unwrap().operations.multiply_add, 6 * 3);
    assert_eq!(crate::nntxt::write(&model), text);
}

#[test]
fn what_does_not_fit_a_registered_function_is_named() {
    let refused = |arguments: &str| crate::nntxt::read(&network(arguments)).unwrap_err().to_string();
    assert!(refused("raech: 3\n").ends_with("unknown field \"raech\" in Smear; did you mean \"reach\"?"));
    assert!(refused("start: \"last\"\n").ends_with("is \"last\", expected \"zero\" or \"first\""));
    let wrong = crate::nntxt::read(&network("reach: 2\n")).unwrap();
    let error = wrong.networks[0].infer_shapes(1).unwrap_err().to_string();
    assert_eq!(error, "function \"f\": input 1 of Smear has shape [3], expected [2]");
}
