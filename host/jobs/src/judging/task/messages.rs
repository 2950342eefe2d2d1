//! What is said about the task of a model.

use nnc_messages::messages;
use nnc_report::Task;

messages! {
    pub(crate) enum TaskMessage {
        Judged { task: Task, output: String, reason: Box<Reason> } => "judged as {task} by output `{output}`: {reason}; `--task`, or `[score] task` in the project, says otherwise where that is wrong",
            "出力 `{output}` を{task}として評価します。{reason}。異なる場合は `--task` またはプロジェクトの `[score] task` で指定してください";
        OneOfSeveral { task: Task, output: String, reason: Box<Reason>, other: Task } => "judged as {task} by output `{output}`, the first that says something: {reason}. Another output would make it {other}; choose with `--task`, or `[score] task` in the project",
            "最初に該当した出力 `{output}` を{task}として評価します。{reason}。別の出力では{other}とも考えられます。`--task` またはプロジェクトの `[score] task` で選択できます";
        Shown { output: String, shape: String } => "output `{output}` of shape {shape} fits no label of the dataset, so nothing is judged; `--task`, or `[score] task` in the project, can say what it is",
            "出力 `{output}`（形状 {shape}）に合うラベルがデータセットにないため、評価は行わず出力を表示します。`--task` またはプロジェクトの `[score] task` で種類を指定できます";
        AsWanted { task: Task, output: String } => "judged as {task} by output `{output}`, as `--task` or `[score] task` says",
            "`--task` または `[score] task` の指定により、出力 `{output}` を{task}として評価します";
        NothingWanted => "nothing is judged, as `--task` or `[score] task` says", "`--task` または `[score] task` の指定により、評価は行いません";
        Impossible { task: Task, amiss: Lacking } => "--task or [score] task is {task}, but {amiss}", "--task または [score] task に{task}が指定されていますが、{amiss}";
        NoThreshold { task: Task } => "thresholds, normal images and masks are for anomaly scores; {task} goes without them",
            "しきい値・正常画像・マスクは異常度スコアのための設定です。{task}では使用しません";
    }
}

messages! {
    /// Why a model is taken for what it is.
    pub(crate) enum Reason {
        SameShape { name: String } => "it has the shape of the input `{name}`, and what they differ in is the anomaly map", "入力 `{name}` と同じ形状のため、その差を異常度マップとします";
        Softmax { values: usize } => "its {values} values come from a softmax", "{values} 個の値がソフトマックスの出力です";
        Classes { name: String, values: usize, largest: usize } => "`{name}` holds whole numbers from 0 to {largest} and the output {values} values", "`{name}` が 0 ～ {largest} の整数で、出力が {values} 個の値です";
        Categories { name: String, columns: usize } => "exactly one of the {columns} columns of `{name}` is 1 in every row", "`{name}` の {columns} 列のうち、どの行でもちょうど 1 列が 1 です";
        Sigmoid { name: String } => "`{name}` holds 0 and 1 and the output comes from a sigmoid", "`{name}` が 0 と 1 で、出力がシグモイドの値です";
        TwoClasses { name: String } => "`{name}` holds nothing but 0 and 1, so the output counts as class 1 from 0.5 on (it could also be a regression)", "`{name}` が 0 と 1 だけのため、出力が 0.5 以上をクラス 1 とみなします（回帰とも考えられます）";
        Numbers { name: String } => "`{name}` holds a number for each of its values", "`{name}` に各値の数値があります";
        SeveralAtOnce { name: String } => "several columns of `{name}` are 1 at once, and classes that do not exclude each other are judged as numbers", "`{name}` では複数の列が同時に 1 になるため、排他的でないクラスを数値として評価します";
        SameShapeAsFiles { name: String } => "`{name}` names a file of the shape of the output for it to come near to", "`{name}` が出力と同じ形状のファイル（目標）です";
        LabelImages { name: String } => "`{name}` names a label image of the size of the output", "`{name}` が出力と同じ大きさのラベル画像です";
    }
}

messages! {
    /// Why a model cannot be what the project says.
    pub(crate) enum Lacking {
        InputAgain => "no output has the shape of an input", "入力と同じ形状の出力がありません";
        Numbers => "no output stands in the table as numbers", "表に数値として書き込まれる出力がありません";
        Classes { name: String, classes: usize } => "`{name}` holds something else than whole numbers from 0 to below {classes}", "`{name}` に 0 以上 {classes} 未満の整数でない値があります";
        Target => "no variable of the dataset has as many columns of numbers as an output has values", "出力の値と同じ数の列を持つデータセットの変数がありません";
        LabelImages { most: usize } => "no output of at most {most} classes has label images of its size; they need one channel and the numbers of the classes", "出力（{most} クラスまで）と同じ大きさのラベル画像がありません。クラス番号を値とする 1 チャンネルの画像が必要です";
    }
}
