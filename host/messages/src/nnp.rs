//! The sentences of `nnp`: what can be wrong with an NNP file, its network and its parameters.
//!
//! The errors of that crate may grow, so each list ends with an `else` that falls back to the English of the crate; a test
//! finds variants that have no entry here.

use ::nnp::error::{
    ExpectedToken, ExpectedValue, FileAction, GraphError, H5Error, H5Type, LoopProblem, Malformation, NnpError,
    ProtobufError, Requirement, ShapeError, TextError, TextErrorKind,
};

use crate::{Words, messages, sentences};

/// Names that a sentence lists before it counts the rest.
const LISTED: usize = 5;

messages! {
    /// Parts of the sentences below.
    enum Part {
        End => "the end of the text", "テキストの終わり";
        Character { found: String } => "{found}", "{found}";
        DidYouMean { name: &'static str } => "; did you mean \"{name}\"?", "（「{name}」の誤りではありませんか）";
        Count { count: usize } => "{count}", "{count} 個";
        Uncountable => "more than can be counted", "数えられないほど多数";
        More { count: usize } => " and {count} more", "、ほか {count} 個";
        Parameter { name: String } => "parameter \"{name}\"", "パラメーター「{name}」";
        Parameters { names: Vec<Part>, more: Option<Box<Part>> } => "parameters {names}{more}", "パラメーター {names}{more}";
        Quoted { name: String } => "\"{name}\"", "「{name}」";
    }
}

fn character(found: Option<char>) -> Part {
    found.map_or(Part::End, |found| Part::Character { found: format!("{found:?}") })
}

fn amount(values: Option<usize>) -> Part {
    values.map_or(Part::Uncountable, |count| Part::Count { count })
}

fn quoted(names: &[impl AsRef<str>]) -> Vec<Part> {
    names.iter().take(LISTED).map(|name| Part::Quoted { name: name.as_ref().to_owned() }).collect()
}

/// Parameters by name, counted where they are too many to list.
fn missing(names: &[String]) -> Part {
    if let [name] = names {
        return Part::Parameter { name: name.clone() };
    }
    let count = names.len().saturating_sub(LISTED);
    Part::Parameters { names: quoted(names), more: (count > 0).then(|| Part::More { count }.into()) }
}

sentences! {
    NnpError {
        Self::Io { path, action, reason } => "{path}: {action} the file: {reason}", "{path}: ファイルを{action}: {reason}";
        Self::Zip { path, reason } => "{path}: not a readable zip: {reason}", "{path}: zip として読み込めません: {reason}";
        Self::SameName { path } => "{path}: not a readable zip: two members have the same name", "{path}: zip として読み込めません: 同じ名前のメンバーが 2 つあります";
        Self::UnreadableMember { path, member, reason } => "{path}: not a readable zip: member \"{member}\": {reason}", "{path}: zip のメンバー「{member}」を読み込めません: {reason}";
        Self::NoMember { path, member } => "{path}: there is no member \"{member}\"", "{path}: メンバー「{member}」がありません";
        Self::DuplicateMember { path, member } => "{path}: member \"{member}\" occurs twice", "{path}: メンバー「{member}」が重複しています";
        Self::MemberTooLarge { path, member, limit } => "{path}: member \"{member}\" has more than {limit} bytes", "{path}: メンバー「{member}」が上限の {limit} バイトを超えています";
        Self::NoNetwork { path } => "{path}: no .nntxt or .prototxt member; an NNP has its network in one", "{path}: .nntxt または .prototxt のメンバーがありません。NNP のネットワークはこのいずれかに入っています";
        Self::Text { path, member, reason } => "{path}: member \"{member}\": {reason}", "{path}: メンバー「{member}」: {reason}";
        Self::NotText { path, member } => "{path}: member \"{member}\" is not UTF-8 text", "{path}: メンバー「{member}」は UTF-8 のテキストではありません";
        Self::Parameters { path, member, reason } => "{path}: member \"{member}\": {reason}", "{path}: メンバー「{member}」: {reason}";
        Self::H5 { path, member, reason } => "{path}: member \"{member}\": {reason}", "{path}: メンバー「{member}」: {reason}";
        else other => Words(other);
    }
}

sentences! {
    FileAction {
        Self::Open => "cannot open", "開けません";
        Self::Read => "cannot read", "読み込めません";
        Self::Copy => "cannot copy", "コピーできません";
        Self::Write => "cannot write", "書き込めません";
        Self::Create => "cannot create", "作成できません";
        Self::Replace => "cannot replace", "置き換えられません";
    }
}

sentences! {
    TextError {
        Self { line, column, kind } => "line {line}, column {column}: {kind}", "{line} 行目 {column} 文字目: {kind}";
    }
}

sentences! {
    TextErrorKind {
        Self::Unexpected { expected; found } => "found {what}, expected {expected}", "{expected}が必要ですが、{what}になっています" [what = character(*found)];
        Self::UnclosedString => "the string that starts here has no closing quote on its line", "ここから始まる文字列が、この行の中で引用符で閉じられていません";
        Self::Escape { escape } => "unknown escape sequence \\{escape} in a string", "文字列の中に不明なエスケープ \\{escape} があります";
        Self::NotUtf8 => "the string is not UTF-8; names and values of an NNP are", "文字列が UTF-8 ではありません。NNP の名前と値は UTF-8 です";
        Self::TooDeep { limit } => "messages are nested deeper than {limit} levels", "メッセージの入れ子が {limit} 段を超えています";
        Self::UnknownField { field, message; nearest } => "unknown field \"{field}\" in {message}{hint}", "{message} に不明なフィールド「{field}」があります{hint}" [hint = nearest.map(|name| Part::DidYouMean { name })];
        Self::Repeated { field, message } => "field \"{field}\" of {message} is given more than once", "{message} のフィールド「{field}」が複数回指定されています";
        Self::Value { field, message, found, expected } => "field \"{field}\" of {message} is {found}, expected {expected}", "{message} のフィールド「{field}」の値は {found} ですが、{expected}が必要です";
        Self::Loop { network, id, problem } => "loop \"{id}\" of network \"{network}\": {problem}", "ネットワーク「{network}」のループ「{id}」: {problem}";
        Self::ParameterLength { name, found; shape, expected } => "parameter \"{name}\" has {found} values, its shape {shape} needs {needed}", "パラメーター「{name}」の値は {found} 個ですが、形状 {shape} に必要なのは{needed}です" [shape = Words(format!("{shape:?}")), needed = amount(*expected)];
        else other => Words(other);
    }
}

sentences! {
    LoopProblem {
        Self::Times { found } => "it runs {found} times, expected at least once", "繰り返し回数が {found} 回です。1 回以上でなければなりません";
        Self::Unknown => "there is no such loop in the repeat_info of the network", "ネットワークの repeat_info にこのループがありません";
        Self::Connections { function, inputs, outputs, expected } => "function \"{function}\" has {inputs} inputs and {outputs} outputs, expected {expected} and 1", "関数「{function}」の入力は {inputs} 個、出力は {outputs} 個ですが、必要なのはそれぞれ {expected} 個と 1 個です";
        Self::Inside { function, variable } => "function \"{function}\" is outside of it and uses variable \"{variable}\", which is inside", "ループの外にある関数「{function}」が、ループの中の変数「{variable}」を使っています";
        Self::Length { function, found, times } => "function \"{function}\" puts {found} turns together, and it runs {times} times", "関数「{function}」は {found} 回分をまとめますが、繰り返しは {times} 回です";
        Self::Depth { limit } => "it is inside of {limit} others; so many are not unrolled", "ループの入れ子が {limit} 段を超えています";
        Self::Functions { limit } => "unrolled, the network has more than {limit} functions", "展開するとネットワークの関数が {limit} 個を超えます";
        Self::Bytes { limit } => "unrolled, the network takes more than {limit} bytes", "展開するとネットワークが {limit} バイトを超えます";
        else other => Words(other);
    }
}

sentences! {
    ExpectedToken {
        Self::FieldName => "a field name", "フィールド名";
        Self::FieldNameOr(close) => "a field name or {close}", "フィールド名または {close} ";
        Self::CommaOrBracket => ", or ]", ", または ] ";
        Self::ColonOrBrace => ": or {{", ": または {{ ";
        Self::Number => "a number after the minus", "マイナス記号の後に数値";
        Self::Value => "a value", "値";
    }
}

sentences! {
    ExpectedValue {
        Self::Text => "a quoted string", "引用符で囲んだ文字列";
        Self::WholeNumber => "a whole number of 64 bits", "64 ビットの整数";
        Self::Number => "a number", "数値";
        Self::Boolean => "true or false", "true または false ";
        Self::Message => "a message in braces", "波括弧で囲んだメッセージ";
        Self::OneOf(words) => "one of {words}", "{words}のいずれか" [words = quoted(words)];
    }
}

sentences! {
    ProtobufError {
        Self::Io { offset, reason } => "byte {offset}: {reason}", "{offset} バイト目: {reason}";
        Self::Truncated { offset, needed } => "byte {offset}: the data ends inside a field that needs {needed} more bytes; the file is cut short", "{offset} バイト目: フィールドの途中でデータが終わっています（あと {needed} バイト必要です）。ファイルが途中で切れています";
        Self::Malformed { offset, found } => "byte {offset}: {found} is not valid protobuf", "{offset} バイト目: protobuf として正しくありません: {found}";
        Self::Overrun { offset, found, limit } => "byte {offset}: a field of {found} bytes does not fit into the {limit} bytes left of its message", "{offset} バイト目: {found} バイトのフィールドが、メッセージの残り {limit} バイトに収まりません";
        Self::WireType { offset, field, found, expected } => "byte {offset}: field {field} has wire type {found}, expected {expected}", "{offset} バイト目: フィールド {field} のワイヤータイプは {found} ですが、{expected} が必要です";
        Self::NotUtf8 { offset } => "byte {offset}: a parameter name is not UTF-8", "{offset} バイト目: パラメーター名が UTF-8 ではありません";
        Self::Duplicate { offset, name } => "byte {offset}: parameter \"{name}\" is stored twice", "{offset} バイト目: パラメーター「{name}」が重複しています";
        Self::Length { name, found; shape, expected } => "parameter \"{name}\" has {found} values, its shape {shape} needs {needed}", "パラメーター「{name}」の値は {found} 個ですが、形状 {shape} に必要なのは{needed}です" [shape = Words(format!("{shape:?}")), needed = amount(*expected)];
        Self::TooLarge { found, limit } => "the parameters need {found} bytes, a protobuf message holds at most {limit}; use fewer features or a smaller model", "パラメーターは {found} バイトになりますが、protobuf のメッセージの上限は {limit} バイトです。特徴量を減らすか、小さいモデルを使ってください";
        else other => Words(other);
    }
}

sentences! {
    Malformation {
        Self::PackedFloats(bytes) => "packed float32 data of {bytes} bytes", "{bytes} バイトの float32 配列";
        Self::Group => "a group, which proto3 does not have", "グループ（proto3 にはありません）";
        Self::LongVarint => "a varint longer than 10 bytes", "10 バイトを超える varint";
        Self::Encoding(reason) => "{reason}", "{reason}";
        else other => Words(other);
    }
}

sentences! {
    H5Error {
        Self::Format { path, reason } => "{path}: {reason}; the file is damaged or no HDF5 that nnabla writes", "{path}: {reason}。ファイルが壊れているか、nnabla が書き出す HDF5 ではありません";
        Self::Contradiction { path } => "{path}: the structure contradicts itself; the file is damaged or no HDF5 that nnabla writes", "{path}: 構造が矛盾しています。ファイルが壊れているか、nnabla が書き出す HDF5 ではありません";
        Self::TooDeep { path, limit } => "{path}: groups are nested deeper than {limit} levels", "{path}: グループの入れ子が {limit} 段を超えています";
        Self::LinkedTwice { path } => "{path}: found on another path before; each group and dataset may have one place only", "{path}: 別のパスからも参照されています。グループとデータセットは 1 か所にしか置けません";
        Self::Duplicate { path } => "{path}: this parameter is stored twice", "{path}: このパラメーターは重複しています";
        Self::DataType { path, found } => "{path}: the dataset holds {found}, expected float32 or float64", "{path}: データセットの型は{found}ですが、float32 または float64 が必要です";
        Self::TooLarge { path, size; shape } => "{path}: a dataset of shape {shape} does not fit into a file of {size} bytes", "{path}: 形状 {shape} のデータセットは {size} バイトのファイルに収まりません" [shape = Words(format!("{shape:?}"))];
        Self::NoAttribute { path, attribute } => "{path}: the dataset has no attribute \"{attribute}\"; nnabla writes one for each parameter", "{path}: データセットに属性「{attribute}」がありません。nnabla は各パラメーターに書き込みます";
        Self::AttributeType { path, attribute, found } => "{path}: attribute \"{attribute}\" is {found}, expected one whole number or Boolean", "{path}: 属性「{attribute}」の型は{found}ですが、整数または真偽値 1 個が必要です";
        else other => Words(other);
    }
}

sentences! {
    H5Type {
        Self::Number(name) => "{name}", " {name} ";
        Self::BitField => "a bit field", "ビットフィールド";
        Self::Enumeration => "an enumeration", "列挙型";
        Self::Text => "a string", "文字列";
        Self::Compound => "a compound", "複合型";
        Self::Array => "an array", "配列";
        Self::VariableLength => "values of variable length", "可変長の値";
        Self::Opaque => "opaque bytes", "不透明なバイト列";
        Self::Reference => "a reference", "参照";
        else other => Words(other);
    }
}

sentences! {
    ShapeError {
        Self::Inputs { op, found, expected } => "{op} has {found} inputs, expected {expected}", "{op} の入力は {found} 個ですが、必要なのは次のとおりです: {expected}";
        Self::Rank { op, input, found, expected } => "input {input} of {op} has {found} axes, expected {expected}", "{op} の入力 {input} の軸は {found} 本ですが、必要なのは次のとおりです: {expected}";
        Self::Argument { op, argument, found, expected } => "argument {argument} of {op} is {found}, expected {expected}", "{op} の引数 {argument} の値は {found} ですが、必要なのは次のとおりです: {expected}";
        Self::Shape { op, input, expected; found } => "input {input} of {op} has shape {found}, expected {expected}", "{op} の入力 {input} の形状は {found} ですが、必要なのは次のとおりです: {expected}" [found = Words(format!("{found:?}"))];
        Self::Overflow { op } => "the output of {op} has more elements than this machine can count", "{op} の出力の要素数が大きすぎて、この計算機では数えられません";
        Self::Unknown { op } => "function type {op} is not known, so its output shape cannot be told", "関数の型 {op} は未対応のため、出力の形状が分かりません";
        else other => Words(other);
    }
}

sentences! {
    Requirement {
        Self::Words(words) => "{words}", "{words}";
        Self::AtLeast(least) => "at least {least}", "{least} 以上";
        Self::AxisOf(rank) => "an axis of the {rank} of the input", "入力の {rank} 本の軸のいずれか";
        Self::EachAxisOnce => "every axis at most once", "同じ軸を 2 回以上指定しないこと";
        Self::OnePerSpatialAxis(count) => "{count} values, one per spatial axis", "空間軸ごとに 1 個、合計 {count} 個の値";
        Self::AtMostValues(count) => "at most {count} values", "{count} 個以下の値";
        else other => Words(other);
    }
}

sentences! {
    GraphError {
        Self::UndeclaredVariable { network, function, variable } => "function \"{function}\" of network \"{network}\" uses variable \"{variable}\", which is not declared", "ネットワーク「{network}」の関数「{function}」が、宣言されていない変数「{variable}」を使っています";
        Self::DuplicateVariable { network, variable } => "variable \"{variable}\" of network \"{network}\" is declared twice", "ネットワーク「{network}」の変数「{variable}」が重複して宣言されています";
        Self::DuplicateFunction { network, function } => "function \"{function}\" of network \"{network}\" is declared twice", "ネットワーク「{network}」の関数「{function}」が重複して宣言されています";
        Self::TwoProducers { variable, first, second } => "variable \"{variable}\" is the output of both \"{first}\" and \"{second}\", expected one producer", "変数「{variable}」が関数「{first}」と「{second}」の両方の出力になっています。出力元は 1 つでなければなりません";
        Self::ProducedParameter { function, variable } => "function \"{function}\" writes \"{variable}\", which is a Parameter; only a Buffer can be an output", "関数「{function}」が Parameter の「{variable}」に書き込んでいます。出力にできるのは Buffer だけです";
        Self::Cycle { network, function } => "function \"{function}\" of network \"{network}\" depends on its own output", "ネットワーク「{network}」の関数「{function}」が自分自身の出力に依存しています";
        Self::UnknownFunction { function, type_name } => "function \"{function}\" has type {type_name}, which is not supported", "関数「{function}」の型 {type_name} には対応していません";
        Self::Shape { function, reason } => "function \"{function}\": {reason}", "関数「{function}」: {reason}";
        Self::Outputs { function, type_name, found, expected } => "function \"{function}\" lists {found} outputs, its type {type_name} gives {expected}", "関数「{function}」の出力は {found} 個と書かれていますが、型 {type_name} の出力は {expected} 個です";
        Self::DeclaredShape { variable, function, batch; declared, inferred } => "variable \"{variable}\" is declared as {declared}, function \"{function}\" gives {inferred} for batch {batch}", "変数「{variable}」の形状は {declared} と宣言されていますが、バッチサイズ {batch} のとき関数「{function}」の出力は {inferred} です" [declared = Words(format!("{declared:?}")), inferred = Words(format!("{inferred:?}"))];
        Self::Extent { variable; declared } => "variable \"{variable}\" is declared as {declared}, expected countable extents of at least 0 (-1 for the batch, first only)", "変数「{variable}」の形状は {declared} と宣言されていますが、各軸の長さは 0 以上でなければなりません（バッチを表す -1 は先頭だけに使えます）" [declared = Words(format!("{declared:?}"))];
        Self::BatchSize { network, found } => "network \"{network}\" has batch_size {found}, expected at least 1", "ネットワーク「{network}」の batch_size は {found} ですが、1 以上でなければなりません";
        Self::MissingParameters { network; parameters } => "{what} of network \"{network}\": missing from the parameters of the file", "ネットワーク「{network}」の{what}がファイルにありません" [what = missing(parameters)];
        Self::ParameterShape { network, parameter; found, declared } => "parameter \"{parameter}\" has shape {found}, network \"{network}\" declares {declared}", "パラメーター「{parameter}」の形状は {found} ですが、ネットワーク「{network}」では {declared} と宣言されています" [found = Words(format!("{found:?}")), declared = Words(format!("{declared:?}"))];
        Self::ExecutorNetwork { executor, network } => "executor \"{executor}\" names network \"{network}\", which is not in the file", "エグゼキューター「{executor}」が指定するネットワーク「{network}」がファイルにありません";
        Self::ExecutorVariable { executor, network, variable } => "executor \"{executor}\" names variable \"{variable}\", which network \"{network}\" does not have", "エグゼキューター「{executor}」が指定する変数「{variable}」がネットワーク「{network}」にありません";
        Self::UnboundInput { network, variable } => "input \"{variable}\" of the imported network \"{network}\" is not bound to a value", "取り込むネットワーク「{network}」の入力「{variable}」に値が割り当てられていません";
        Self::ForeignValue { network, value } => "value {value} does not belong to network \"{network}\"", "値 {value} はネットワーク「{network}」のものではありません";
        Self::NameTaken { network, name } => "name \"{name}\" is used twice in network \"{network}\"", "ネットワーク「{network}」で名前「{name}」が重複しています";
        Self::ParameterLength { parameter, found; shape } => "parameter \"{parameter}\" has {found} values, its shape {shape} needs another number", "パラメーター「{parameter}」の値は {found} 個ですが、形状 {shape} に必要な個数と一致しません" [shape = Words(format!("{shape:?}"))];
        Self::LostBatch { function, batch; found } => "function \"{function}\" gives {found} for batch {batch}: the first axis must stay the batch, because the file stores it as -1", "バッチサイズ {batch} のとき関数「{function}」の出力は {found} です。ファイルでは先頭の軸を -1 と書くため、先頭の軸はバッチのままでなければなりません" [found = Words(format!("{found:?}"))];
        else other => Words(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Said};

    fn both(error: &NnpError) -> (String, String) {
        (Said(error, Language::English).to_string(), Said(error, Language::Japanese).to_string())
    }

    #[test]
    fn an_error_is_said_with_its_causes() {
        let text = "network {\n  nmae: 'n'\n}\n";
        let reason = Box::new(::nnp::nntxt::read(text).unwrap_err());
        let (english, japanese) = both(&NnpError::Text { path: "a.nnp".into(), member: "net.nntxt".into(), reason });
        assert_eq!(
            english,
            "a.nnp: member \"net.nntxt\": line 2, column 3: unknown field \"nmae\" in network; did you mean \"name\"?"
        );
        assert_eq!(
            japanese,
            "a.nnp: メンバー「net.nntxt」: 2 行目 3 文字目: network に不明なフィールド「nmae」があります\
             （「name」の誤りではありませんか）"
        );
        let io = |action| NnpError::Io { path: "a.nnp".into(), action, reason: std::io::ErrorKind::NotFound.into() };
        for (action, japanese) in [
            (FileAction::Open, "a.nnp: ファイルを開けません: entity not found"),
            (FileAction::Create, "a.nnp: ファイルを作成できません: entity not found"),
        ] {
            assert_eq!(both(&io(action)).1, japanese);
        }
    }

    /// Where an error has no sentence, the English of its crate is said in every language.
    #[test]
    fn every_variant_has_its_sentence() {
        let sentences = include_str!("nnp.rs");
        let files = ["archive", "graph", "parameters", "shape", "text"];
        let mut variants = 0;
        for file in files {
            let path = format!("{}/../../nnp/src/error/{file}.rs", env!("CARGO_MANIFEST_DIR"));
            let source = std::fs::read_to_string(&path).unwrap();
            let (mut of_type, mut said) = (String::new(), "");
            for line in source.lines() {
                if let Some(name) = line.strip_prefix("pub enum ").and_then(|rest| rest.strip_suffix(" {")) {
                    of_type = name.to_owned();
                    let start = format!("sentences! {{\n    {name} {{\n");
                    let from = sentences.find(&start).unwrap_or_else(|| panic!("no sentences of {name}"));
                    said = &sentences[from..][..sentences[from..].find("\n}\n").unwrap()];
                } else if line == "}" {
                    of_type.clear();
                } else if let Some(variant) =
                    line.strip_prefix("    ").filter(|line| line.starts_with(char::is_uppercase))
                    && !of_type.is_empty()
                {
                    let name: String = variant.chars().take_while(|c| c.is_alphanumeric()).collect();
                    let entry = format!("        Self::{name}");
                    let has_entry = said.lines().any(|line| {
                        line.strip_prefix(&entry).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
                    });
                    assert!(has_entry, "{of_type}::{name} has no sentence");
                    variants += 1;
                }
            }
        }
        assert!(variants > 80, "{variants}");
    }
}
