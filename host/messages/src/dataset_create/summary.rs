//! What the summary of a new dataset says of images and of the source.

use crate::{messages, sentences};
use nnc_dataset_create::{Change, Changed, Kind, Leak, Note};

sentences! {
    Note {
        Self::Wrapped { folders } =>
            "the class folders lie inside \"{folders}\" and not at the root; they were taken from there, Neural Network Console would find no image",
            "クラスのフォルダーが一番上ではなく \"{folders}\" の中にあったため、そこから読み込みました（Neural Network Console では画像が見つかりません）";
        Self::UnusualName { source, kind } =>
            "{source} is {kind} although its name says otherwise, and was read as one",
            "{source} は名前に関わらず{kind}のため、そのように読み込みました";
        Self::NormalIsNotZero { first, normal } =>
            "label 0, which means normal in anomaly detection, is folder \"{first}\" and not \"{normal}\": labels follow the names of the folders in their order; name them 0, 1 and so on",
            "異常検知で正常を表すラベル 0 が、\"{normal}\" ではなく \"{first}\" フォルダーになっています。ラベルはフォルダー名の順に付きます。フォルダー名を 0、1 などにしてください";
        Self::MoreBelow { images, example } =>
            "{images} images lie deeper than those that were taken, for example \"{example}\"; to use them, name the folder above their class folders",
            "取り込んだものより深い場所に画像が {images} 枚あります（\"{example}\" など）。それらを使う場合は、クラスのフォルダーを含むフォルダーを指定してください";
        Self::NotCompared { missing, rows, dataset } =>
            "{missing} of {rows} rows of {dataset} hold no image that can be read, and were not compared",
            "{dataset} の {rows} 行のうち {missing} 行は画像を読み込めないため、比較していません";
        Self::FromElsewhere { files, example } =>
            "{files} files lie outside of the source and were reached through links in it, for example \"{example}\"",
            "リンクを通じて、元のフォルダーの外にあるファイルを {files} 個読み込みました（\"{example}\" など）";
        Self::Unused(unused) => "{unused}", "{unused}";
        Self::OldRemains { reason, path } =>
            "the dataset is complete, but the one it replaces could not be removed ({reason}); remove {path} yourself",
            "データセットは完成していますが、置き換え前のものを削除できませんでした（{reason}）。{path} を手動で削除してください";
    }
}

sentences! {
    Kind {
        Self::Folder => "a folder", "フォルダー";
        Self::Zip => "a zip archive", " zip アーカイブ";
        Self::Tar => "a tar archive", " tar アーカイブ";
        Self::TarGz => "a tar archive inside gzip", " gzip で圧縮された tar アーカイブ";
    }
}

sentences! {
    Changed {
        Self { path, output, changes } => "{path} -> {output}: {changes}", "{path} -> {output}: {changes}";
    }
}

sentences! {
    Change {
        Self::Pixels(change) => "{change}", "{change}";
        Self::Renamed => "renamed", "名前を変更";
    }
}

sentences! {
    Leak {
        Self { first, first_csv, second, second_csv; exact, distance } =>
            "{second} ({second_csv}) is {likeness} {first} ({first_csv})",
            "{second}（{second_csv}）は {first}（{first_csv}）と{likeness}"
            [likeness = if *exact { Likeness::Same } else { Likeness::Near { distance: *distance } }];
    }
}

messages! {
    /// How alike two images are.
    enum Likeness {
        Same => "the same image as", "同じ画像です";
        Near { ; distance: f64 } =>
            "nearly the same image ({levels} grey levels apart) as",
            "ほぼ同じ画像です（輝度差 {levels} 階調）"
            [levels = format!("{distance:.2}")];
    }
}
