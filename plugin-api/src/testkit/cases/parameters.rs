//! Cases about manifests and parameters.

use serde_json::Value;

use super::{Found, Setting, Verdict, polite};
use crate::error::ErrorKind;
use crate::parameter::{Parameter, ParameterKind};
use crate::parameters::Parameters;
use crate::testkit::Scene;

/// What the manifest's own check lets pass but people will miss.
pub(super) fn manifest(setting: &Setting<'_>) -> Found {
    let manifest = setting.kit.manifest();
    let texts = [
        ("title", &manifest.title),
        ("version", &manifest.version),
        ("description", &manifest.description),
        ("licence", &manifest.licence),
    ];
    let mut texts: Vec<(String, &String)> = texts.map(|(name, text)| (name.to_owned(), text)).into();
    texts.extend(manifest.parameters.iter().map(|p| (format!("help of parameter `{}`", p.name), &p.help)));
    for (name, text) in texts {
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(Verdict::Failed(format!("the {name} holds control characters")));
        }
        if text.trim().is_empty() {
            return Err(Verdict::Warning(format!("the {name} is empty")));
        }
    }
    let numbers = manifest.version.split('.').map(str::parse::<u32>);
    if numbers.clone().count() != 3 || numbers.clone().any(|n| n.is_err()) {
        return Err(Verdict::Warning(format!("the version {:?} is not of the form 1.2.3", manifest.version)));
    }
    for parameter in &manifest.parameters {
        if let ParameterKind::Option { choices } = &parameter.kind
            && let Some(twice) = choices.iter().enumerate().find_map(|(i, c)| choices[..i].contains(c).then_some(c))
        {
            return Err(Verdict::Failed(format!("parameter `{}` offers `{twice}` twice", parameter.name)));
        }
        if !parameter.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return Err(Verdict::Failed(format!("parameter `{}` cannot be written in a project file", parameter.name)));
        }
    }
    Ok(Verdict::Passed)
}

/// The values at the limits of a parameter.
fn extremes(parameter: &Parameter) -> Vec<Value> {
    match &parameter.kind {
        ParameterKind::Int { min, max } => [min, max].into_iter().flatten().map(|&v| v.into()).collect(),
        ParameterKind::Float { min, max } => [min, max].into_iter().flatten().map(|&v| v.into()).collect(),
        ParameterKind::Bool => vec![false.into(), true.into()],
        ParameterKind::Option { choices } => choices.iter().map(|c| c.as_str().into()).collect(),
        _ => Vec::new(),
    }
}

/// Trains (or loads) and scores with every parameter at each of its limits.
pub(super) fn ends(setting: &Setting<'_>) -> Found {
    let mut refused = Vec::new();
    for parameter in &setting.kit.manifest().parameters {
        // What the user has set stays as it is.
        if setting.kit.given().contains_key(&parameter.name) {
            continue;
        }
        for value in extremes(parameter) {
            let at = format!("{} = {value}", parameter.name);
            let kit = setting.kit.clone().with(&parameter.name, value);
            let work = || {
                let mut detector = match setting.model {
                    Some(model) if !kit.manifest().trains => kit.load(model)?,
                    _ => kit.train(2)?,
                };
                let samples = kit.draw(&detector, Scene::Normal, 1);
                detector.scores(&samples)
            };
            if setting.model.is_none() && !kit.manifest().trains {
                return Err(Verdict::Skipped("the plugin does not train; name a model with --model".to_owned()));
            }
            match work() {
                Ok(scores) => {
                    if let Some(output) = scores.first_not_finite() {
                        return Err(Verdict::Failed(format!("with {at} output `{output}` is no finite number")));
                    }
                }
                Err(error) if setting.kit.missing_weights().is_some() => return Err(setting.stop(&error)),
                Err(error) if matches!(error.kind(), ErrorKind::Parameter | ErrorKind::Data) => {
                    refused.push(format!("{at} ({})", error.message()));
                }
                Err(error) => {
                    return Err(Verdict::Failed(format!("with {at}, which its manifest permits: {}", error.message())));
                }
            }
        }
    }
    match refused.is_empty() {
        true => Ok(Verdict::Passed),
        false => Ok(Verdict::Warning(format!("the manifest permits what is refused later: {}", refused.join("; ")))),
    }
}

/// Later hosts may send parameters that today's manifest does not have.
pub(super) fn unknown(setting: &Setting<'_>) -> Found {
    let kit = setting.kit;
    let usual = Parameters::resolve(kit.manifest(), kit.given()).map_err(|error| Verdict::Failed(error.to_string()))?;
    let more = usual.with_unchecked("from_a_later_host", serde_json::json!({"nested": [1, 2]}));
    let model = setting.model.filter(|_| !kit.manifest().trains);
    if model.is_none() && !kit.manifest().trains {
        return Err(Verdict::Skipped("the plugin does not train; name a model with --model".to_owned()));
    }
    match kit.open_with(&more, model) {
        Ok(_) => Ok(Verdict::Passed),
        Err(error) if kit.missing_weights().is_some() => Err(setting.stop(&error)),
        Err(error) => {
            polite(&error, "an unknown parameter")?;
            Err(Verdict::Failed(format!("it refuses a parameter that it does not know: {}", error.message())))
        }
    }
}
