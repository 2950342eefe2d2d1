//! Sentences of `nnc-dataset-create`: why no dataset came out, which files are left out and why, and what the user should
//! know about the result.

mod summary;

use crate::{messages, sentences};
use nnc_dataset_create::{
    ArchiveDefect, CreateError, Excess, LeftOut, NameDefect, NoImage, Obstacle, OptionError, ReadDefect, Reason,
    SourceKind, UnsafeName,
};

use crate::failure::{Exit, Failure};

impl From<CreateError> for Failure {
    fn from(error: CreateError) -> Self {
        let exit = match &error {
            CreateError::Option(_)
            | CreateError::TooManyToCompare { .. }
            | CreateError::TooManyFiles { .. }
            | CreateError::SameFolder { .. }
            | CreateError::Nested { .. }
            | CreateError::Exists { .. }
            | CreateError::Busy { .. } => Exit::Usage,
            CreateError::Unwritable { .. } | CreateError::NoThread { .. } => Exit::Failed,
            CreateError::Interrupted => Exit::Interrupted,
            _ => Exit::Dataset,
        };
        Self::new(exit, error)
    }
}

sentences! {
    CreateError {
        Self::Option(error) => "{error}", "{error}";
        Self::Unreadable { path, reason } => "cannot read {path}: {reason}", "{path} を読み込めません: {reason}";
        Self::NoArchive { path; found, in_gzip } =>
            "{path} is {found}, expected a .zip, .tar, .tar.gz or .tgz archive, or a folder, with one folder of images for each class",
            "{path} は{found}です。クラスごとの画像フォルダーを含む .zip、.tar、.tar.gz、.tgz のアーカイブ、またはフォルダーが必要です"
            [found = if *in_gzip { Packed::InGzip(*found) } else { Packed::Plain(*found) }];
        Self::TooManyFiles { path, limit } =>
            "{path} holds more than {limit} files; choose a folder with less in it, or raise --max-files",
            "{path} のファイルが {limit} 個を超えています。ファイルの少ないフォルダーを指定するか、--max-files の値を大きくしてください";
        Self::Damaged { path, defect } =>
            "the archive {path} is damaged or cut short ({defect}); copy it or create it again",
            "アーカイブ {path} が壊れているか、途中で切れています（{defect}）。もう一度コピーまたは作成してください";
        Self::Encrypted { path, entry } =>
            "the archive {path} is encrypted (\"{entry}\"); create it again without a password",
            "アーカイブ {path} は暗号化されています（\"{entry}\"）。パスワードなしで作り直してください";
        Self::UnsafeName { path, entry, what } =>
            "the archive {path} holds \"{entry}\", {what}; such a name can overwrite files elsewhere, so nothing was unpacked",
            "アーカイブ {path} に \"{entry}\"（{what}）があります。このような名前は他の場所のファイルを上書きするおそれがあるため、何も展開していません";
        Self::Bomb { path, excess } =>
            "the archive {path} unpacks to {excess} if it is not)",
            "アーカイブ {path} を展開すると {excess} の値を大きくしてください）";
        Self::HugeHeader { path, found, limit } =>
            "the archive {path} has a header of {found} bytes, more than {limit}; create it again with another tool",
            "アーカイブ {path} に {found} バイトのヘッダーがあり、上限の {limit} を超えています。別のツールで作り直してください";
        // NNC's own words begin the next three, in every language.
        Self::NoClassFolder { path } =>
            "Subdirectory not found in the input directory. {path} has no folder for a class; put the images into one, for example \"0\"",
            "Subdirectory not found in the input directory. {path} にクラスのフォルダーがありません。画像を \"0\" などのフォルダーに入れてください";
        Self::NoImage { path, found } =>
            "No image file found in the subdirectory of the input directory. In {path}: {found}",
            "No image file found in the subdirectory of the input directory. {path}: {found}";
        Self::SameFolder { path } =>
            "Input directory and output directory are same. Choose another folder than {path} for -o",
            "Input directory and output directory are same. -o には {path} 以外のフォルダーを指定してください";
        Self::Nested { inner, outer } =>
            "{inner} lies inside {outer}; choose an output folder outside the images",
            "{inner} は {outer} の中にあります。画像とは別の場所を出力フォルダーに指定してください";
        Self::NothingConverted { path, found, first } =>
            "none of the {found} images in {path} could be converted; the first, {first}",
            "{path} の画像 {found} 枚を 1 枚も変換できませんでした。最初の画像 {first}";
        Self::Exists { path, obstacle } =>
            "{path} exists already; {obstacle}",
            "{path} はすでに存在します。{obstacle}";
        Self::Busy { path } =>
            "another dataset create is writing {path}; wait for it or choose another folder",
            "別の dataset create が {path} に書き込んでいます。終了を待つか、別のフォルダーを指定してください";
        Self::Unwritable { path, reason } => "cannot write {path}: {reason}", "{path} に書き込めません: {reason}";
        Self::NoThread { reason } =>
            "cannot start threads: {reason}; lower --threads",
            "スレッドを開始できません: {reason}。--threads の値を小さくしてください";
        Self::Against(error) => "{error}", "{error}";
        Self::NothingToCompare { path } =>
            "no row of {path} holds an image that can be read, so nothing can be compared; name the CSV beside its images",
            "{path} に読み込める画像の行がないため、比較できません。画像がそろっている CSV を指定してください";
        Self::TooManyToCompare { found, limit } =>
            "--group likeness compares each image with each other, {found} of them, more than {limit}; name the groups with --group pattern or --group folder",
            "--group likeness はすべての画像どうしを比較しますが、画像が {found} 枚あり、上限の {limit} 枚を超えています。--group pattern または --group folder でグループを指定してください";
        Self::Interrupted => "stopped; nothing was written", "中断しました。何も書き込んでいません";
    }
}

sentences! {
    OptionError {
        Self::Width { found, limit } =>
            "--width is {found}, expected 1 to {limit}",
            "--width の値 {found} は正しくありません。1 から {limit} までで指定してください";
        Self::Height { found, limit } =>
            "--height is {found}, expected 1 to {limit}",
            "--height の値 {found} は正しくありません。1 から {limit} までで指定してください";
        Self::Channels(found) =>
            "--channels is {found}, expected 1 for grey or 3 for RGB",
            "--channels の値 {found} は正しくありません。グレースケールは 1、RGB は 3 を指定してください";
        Self::Ratio2(found) =>
            "--ratio2 is {found}, expected 0 to 100",
            "--ratio2 の値 {found} は正しくありません。0 から 100 までで指定してください";
        Self::File1(found) =>
            "--file1 is \"{found}\", expected the name of a file such as train.csv, without folders",
            "--file1 の値 \"{found}\" は正しくありません。train.csv のように、フォルダーを含まないファイル名を指定してください";
        Self::File2(found) =>
            "--file2 is \"{found}\", expected the name of a file such as test.csv, without folders",
            "--file2 の値 \"{found}\" は正しくありません。test.csv のように、フォルダーを含まないファイル名を指定してください";
        Self::SameFiles(name) =>
            "--file1 and --file2 are both {name}; give one of them another name",
            "--file1 と --file2 がどちらも {name} です。一方を別の名前にしてください";
        Self::GroupColumn(found) =>
            "--group-column is \"{found}\", expected the name of a column such as tile, of at most 200 bytes",
            "--group-column の値 \"{found}\" は正しくありません。tile のように、200 バイト以内の列名を指定してください";
        Self::NoName(path) => "-o {path} has no folder name", "-o {path} にフォルダー名がありません";
    }
}

messages! {
    /// What a source is, and whether gzip is around it.
    enum Packed {
        Plain(kind: SourceKind) => "{kind}", "{kind}";
        InGzip(kind: SourceKind) => "gzip around {kind}", " gzip で圧縮された{kind}";
    }
}

sentences! {
    SourceKind {
        Self::NotAFile => "a device or a pipe", "デバイスまたはパイプ";
        Self::OtherArchive => "another archive", "別のアーカイブ";
        Self::SevenZip => "a 7z archive", " 7z アーカイブ";
        Self::Rar => "a rar archive", " rar アーカイブ";
        Self::Bzip2 => "bzip2 data", " bzip2 データ";
        Self::Xz => "xz data", " xz データ";
        Self::Zstd => "zstd data", " zstd データ";
        Self::ZipPart => "one part of a zip archive in several parts", "分割された zip アーカイブの一部";
        Self::SingleImage => "a single image", "単独の画像";
        Self::EmptyFile => "an empty file", "空のファイル";
        Self::Unknown => "a file of an unknown kind", "不明な種類のファイル";
    }
}

sentences! {
    ArchiveDefect {
        Self::Decoder(reason) => "{reason}", "{reason}";
        Self::MembersOverlap => "members overlap", "メンバーが重なっています";
        Self::MemberTooLarge => "a member of 8 GiB or more", "8 GiB 以上のメンバーがあります";
        Self::NoEndMark => "its end mark is missing", "終了マークがありません";
        Self::NotReadToEnd => "it could not be read to its end", "最後まで読み込めませんでした";
    }
}

sentences! {
    UnsafeName {
        Self::Absolute => "an absolute path", "絶対パス";
        Self::Parent => "a path with \"..\" in it", "\"..\" を含むパス";
    }
}

// The middle of the sentence about a bomb, with the option that raises the limit.
sentences! {
    Excess {
        Self::Files { found, limit } =>
            "{found} files, more than {limit}; it looks like a zip bomb (raise --max-files",
            "{found} ファイルになり、上限の {limit} を超えます。zip 爆弾の可能性があります（問題のないものなら --max-files";
        Self::MoreFiles { limit } =>
            "more than {limit} files; it looks like a zip bomb (raise --max-files",
            "{limit} を超えるファイルになります。zip 爆弾の可能性があります（問題のないものなら --max-files";
        Self::Total { found, limit } =>
            "{found} bytes, more than {limit}; it looks like a zip bomb (raise --max-total",
            "{found} バイトになり、上限の {limit} バイトを超えます。zip 爆弾の可能性があります（問題のないものなら --max-total";
        Self::MoreTotal { found, limit } =>
            "{found} bytes or more, more than {limit}; it looks like a zip bomb (raise --max-total",
            "{found} バイト以上になり、上限の {limit} バイトを超えます。zip 爆弾の可能性があります（問題のないものなら --max-total";
        Self::Ratio { unpacked, packed, limit } =>
            "at least {unpacked} bytes from {packed}, more than {limit} to 1; it looks like a zip bomb (raise --max-ratio",
            "{packed} バイトから {unpacked} バイト以上になり、上限の {limit} 対 1 を超えます。zip 爆弾の可能性があります（問題のないものなら --max-ratio";
        Self::MemberRatio { member, unpacked, packed, limit } =>
            "{unpacked} bytes from {packed} (\"{member}\"), more than {limit} to 1; it looks like a zip bomb (raise --max-ratio",
            "{packed} バイトから {unpacked} バイト（\"{member}\"）になり、上限の {limit} 対 1 を超えます。zip 爆弾の可能性があります（問題のないものなら --max-ratio";
    }
}

sentences! {
    NoImage {
        Self::Deeper { example } =>
            "images lie deeper, for example \"{example}\"; pack the folder that holds the class folders, one archive for each of training and test",
            "画像がより深い場所にあります（\"{example}\" など）。クラスのフォルダーを含むフォルダーを、学習用と評価用で別々のアーカイブにしてください";
        Self::NoneReadable { files, first } =>
            "{files} files, none could be read; the first, {first}",
            "{files} 個のファイルを 1 つも読み込めませんでした。最初のファイル {first}";
        Self::NoneAnImage { files } =>
            "{files} files, none of them a .png, .jpg, .jpeg, .bmp, .gif, .tif or .tiff file in a class folder",
            "{files} 個のファイルの中に、クラスのフォルダーに入った .png、.jpg、.jpeg、.bmp、.gif、.tif、.tiff ファイルがありません";
    }
}

sentences! {
    Obstacle {
        Self::NotAFolder =>
            "it is not a folder; choose another name",
            "フォルダーではありません。別の名前を指定してください";
        Self::NotMadeHere =>
            "it was not made by dataset create, so it is never replaced; choose another folder",
            "dataset create が作成したものではないため、置き換えません。別のフォルダーを指定してください";
        Self::OtherFile(name) =>
            "it holds {name}, which dataset create did not make; choose another folder",
            "dataset create が作成していない {name} があります。別のフォルダーを指定してください";
        Self::NotAsked =>
            "choose another folder, or replace it with --force",
            "別のフォルダーを指定するか、--force で置き換えてください";
    }
}

sentences! {
    LeftOut {
        Self { path, reason } => "{path}: {reason}", "{path}: {reason}";
    }
}

sentences! {
    Reason {
        Self::NoImage => "not an image by its extension", "画像の拡張子ではありません";
        Self::NoClass =>
            "it is not in a class folder; NNC ignores it too",
            "クラスのフォルダーの中にありません（NNC も無視します）";
        Self::TooDeep =>
            "it lies deeper than in a class folder; NNC does not look there either",
            "クラスのフォルダーより深い場所にあります（NNC も調べません）";
        Self::Elsewhere =>
            "it lies outside the folder that holds the class folders",
            "クラスのフォルダーがある場所の外にあります";
        Self::Overwritten =>
            "a later file of the archive has the same name and is used instead",
            "アーカイブの後ろに同じ名前のファイルがあり、そちらを使います";
        Self::BadName(defect) => "its name {defect}", "名前{defect}";
        Self::NoFile =>
            "it is a device, a pipe or another special file",
            "デバイスやパイプなどの特殊なファイルです";
        Self::Link => "it is a link, which is never followed", "リンクです（リンク先はたどりません）";
        Self::TooLarge { limit } =>
            "the file has more than {limit} bytes (--max-file-size)",
            "ファイルが {limit} バイトを超えています（--max-file-size）";
        Self::Unreadable(defect) => "{defect}", "{defect}";
        Self::Picture(error) => "{error}", "{error}";
    }
}

sentences! {
    NameDefect {
        Self::NotUtf8 => "is not UTF-8", "が UTF-8 ではありません";
        Self::Empty => "is empty", "がありません";
        Self::TooLong => "has more than 4096 bytes, which no path can have", "が長すぎます（パスの上限 4096 バイトを超えています）";
        Self::Characters =>
            "holds control characters or characters that cannot be decoded",
            "に制御文字または読めない文字があります";
        Self::Backslash =>
            "holds a backslash, which datasets take for the separator of folders",
            "に、データセットではフォルダーの区切りとなるバックスラッシュがあります";
    }
}

sentences! {
    ReadDefect {
        Self::Failed(reason) => "cannot read it: {reason}", "読み込めません: {reason}";
        Self::TooLarge { limit } =>
            "the file has more than {limit} bytes (--max-file-size)",
            "ファイルが {limit} バイトを超えています（--max-file-size）";
        Self::LargerThanListed { listed } =>
            "it unpacks to more than the {listed} bytes that the archive lists",
            "展開すると、アーカイブに記録された {listed} バイトを超えます";
        Self::Damaged(reason) => "damaged in the archive: {reason}", "アーカイブの中で壊れています: {reason}";
        Self::Method(method) =>
            "compressed with method {method}{name}, which is not supported; create the archive again in the usual way (deflate)",
            "対応していない圧縮方式 {method}{name} です。通常の方式（deflate）でアーカイブを作り直してください"
            [name = method_name(*method)];
    }
}

/// What the number of a compression in a zip archive stands for, in brackets; names are the same in every language.
fn method_name(method: u16) -> &'static str {
    match method {
        1 => " (Shrink)",
        6 => " (Implode)",
        9 => " (Deflate64)",
        12 => " (bzip2)",
        14 => " (LZMA)",
        93 => " (Zstandard)",
        95 => " (xz)",
        98 => " (PPMd)",
        _ => "",
    }
}
