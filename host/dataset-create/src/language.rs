//! What this crate says, in every language: the sentences of its errors, its reasons and its summary.

use nnc_language::{displayed_sentences, texts};

use crate::error::CreateError;

displayed_sentences! {
    CreateError {
        Self::Usage(text) => "{text}", "{text}";
        Self::Unreadable { path, reason } =>
            "cannot read {path}: {reason}",
            "{path} を読み込めません: {reason}"
            [path = path.display()];
        Self::NoArchive { path, found } =>
            "{path} is {found}, expected a .zip, .tar, .tar.gz or .tgz archive, or a folder, with one folder of images for each class",
            "{path} は{found}です。クラスごとの画像フォルダーを含む .zip、.tar、.tar.gz、.tgz のアーカイブ、またはフォルダーが必要です"
            [path = path.display()];
        Self::Damaged { path, reason } =>
            "the archive {path} is damaged or cut short ({reason}); copy or pack it again",
            "アーカイブ {path} が壊れているか、途中で切れています（{reason}）。もう一度コピーまたは作成してください"
            [path = path.display()];
        Self::Encrypted { path, entry } =>
            "the archive {path} is encrypted (\"{entry}\"); pack it again without a password",
            "アーカイブ {path} は暗号化されています（\"{entry}\"）。パスワードなしで作り直してください"
            [path = path.display()];
        Self::UnsafeName { path, entry, what } =>
            "the archive {path} holds \"{entry}\", {what}; such a name can overwrite files elsewhere, so nothing was unpacked",
            "アーカイブ {path} に \"{entry}\"（{what}）があります。このような名前は他の場所のファイルを上書きするおそれがあるため、何も展開していません"
            [path = path.display()];
        Self::Bomb { path, found, limit, option } =>
            "the archive {path} unpacks to {found}, more than {limit}; it looks like a zip bomb (raise {option} if it is not)",
            "アーカイブ {path} を展開すると {found} になり、上限の {limit} を超えます。zip 爆弾の可能性があります（問題のないものなら {option} の値を大きくしてください）"
            [path = path.display()];
        Self::HugeHeader { path, found, limit } =>
            "the archive {path} has a header of {found} bytes, more than {limit}; pack it again with another tool",
            "アーカイブ {path} に {found} バイトのヘッダーがあり、上限の {limit} を超えています。別のツールで作り直してください"
            [path = path.display()];
        // NNC's own words begin the next two and the fourth, in every language.
        Self::NoClassFolder { path } =>
            "Subdirectory not found in the input directory. {path} has no folder for a class; put the images into one, for example \"0\"",
            "Subdirectory not found in the input directory. {path} にクラスのフォルダーがありません。画像を \"0\" などのフォルダーに入れてください"
            [path = path.display()];
        Self::NoImage { path, found } =>
            "No image file found in the subdirectory of the input directory. In {path}: {found}",
            "No image file found in the subdirectory of the input directory. {path}: {found}"
            [path = path.display()];
        Self::SameFolder { path } =>
            "Input directory and output directory are same. Choose another folder than {path} for -o",
            "Input directory and output directory are same. -o には {path} 以外のフォルダーを指定してください"
            [path = path.display()];
        Self::Nested { inner, outer } =>
            "{inner} lies inside {outer}; choose an output folder beside the images",
            "{inner} は {outer} の中にあります。画像とは別の場所を出力フォルダーに指定してください"
            [inner = inner.display(), outer = outer.display()];
        Self::NothingConverted { path, found, first, reason } =>
            "none of the {found} images in {path} could be converted; the first, {first}: {reason}",
            "{path} の画像 {found} 枚を 1 枚も変換できませんでした。最初の画像 {first}: {reason}"
            [path = path.display()];
        Self::Exists { path, advice } =>
            "{path} exists already; {advice}",
            "{path} はすでに存在します。{advice}"
            [path = path.display()];
        Self::Busy { path } =>
            "another dataset create is writing {path}; wait for it or choose another folder",
            "別の dataset create が {path} に書き込んでいます。終了を待つか、別のフォルダーを指定してください"
            [path = path.display()];
        Self::Unwritable { path, reason } =>
            "cannot write {path}: {reason}",
            "{path} に書き込めません: {reason}"
            [path = path.display()];
        Self::Against(error) => "{error}", "{error}";
        Self::NothingToCompare { path } =>
            "no row of {path} holds an image that can be read, so that nothing can be compared; name the CSV beside its images",
            "{path} に読み込める画像の行がないため、比較できません。画像がそろっている CSV を指定してください"
            [path = path.display()];
        Self::Interrupted =>
            "stopped; nothing was written",
            "中断しました。何も書き込んでいません";
    }
}

texts! {
    /// Reasons, advice and the lines of the summary.
    pub(crate) enum Text {
        // Options that make no sense.
        SideIs: "--{0} is {1}, expected 1 to {2}", "--{0} の値 {1} は正しくありません。1 から {2} までで指定してください";
        ChannelsAre: "--channels is {0}, expected 1 for grey or 3 for RGB",
            "--channels の値 {0} は正しくありません。グレースケールは 1、RGB は 3 を指定してください";
        RatioIs: "--ratio2 is {0}, expected 0 to 100", "--ratio2 の値 {0} は正しくありません。0 から 100 までで指定してください";
        FileIs: "--{0} is {1}, expected the name of a file such as train.csv, without folders",
            "--{0} の値 {1} は正しくありません。train.csv のように、フォルダーを含まないファイル名を指定してください";
        SameFiles: "--file1 and --file2 are both {0}; give one of them another name",
            "--file1 と --file2 がどちらも {0} です。一方を別の名前にしてください";
        NoTable: "cannot write the table: {0}", "表を書き込めません: {0}";
        NoName: "-o {0} has no name of its own", "-o {0} にフォルダー名がありません";
        TooManyFiles: "{0} holds more than {1} files; choose a folder with less in it, or raise --max-files",
            "{0} のファイルが {1} 個を超えています。ファイルの少ないフォルダーを指定するか、--max-files の値を大きくしてください";

        // Why the output folder is not taken.
        NoFolder: "it is no folder; choose another name", "フォルダーではありません。別の名前を指定してください";
        NotMade: "it was not made by dataset create, so it is never replaced; choose another folder",
            "dataset create が作成したものではないため、置き換えません。別のフォルダーを指定してください";
        Stranger: "it holds {0}, which dataset create did not make; choose another folder",
            "dataset create が作成していない {0} があります。別のフォルダーを指定してください";
        UseForce: "choose another folder, or replace it with --force",
            "別のフォルダーを指定するか、--force で置き換えてください";

        // What a source is.
        DeviceOrPipe: "a device or a pipe", "デバイスまたはパイプ";
        GzipAround: "gzip around {0}", "gzip で圧縮された{0}";
        AnotherArchive: "another archive", "別のアーカイブ";
        SevenZip: "a 7z archive", " 7z アーカイブ";
        Rar: "a rar archive", " rar アーカイブ";
        Bzip2: "bzip2 data", " bzip2 データ";
        Xz: "xz data", " xz データ";
        Zstd: "zstd data", " zstd データ";
        ZipPart: "one part of a zip archive in several parts", "分割された zip アーカイブの一部";
        SingleImage: "a single image", "単独の画像";
        EmptyFile: "an empty file", "空のファイル";
        UnknownKind: "a file of an unknown kind", "不明な種類のファイル";
        AZip: "a zip archive", " zip アーカイブ";
        ATar: "a tar archive", " tar アーカイブ";
        ATarGz: "a tar archive inside gzip", " gzip で圧縮された tar アーカイブ";

        // What is wrong with an archive.
        AbsolutePath: "an absolute path", "絶対パス";
        DotsInPath: "a path with \"..\" in it", "\"..\" を含むパス";
        Files: "{0} files", "{0} ファイル";
        MoreFiles: "more than {0} files", "{0} を超えるファイル";
        Bytes: "{0} bytes", "{0} バイト";
        BytesFrom: "{0} bytes from {1}", "{1} バイトから {0} バイト";
        BytesFromIn: "{0} bytes from {1} (\"{2}\")", "{1} バイトから {0} バイト（\"{2}\"）";
        BytesOrMore: "{0} bytes or more from {1}", "{1} バイトから {0} バイト以上";
        ToOne: "{0} to 1", "{0} 対 1";
        MembersOverlap: "members overlap", "メンバーが重なっています";
        MemberTooLarge: "a member of 8 GiB or more", "8 GiB 以上のメンバーがあります";
        NoEndMark: "its end mark is missing", "終了マークがありません";
        NotReadToEnd: "it could not be read to its end", "最後まで読み込めませんでした";

        // Why a file is left out.
        NotUtf8: "its name is not UTF-8", "名前が UTF-8 ではありません";
        Nameless: "it has no name", "名前がありません";
        BadLetters: "its name holds control characters or unreadable letters", "名前に制御文字または読めない文字があります";
        Backslash: "its name holds a backslash, which data sets take for a folder",
            "名前に、データセットではフォルダーの区切りとなるバックスラッシュがあります";
        IsDevice: "it is a device or a pipe", "デバイスまたはパイプです";
        IsSparse: "it is a device, a pipe or a sparse file", "デバイス、パイプ、またはスパースファイルです";
        IsLink: "it is a link, which is never followed", "リンクです（リンク先はたどりません）";
        TooLarge: "the file has more than {0} bytes (--max-file-size)", "ファイルが {0} バイトを超えています（--max-file-size）";
        Overwritten: "the archive holds another file with this name behind it, which counts",
            "アーカイブの後ろに同じ名前のファイルがあり、そちらを使います";
        UnpacksToMore: "it unpacks to more than the {0} bytes that the archive tells",
            "展開すると、アーカイブに記録された {0} バイトを超えます";
        DamagedMember: "damaged in the archive: {0}", "アーカイブの中で壊れています: {0}";
        Method: "packed with method {0}, which is not supported; pack the archive again in the usual way (deflate)",
            "対応していない圧縮方式 {0} です。通常の方式（deflate）でアーカイブを作り直してください";
        NoDecoder: "no decoder for the extension {0}", "拡張子 {0} のデコーダーがありません";
        NoImage: "no image by its extension", "画像の拡張子ではありません";
        NoClass: "it lies in no class folder; NNC ignores it too", "クラスのフォルダーの中にありません（NNC も無視します）";
        TooDeep: "it lies deeper than in a class folder; NNC does not look there either",
            "クラスのフォルダーより深い場所にあります（NNC も調べません）";
        Elsewhere: "it lies outside of the folder that holds the class folders", "クラスのフォルダーがある場所の外にあります";

        // What is there instead of images.
        ImagesDeeper: "images lie deeper, as \"{0}\"; pack the folder that holds the class folders, one archive for each of training and test",
            "画像がより深い場所にあります（\"{0}\" など）。クラスのフォルダーを含むフォルダーを、学習用と評価用で別々のアーカイブにしてください";
        NoneReadable: "{0} files, none could be read; the first, {1}: {2}",
            "{0} 個のファイルを 1 つも読み込めませんでした。最初のファイル {1}: {2}";
        NoneAnImage: "{0} files, none of them a .png, .jpg, .jpeg, .bmp, .gif, .tif or .tiff file in a class folder",
            "{0} 個のファイルの中に、クラスのフォルダーに入った .png、.jpg、.jpeg、.bmp、.gif、.tif、.tiff ファイルがありません";

        // The summary.
        Rows: "{0}/{1}: {2} rows", "{0}/{1}: {2} 行";
        Class: "  label {0} = folder \"{1}\": {2} of {3} images", "  ラベル {0} = フォルダー \"{1}\": 画像 {3} 枚中 {2} 枚";
        OtherFolder: ", as \"{0}\" because folders differ in upper and lower case only",
            "（大文字と小文字だけが異なるフォルダーがあるため \"{0}\" として出力）";
        Note: "note: {0}", "注意: {0}";
        Change: "{0} -> {1}: {2}", "{0} -> {1}: {2}";
        AlphaDropped: "alpha-dropped", "アルファチャンネルを除去";
        AlphaBlended: "alpha-blended", "背景色と合成";
        SixteenBitScaled: "sixteen-bit-scaled", "16 ビットから 8 ビットに変換";
        OneBitSpread: "one-bit-spread", "1 ビットから 0 と 255 に変換";
        Renamed: "renamed", "名前を変更";
        Changed: "converted with a change: {0}", "変更を加えて変換した画像: {0} 枚";
        LeftOut: "left out: {0}", "除外したファイル: {0} 個";
        SameAs: "{0} ({1}) is the same as {2} ({3})", "{0}（{1}）は {2}（{3}）と同じ画像です";
        LevelsFrom: "{0} ({1}) is {4} levels from {2} ({3})", "{0}（{1}）は {2}（{3}）とほぼ同じ画像です（輝度差 {4} 階調）";
        Leaks: "warning: in both data sets, so that the evaluation looks better than it is: {0}",
            "警告: 両方のデータセットに含まれる画像があり、評価が実際より良く見えます: {0} 枚";
        More: "  and {0} more; --json lists them all", "  ほか {0} 件（--json ですべて表示します）";
        NotCompared: "{0} of {1} rows of {2} hold no image that can be read, and were not compared",
            "{2} の {1} 行のうち {0} 行は画像を読み込めないため、比較していません";
        OldRemains: "the data set is complete, but the one it replaces could not be removed ({0}); remove {1} yourself",
            "データセットは完成していますが、置き換え前のものを削除できませんでした（{0}）。{1} を手動で削除してください";
        NormalIsNot: "label 0, which means normal in anomaly detection, is folder \"{0}\" and not \"{1}\": labels follow the names of the folders in their order; call them 0, 1 and so on",
            "異常検知で正常を表すラベル 0 が、\"{1}\" ではなく \"{0}\" フォルダーになっています。ラベルはフォルダー名の順に付きます。フォルダー名を 0、1 などにしてください";
        MoreBelow: "{0} images lie deeper than those that were taken, as \"{1}\"; if they are meant, name the folder above their class folders",
            "取り込んだものより深い場所に画像が {0} 枚あります（\"{1}\" など）。それらを使う場合は、クラスのフォルダーを含むフォルダーを指定してください";
        Wrapped: "the class folders lie inside \"{0}\" and not at the root; they were taken from there, Neural Network Console would find no image",
            "クラスのフォルダーが一番上ではなく \"{0}\" の中にあったため、そこから読み込みました（Neural Network Console では画像が見つかりません）";
        WhateverItsName: "{0} is {1} whatever its name says, and was read as one",
            "{0} は名前に関わらず{1}のため、そのように読み込みました";
    }
}

#[cfg(test)]
mod tests {
    use nnc_language::{Language, places};

    use super::*;

    #[test]
    fn texts_have_the_same_places() {
        for text in Text::ALL {
            let of = |language| places(text.of(language));
            assert_eq!(of(Language::English), of(Language::Japanese), "{}", text.key());
        }
    }
}
