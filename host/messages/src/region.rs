//! Sentences of `nnc-region`.

use nnc_region::RegionError;

use crate::sentences;

sentences! {
    RegionError {
        Self::Unreadable { path, reason } => "cannot read the region of interest {path}: {reason}",
            "関心領域の画像 {path} を読み込めません: {reason}";
        Self::Picture { path, error } => "the region of interest {path} cannot be used: {error}",
            "関心領域の画像 {path} は使えません: {error}";
        Self::OtherSize { path; found, expected } =>
            "the region of interest {path} is {width}x{height}, the images are {wide}x{high}; draw it on one of them",
            "関心領域の画像 {path} は {width}x{height} ですが、データセットの画像は {wide}x{high} です。同じ大きさで作成してください"
            [width = found[1], height = found[0], wide = expected[1], high = expected[0]];
        Self::Polygon { number, corners, most } =>
            "polygon {number} of [dataset] roi has {corners} corners, expected 3 or more places [x, y] that are numbers, at most {most} in all polygons",
            "[dataset] の roi の多角形 {number} の頂点は {corners} 個です。数値の組 [x, y] を 3 個以上、全多角形で {most} 個以下で指定してください";
        Self::Empty { ; image } =>
            "the region of interest holds no pixel of an image of {width}x{height}; in a picture what is light counts, in polygons 0, 0 is the upper left corner",
            "関心領域に {width}x{height} の画像のピクセルが 1 つも含まれていません。画像では明るい部分、多角形では左上を 0, 0 とする座標で指定してください"
            [width = image[1], height = image[0]];
    }
}
