//! Words of the screens about datasets.

use super::texts;

texts! { DATASETS_TEXTS:
    DATASET: "Dataset", "データセット";
    DATASETS_ABOUT: "Images with labels. Label 0 is normal, every other label is a kind of defect.",
        "ラベル付きの画像です。ラベル 0 は正常、それ以外は欠陥の種類を表します。";
    NO_DATASETS: "There is no dataset yet.", "データセットはまだありません。";
    TABLES: "Tables", "表";
    ROW_COUNT: "{count} row|{count} rows", "{count} 行";

    // NNC's dialog
    CREATE_DATASET: "Create Dataset", "データセットを作成";
    CREATE_ABOUT: "Create the images to learn from and the images to test with separately. The settings below are those of NNC's starter guide.",
        "学習用と評価用のデータセットを別々に作成します。初期設定は NNC のスタートガイドと同じです。";
    SOURCE_FILE: "Source file", "ソースファイル";
    DROP_HERE: "Drop a zip, a tar, a folder or a CSV here", "zip、tar、フォルダー、CSV をここにドロップ";
    SOURCE_HINT: "Folders inside are classes: 0 for normal parts, 1 and so on for kinds of defects. A CSV comes with its images.",
        "中のフォルダーがクラスになります。0 は正常品、1 以降は欠陥の種類です。CSV は画像と一緒にドロップしてください。";
    CLASSES_NOTE: "The folders become labels in the order of their names: {classes}. Label 0 counts as normal; where that is wrong, rename the folders.",
        "フォルダー名の順にラベルが付きます: {classes}。正常として扱うのはラベル 0 です。異なる場合はフォルダー名を変更してください。";
    AS_IS_ABOUT: "There is a table (CSV) with the images, so they become a dataset as they are.",
        "表（CSV）が含まれているため、画像は変換せずにそのままデータセットにします。";
    DATASET_FOLDER: "Name", "名前";
    DATASET_FOLDER_HINT: "Names the folder that the dataset is kept in.", "データセットを保存するフォルダーの名前です。";
    SHAPING_MODE: "Shaping mode", "シェイピングモード";
    SHAPING_HINT: "resize ignores the proportions, trimming cuts the edges off, padding adds black edges.",
        "resize は縦横比を無視して拡大・縮小、trimming は端を切り取り、padding は黒い余白を追加します。";
    RESIZE: "resize", "resize";
    TRIMMING: "trimming", "trimming";
    PADDING: "padding", "padding";
    COLOUR: "Colour", "色";
    RGB: "RGB (3)", "RGB（3）";
    MONOCHROME: "monochrome (1)", "モノクロ（1）";
    WIDTH: "Width", "幅";
    HEIGHT: "Height", "高さ";
    SHUFFLE: "Shuffle the order of the data", "データの順番を混ぜる";
    SHUFFLE_HINT: "Needed only when the rows are divided among two tables.", "2 つのデータセットに分割する場合にのみ必要です。";
    DATASET_NAME_1: "Dataset name 1", "データセット名1";
    DATASET_NAME_1_HINT: "A file name that ends in .csv", ".csv で終わるファイル名";
    DATASET_NAME_2: "Dataset name 2", "データセット名2";
    DATASET_NAME_2_HINT: "Made only where its share is more than 0", "割合が 0 より大きい場合にのみ作成";
    RATIO: "Ratio (%)", "割合 (%)";
    MORE_SETTINGS: "More settings", "詳細設定";
    ALPHA: "Transparent pixels", "透明な画素";
    ALPHA_HINT: "What to do with images that have transparent pixels.", "透明な画素を含む画像の扱いです。";
    ALPHA_REFUSE: "leave the image out", "画像を除外";
    ALPHA_DROP: "ignore transparency", "透明度を無視";
    ALPHA_WHITE: "lay on white", "白い背景に合成";
    ALPHA_BLACK: "lay on black", "黒い背景に合成";
    SCALE_16BIT: "Scale images of 16 bits to 8 bits", "16 ビット画像を 8 ビットに変換する";
    SCALE_16BIT_HINT: "Otherwise they are left out.", "チェックしない場合は除外します。";
    SEED: "Seed of the order", "シャッフルのシード値";
    SEED_HINT: "The same images with the same seed come in the same order.", "画像とシード値が同じなら、同じ順序になります。";

    // NNC's preview
    ABOUT_DATASET: "About this dataset", "データセットの概要";
    ROWS: "Rows", "行数";
    COLUMNS: "Columns", "列";
    LABEL_NORMAL: "Label 0, normal", "ラベル 0（正常）";
    LABEL_OF: "Label {label}", "ラベル {label}";
    NOTES: "{count} note from the creation|{count} notes from the creation", "作成時の通知 {count} 件";
    COMPARE_WITH: "Look for images that are also in", "重複を調べるデータセット";
    NO_DATASET: "none", "なし";
    CHECK: "Check", "検査";
    NOT_CHECKED: "Not checked yet. The check reads every file and lists every problem with its line.",
        "まだ検査していません。検査では全ファイルを読み込み、すべての問題を行番号付きで表示します。";
    CHECK_STALE: "The table has changed since it was checked.", "検査後に表が変更されています。";
    NO_PROBLEMS: "No problem found", "問題はありません";
    PREVIEW: "Preview", "プレビュー";
    TABLE: "Table", "表";
    LABEL: "Label", "ラベル";
    ALL_LABELS: "all", "すべて";
    SHOW_AS: "Show as", "表示形式";
    AS_TABLE: "Table", "表";
    AS_THUMBNAILS: "Thumbnails", "サムネイル";
    INDEX: "Index", "インデックス";
    ROW: "row {row}", "{row} 行";
    NO_ROWS: "There is no such row.", "該当する行はありません。";
    ENLARGE: "Enlarge {name}", "{name} を拡大";
    PAGES: "Pages", "ページ";
    PAGES_BELOW: "Pages, below the rows", "ページ（一覧の下）";
    ROWS_SHOWN: "Rows {first}–{last} of {count}", "{count} 行中 {first}–{last} 行";
    PAGE_NUMBER: "Page", "ページ番号";
    FIRST_PAGE: "First page", "最初のページ";
    PREVIOUS_PAGE: "Previous page", "前のページ";
    NEXT_PAGE: "Next page", "次のページ";
    LAST_PAGE: "Last page", "最後のページ";
}
