//! Words of the screens about jobs.

use super::texts;

texts! { JOBS_TEXTS:
    JOB: "Job", "ジョブ";
    JOBS_ABOUT: "One job computes at a time, the others wait. Jobs of the command line appear here as well.",
        "計算するジョブは一度に 1 件で、ほかは待機します。コマンドラインから実行したジョブも表示されます。";
    ACTIVE_JOBS: "Running and waiting", "実行中・待機中";
    ENDED_JOBS: "Job history", "ジョブの履歴";
    NO_JOBS: "No job has ended yet.", "終了したジョブはまだありません。";
    FROM_COMMAND_LINE: "from the command line", "コマンドライン";
    PLACE_IN_QUEUE: "number {place} in the queue", "待ち順 {place} 番目";
    STOP: "Stop", "停止";
    STOP_NAME: "Stop {name}", "{name} を停止";
    TAKE_OFF: "Take off the list", "一覧から消す";
    TAKE_OFF_NAME: "Take {name} off the list", "{name} を一覧から消す";

    KIND_RUN: "Training and evaluation", "学習と評価";
    KIND_TRAIN: "Training", "学習";
    KIND_EVALUATE: "Evaluation", "評価";
    KIND_CREATE: "Creation of a dataset", "データセットの作成";
    KIND_CHECK: "Check of a dataset", "データセットの検査";
    KIND_REPORT: "Report", "レポート";
    KIND_EXPORT: "Export", "エクスポート";
    KIND_SAMPLE: "Sample", "サンプル";
    KIND_FETCH: "Download of a backbone", "学習済みモデルのダウンロード";

    STATE_QUEUED: "waiting", "待機中";
    STATE_RUNNING: "running", "実行中";
    STATE_STOPPING: "stopping", "停止処理中";
    STATE_FINISHED: "finished", "完了";
    STATE_FAILED: "failed", "失敗";
    STATE_STOPPED: "stopped", "停止";
    STATE_INTERRUPTED: "interrupted", "中断";

    PROGRESS: "Progress", "進捗";
    DONE: "Done", "処理済み";
    DONE_OF: "{done} of {total}", "{done} / {total}";
    SPEED: "Speed", "処理速度";
    REMAINS: "Remaining", "残り時間";
    REMAINING: "{time} left", "残り {time}";
    MEMORY: "Memory", "メモリー";
    MEMORY_OF: "{memory} of memory", "メモリー {memory}";
    LOG: "Log", "ログ";
    FOLLOW: "Follow the end", "末尾を追う";
    DOWNLOAD_LOG: "Download the log", "ログをダウンロード";
    CLOSE_BROWSER: "You may close the browser: the job goes on and is found here again.",
        "ブラウザーを閉じてもジョブは続行します。後でこの画面を開くと確認できます。";
    SEE_RESULT: "See the result", "結果を見る";
    SEE_DATASET: "See the dataset", "データセットを見る";
    SEE_PROJECT: "See the project", "プロジェクトを見る";
    SEE_LOG: "See the log", "ログを見る";
}
