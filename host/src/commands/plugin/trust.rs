//! `plugin trust`: which plugins are known, whose signatures count, and what plugins were granted.

use std::path::{Path, PathBuf};

use nnc_console::print_line;
use nnc_messages::plain;
use nnc_messages::{Exit, Failure, Result, Say, messages};
use nnc_registry::Trust;
use nnc_sandbox::Permissions;

use super::print_json;
use crate::cli::{Grant, TrustArgs};

messages! {
    /// What the list says.
    enum TrustMessage {
        OnlyKnown { trust_file: PathBuf } => "only these plugins are allowed ({trust_file})", "次のプラグインだけを許可します（{trust_file}）";
        EveryPlugin { trust_file: PathBuf } => "every plugin is allowed ({trust_file})", "すべてのプラグインを許可します（{trust_file}）";
        Gone { file: PathBuf } => "{file} (gone)", "{file}（見つかりません）";
        NotKnown { file: PathBuf } => "{file} is not a known plugin; `nnc-host plugin trust` lists those that are",
            "{file} は登録されたプラグインではありません。`nnc-host plugin trust` で一覧を表示できます";
        Key { key: String, name: String } => "{key}  signatures of {name}", "{key}  {name} の署名";
        NothingToForget => "name the files or, with --key, the keys that are to be forgotten",
            "登録を取り消すファイル、または --key で鍵を指定してください";
    }
}

messages! {
    /// What a plugin may use beyond the usual.
    pub(super) enum Right {
        Network => "may use the network", "ネットワークの使用を許可";
        Read { folder: PathBuf } => "may read {folder}", "{folder} の読み取りを許可";
        Write { folder: PathBuf } => "may write {folder}", "{folder} への書き込みを許可";
    }
}

/// Runs the command.
pub(super) fn run(args: &TrustArgs) -> Result<()> {
    let mut trust = Trust::open()?;
    if args.forget && args.files.is_empty() && args.key.is_empty() {
        return Err(Failure::new(Exit::Usage, TrustMessage::NothingToForget));
    }
    let permissions = permissions(&args.allow)?;
    for file in &args.files {
        let path = std::path::absolute(file)?;
        if !args.forget {
            trust.add(path, permissions.clone())?;
        } else if !trust.forget(&path) {
            return Err(Failure::new(Exit::Usage, TrustMessage::NotKnown { file: path }));
        }
    }
    for key in &args.key {
        if args.forget { trust.forget_key(key)? } else { trust.add_key(key, args.name.as_deref())? }
    }
    trust.only_known = args.only_known.unwrap_or(trust.only_known);
    if !args.files.is_empty() || !args.key.is_empty() || args.only_known.is_some() {
        trust.save()?;
    }
    if args.json { print_json(&trust) } else { list(&trust) }
}

/// What the options of a command line grant; folders are relative to where the user is.
fn permissions(grants: &[Grant]) -> Result<Permissions> {
    let mut permissions = Permissions::default();
    for grant in grants {
        permissions = match grant {
            Grant::Network => Permissions { network: true, ..permissions },
            Grant::Read(folder) => permissions.reading(std::path::absolute(folder)?),
            Grant::Write(folder) => permissions.writing(std::path::absolute(folder)?),
        };
    }
    Ok(permissions)
}

fn list(trust: &Trust) -> Result<()> {
    let trust_file = Trust::path()?;
    let rule = match trust.only_known {
        true => TrustMessage::OnlyKnown { trust_file },
        false => TrustMessage::EveryPlugin { trust_file },
    };
    print_line(rule.said());
    for (hash, known) in &trust.known {
        print_line(format!("{hash}  {}", describe(&known.path)));
        for (name, hash) in &known.libraries {
            print_line(format!("{hash}    {}", plain(name)));
        }
        for right in granted(&known.permissions) {
            print_line(format!("  {}", right.said()));
        }
    }
    for (key, name) in &trust.keys {
        print_line(TrustMessage::Key { key: key.clone(), name: name.clone() }.said());
    }
    Ok(())
}

/// What permissions mean, one by one.
pub(super) fn granted(permissions: &Permissions) -> Vec<Right> {
    let read = permissions.read.iter().map(|folder| Right::Read { folder: folder.clone() });
    let write = permissions.write.iter().map(|folder| Right::Write { folder: folder.clone() });
    permissions.network.then_some(Right::Network).into_iter().chain(read).chain(write).collect()
}

fn describe(path: &Path) -> String {
    if path.is_file() { path.said() } else { TrustMessage::Gone { file: path.to_owned() }.said() }
}
