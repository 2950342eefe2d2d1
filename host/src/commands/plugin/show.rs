//! The parameter dialog of a plugin, as text, as JSON, and in the manner of a command's `--help` (NNC contract 5.2).

use std::fmt::Write;
use std::path::{Path, PathBuf};

use nnc_plugin_api::{Manifest, Parameter, ParameterKind, RequestedPermissions};
use serde_json::{Value, json};

use nnc_messages::{Say, messages, plain};
use nnc_registry::Allowed;
use nnc_text::PathText;

use super::trust::granted;

messages! {
    /// Fixed words of the dialog.
    enum ShowMessage {
        Licence { licence: String } => "licence: {licence}", "ライセンス: {licence}";
        File { file: PathBuf } => "file: {file}", "ファイル: {file}";
        Signed { name: String } => "signed by {name}", "{name} が署名";
        Known => "known, not signed by a trusted key", "登録済み（信頼された鍵の署名なし）";
        Unknown => "neither known nor signed by a trusted key", "未登録（信頼された鍵の署名なし）";
        WantsNetwork => "asks for the network", "ネットワークの使用を求めています";
        WantsToRead { what: String } => "asks to read {what}", "読み取りを求めています: {what}";
        WantsToWrite { what: String } => "asks to write {what}", "書き込みを求めています: {what}";
        OnlyEvaluates => "It only evaluates models, it cannot be trained.", "モデルの評価専用で、学習はできません。";
        Default { value: String } => ", default {value}", "、既定値 {value}";
        Required => ", required", "、必須";
        Usage { command: &'static str } => "usage: nnc-host {command} PROJECT -o OUT", "使い方: nnc-host {command} PROJECT -o OUT";
        Parameters => "parameters:", "パラメーター:";
        UsageDefault { value: String } => ", default={value}", "、既定値={value}";
    }
}

/// Text for people.
pub(super) fn as_text(path: &Path, manifest: &Manifest, allowed: &Allowed) -> String {
    let mut text = format!(
        "{} {} ({})\n{}\n\n{}\n{}\n{}\n",
        plain(&manifest.title),
        plain(&manifest.version),
        manifest.id,
        plain(&manifest.description),
        ShowMessage::Licence { licence: manifest.licence.clone() }.said(),
        ShowMessage::File { file: path.to_owned() }.said(),
        match &allowed.signer {
            Some(name) => ShowMessage::Signed { name: name.clone() }.said(),
            None if allowed.known => ShowMessage::Known.said(),
            None => ShowMessage::Unknown.said(),
        }
    );
    for request in requested(&manifest.permissions) {
        let _ = writeln!(text, "{}", request.said());
    }
    for right in granted(&allowed.permissions) {
        let _ = writeln!(text, "{}", right.said());
    }
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    if !manifest.trains {
        text += &format!("{}\n\n", ShowMessage::OnlyEvaluates.said());
    }
    for parameter in &manifest.parameters {
        let _ = writeln!(text, "  {}\n      {}", describe(parameter), plain(&parameter.help));
    }
    text
}

/// What the plugin asks for, one by one.
fn requested(permissions: &RequestedPermissions) -> Vec<ShowMessage> {
    let read = permissions.read.iter().map(|what| ShowMessage::WantsToRead { what: plain(what) });
    let write = permissions.write.iter().map(|what| ShowMessage::WantsToWrite { what: plain(what) });
    permissions.network.then_some(ShowMessage::WantsNetwork).into_iter().chain(read).chain(write).collect()
}

/// The manifest as the plugin gives it, and what a dialog shows for each parameter.
pub(super) fn as_json(path: &Path, manifest: &Manifest, allowed: &Allowed) -> Value {
    let dialog: Vec<Value> = manifest
        .parameters
        .iter()
        .map(|p| {
            json!({
                "name": p.name,
                "label": p.label(),
                "tag": p.kind.tag(),
                "expects": p.kind.expectation(),
                "default": p.default,
                "required": p.required,
            })
        })
        .collect();
    json!({
        "path": PathText(path),
        "manifest": manifest,
        "dialog": dialog,
        "known": allowed.known,
        "signer": allowed.signer,
        "granted": allowed.permissions,
    })
}

/// What a command with these options would print for `--help`, with the type tags and defaults of NNC's help texts.
pub(super) fn as_usage(manifest: &Manifest) -> String {
    let verb = if manifest.trains { "run" } else { "evaluate" };
    let mut text = ShowMessage::Usage { command: verb }.said();
    for parameter in &manifest.parameters {
        let field = format!("--param {}={}", parameter.name, placeholder(parameter));
        let _ = if parameter.required { write!(text, " {field}") } else { write!(text, " [{field}]") };
    }
    let (title, description) = (plain(&manifest.title), plain(&manifest.description));
    let _ = write!(text, "\n\n{title}\n\n{description}\n\n{}\n", ShowMessage::Parameters.said());
    for parameter in &manifest.parameters {
        let default = shown_default(parameter).map(|value| ShowMessage::UsageDefault { value }).said();
        let _ =
            writeln!(text, "  {}\n        {}{}{default}", parameter.name, plain(&parameter.help), parameter.kind.tag());
    }
    text
}

/// `feature_ratio (float): a number from 0.001 to 1, default 0.1`.
fn describe(parameter: &Parameter) -> String {
    let default = match shown_default(parameter) {
        Some(value) => ShowMessage::Default { value }.said(),
        None if parameter.required => ShowMessage::Required.said(),
        None => String::new(),
    };
    format!("{} ({}): {}{default}", parameter.name, plain(parameter.kind.name()), parameter.kind.said())
}

fn shown_default(parameter: &Parameter) -> Option<String> {
    parameter.default.as_ref().map(|value| value.as_str().map_or_else(|| value.to_string(), plain))
}

fn placeholder(parameter: &Parameter) -> String {
    match &parameter.kind {
        ParameterKind::Option { choices } => format!("{{{}}}", choices.join(",")),
        kind => plain(kind.name()).to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            id: "p".into(),
            title: "P\u{1b}[31m".into(),
            version: "1.0.0".into(),
            description: "Does.".into(),
            licence: "MIT".into(),
            trains: true,
            parameters: vec![
                Parameter::float("ratio", "ratio of features").default(0.1).range(0.0, 1.0),
                Parameter::option("mode", "how", &["a", "b"]).required(),
            ],
            permissions: RequestedPermissions {
                network: true,
                read: vec!["the calibration".into()],
                write: Vec::new(),
            },
        }
    }

    #[test]
    fn a_plugin_is_shown_in_three_ways() {
        let usage = as_usage(&manifest());
        assert!(usage.starts_with("usage: nnc-host run PROJECT -o OUT [--param ratio=FLOAT] --param mode={a,b}\n"));
        assert!(usage.contains("ratio\n        ratio of features(float), default=0.1\n"), "{usage}");
        assert!(usage.contains("how(option:a,b)\n"), "{usage}");
        assert!(!usage.contains('\u{1b}'));

        let text = as_text(Path::new("/p.so"), &manifest(), &Allowed::default());
        assert!(
            text.contains(
                "neither known nor signed by a trusted key\nasks for the network\nasks to read the calibration\n\n"
            ),
            "{text}"
        );
        let allowed = Allowed { signer: Some("Ann".into()), ..Allowed::default() };
        assert!(as_text(Path::new("/p.so"), &manifest(), &allowed).contains("/p.so\nsigned by Ann\n"));
        assert!(text.contains("ratio (float): a number from 0 to 1, default 0.1\n"), "{text}");
        assert!(text.contains("mode (option): one of a, b, required\n"), "{text}");

        let json = as_json(Path::new("/p.so"), &manifest(), &Allowed::default());
        assert_eq!(json["dialog"][0]["label"], "ratio - ratio of features(float)");
        assert_eq!(json["dialog"][1]["tag"], "(option:a,b)");
    }
}
