//! What one sample costs in a network, under the keys of the status file (contract 9.6); `nnp` counts it.

use std::path::Path;

use nnp::{Cost, archive};
use serde_json::{Map, Value, json};

/// Adds `cost_multiply_add` and `statistics` of the network of `model` that an executor names first; nothing where
/// there is no such network or its shapes cannot be told.
pub(super) fn describe(model: &Path) -> Map<String, Value> {
    let mut keys = Map::new();
    let model = archive::read_graph(model).ok();
    if let Some(cost) = model.as_ref().and_then(|model| model.main_network()?.cost().ok()) {
        keys.insert("cost_multiply_add".to_owned(), json!(cost.operations.multiply_add));
        keys.insert("statistics".to_owned(), statistics(&cost));
    }
    keys
}

/// NNC's keys; the numbers are texts there.
fn statistics(cost: &Cost) -> Value {
    let operations = &cost.operations;
    json!({
        "Output": cost.outputs.to_string(),
        "CostParameter": cost.parameters.to_string(),
        "CostAdd": operations.add.to_string(),
        "CostMultiply": operations.multiply.to_string(),
        "CostMultiplyAdd": operations.multiply_add.to_string(),
        "CostDivision": operations.division.to_string(),
        "CostExp": operations.exp.to_string(),
        "CostIf": operations.comparison.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnp::op::Operations;

    #[test]
    fn numbers_are_texts_under_the_keys_of_nnc() {
        let operations = Operations { add: 3, multiply: 4, multiply_add: 5, division: 6, exp: 7, comparison: 8 };
        let found = statistics(&Cost { outputs: 1, parameters: 2, operations });
        let keys = [
            "Output",
            "CostParameter",
            "CostAdd",
            "CostMultiply",
            "CostMultiplyAdd",
            "CostDivision",
            "CostExp",
            "CostIf",
        ];
        for (key, number) in keys.iter().zip(1..) {
            assert_eq!(found[key], number.to_string(), "{key}");
        }
        assert_eq!(found.as_object().unwrap().len(), keys.len());
    }
}
