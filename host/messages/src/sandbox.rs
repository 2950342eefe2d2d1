//! How processes of plugins end, as `nnc-sandbox` tells.

use std::fmt;
use std::time::Duration;

use nnc_language::Language;
use nnc_sandbox::{BrokenLimit, Ending, Gap, How, SandboxError, SandboxMode, Shortage, Signal};

use crate::failure::{Exit, Failure};
use crate::say::{Say, Words};
use crate::{messages, sentences};

sentences! {
    SandboxError {
        Self::Start(error) => "cannot start a process for the plugin: {error}", "プラグイン用のプロセスを開始できません: {error}";
        Self::Follow(error) => "cannot follow the plugin's process: {error}", "プラグインのプロセスを監視できません: {error}";
        Self::Confine(error) => "this process cannot be confined: {error}", "このプロセスを制限できません: {error}";
        Self::NotEnforced { gaps } => "this system cannot confine processes as --sandbox require demands; not enforced: {gaps}; use a Linux kernel 6.2 or later with Landlock, a container that allows landlock_* and seccomp, or --sandbox auto",
            "この環境では --sandbox require で求められたプロセスの制限ができません。制限されないもの: {gaps}。Landlock を備えた Linux カーネル 6.2 以降、または landlock_* と seccomp を許可したコンテナーを使うか、--sandbox auto を指定してください";
    }
}

// What a process may do where it is not enforced, as part of a list.
sentences! {
    Gap {
        Self::Files => "which files are read and written (no Landlock)", "ファイルの読み書き（Landlock なし）";
        Self::Truncation => "that files to be read are not cut (Landlock before version 3)", "読み取り専用ファイルの切り詰め（Landlock バージョン 3 未満）";
        Self::SystemCalls => "network, new processes and access to other processes (no seccomp)",
            "ネットワーク、新しいプロセス、ほかのプロセスへのアクセス（seccomp なし）";
    }
}

messages! {
    /// What a job says about the confinement of its plugin, where there is something to say.
    pub enum Confined {
        Partly { gaps: Vec<Gap> } => "this system does not confine the plugin in everything; not enforced: {gaps}; --sandbox require refuses to run then",
            "この環境ではプラグインを完全には制限できません。制限されないもの: {gaps}。--sandbox require を付けると、この場合は実行しません";
        Off => "the plugin is not confined: --sandbox off", "プラグインは制限されていません: --sandbox off";
    }
}

impl Confined {
    /// What to say about the plugins of this process.
    pub fn to_say() -> Option<Self> {
        let mode = nnc_sandbox::chosen_mode();
        let gaps = mode.enforced().gaps();
        match mode {
            SandboxMode::Off => Some(Self::Off),
            SandboxMode::Auto | SandboxMode::Require => (!gaps.is_empty()).then_some(Self::Partly { gaps }),
        }
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        Self::new(Exit::Failed, error)
    }
}

// Rests of sentences about a plugin: `plugin padim used ...`.
sentences! {
    BrokenLimit {
        Self::Memory { ; used, limit } => "used {used} of memory, more than its limit of {limit}, and was stopped",
            "メモリーを {used} 使い、上限の {limit} を超えたため終了しました" [used = Bytes(*used), limit = Bytes(*limit)];
        Self::Processes { found, limit } => "started {found} processes, more than {limit}, and was stopped",
            "プロセスを {found} 個開始し、上限の {limit} 個を超えたため終了しました";
        Self::Time { ; limit } => "was not finished after {limit} and was stopped", "{limit}たっても終わらないため終了しました"
            [limit = time(*limit)];
        Self::Stalled { ; limit } => "showed no activity for {limit} and was stopped", "{limit}の間反応がないため終了しました"
            [limit = time(*limit)];
        Self::NoProgress { ; limit } => "computed for {limit} without reporting progress and was stopped",
            "{limit}の間、進捗を報告せずに計算し続けたため終了しました" [limit = time(*limit)];
    }
}

// Whole clauses: what there is little of here.
sentences! {
    Shortage {
        Self::Threads => "hardly another thread can be started here (`ulimit -u`, or the limit of a container)",
            "この環境では新しいスレッドをほとんど開始できません（`ulimit -u` またはコンテナーの制限）";
        Self::Memory => "memory is short or limited here (`ulimit -v`, the limit of a container, or the machine itself)",
            "この環境ではメモリーが不足しているか制限されています（`ulimit -v`、コンテナーの制限、または PC 自体）";
        Self::Stack => "stacks are limited to less than 8 MB here (`ulimit -Hs`)",
            "この環境ではスタックが 8 MB 未満に制限されています（`ulimit -Hs`）";
        Self::Files => "hardly another file can be opened here (`ulimit -n`)",
            "この環境ではファイルをほとんど開けません（`ulimit -n`）";
    }
}

sentences! {
    Signal {
        Self::SegmentationFault => "segmentation fault", "セグメンテーション違反";
        Self::Abort => "abort", "中止";
        Self::BusError => "bus error", "バスエラー";
        Self::IllegalInstruction => "illegal instruction", "不正な命令";
        Self::ArithmeticFault => "arithmetic fault", "演算エラー";
        Self::Termination => "termination", "終了要求";
        Self::Kill => "killed, most likely because memory ran out", "強制終了。メモリー不足の可能性が高いです";
        Self::Other(_number) => "no named signal", "その他のシグナル";
    }
}

messages! {
    /// How a process ended by itself, as the rest of a sentence.
    enum Ended {
        Exited { code: i32, words: Option<LastWords> } => "ended its process with exit code {code}{words}",
            "終了コード {code} でプロセスが終了しました{words}";
        Signalled { signal: Signal, number: i32, words: Option<LastWords> } => "crashed ({signal}, signal {number}){words}",
            "異常終了しました（{signal}、シグナル {number}）{words}";
    }
}

messages! {
    /// The last line of standard error, for the end of a sentence.
    enum LastWords {
        Line(line: String) => " (its last words: {line})", "（最後の出力: {line}）";
    }
}

fn last_words(ending: &Ending) -> Option<LastWords> {
    ending.last_words.clone().map(LastWords::Line)
}

/// The rest of a sentence about a plugin: `crashed (segmentation fault, signal 11)`.
impl Say for Ending {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.how {
            How::Broke(limit) => return limit.say(language, f),
            How::Exited(code) => Ended::Exited { code, words: last_words(self) }.say(language, f)?,
            How::Signalled(signal) => {
                Ended::Signalled { signal, number: signal.number(), words: last_words(self) }.say(language, f)?;
            }
        }
        self.shortage.map_or(Ok(()), |shortage| MayExplain::Shortage(shortage).say(language, f))
    }
}

messages! {
    /// What may explain an end, behind the sentence about it.
    enum MayExplain {
        Shortage(shortage: Shortage) => "; {shortage}, which may be why", "。{shortage}。これが原因の可能性があります";
    }
}

messages! {
    /// A plugin ended its worker, or had to be ended, in the middle of a job.
    pub enum PluginEnded {
        Broke { plugin: String, limit: BrokenLimit } => "plugin {plugin} {limit}; {advice}", "プラグイン {plugin}: {limit}。{advice}"
            [advice = Advice::on(*limit)];
        Short { plugin: String, ending: Ending } => "the worker running plugin {plugin} {ending}; change that and try again",
            "プラグイン {plugin} を実行中のワーカー: {ending}。これを変更してやり直してください";
        Killed { plugin: String; ending: Ending } => "the worker running plugin {plugin} was killed, most likely because memory ran out; use a smaller model setting or batch size{words}",
            "プラグイン {plugin} を実行中のワーカーが強制終了されました。メモリー不足の可能性が高いです。モデルの設定やバッチサイズを小さくしてください{words}"
            [words = last_words(ending)];
        Crashed { plugin: String, signal: Signal; ending: Ending } => "plugin {plugin} crashed ({signal}, signal {number}); report this to its author, or try another version{words}",
            "プラグイン {plugin}: 異常終了しました（{signal}、シグナル {number}）。作者に連絡するか、別のバージョンを試してください{words}"
            [number = signal.number(), words = last_words(ending)];
        Exited { plugin: String, code: i32; ending: Ending } => "plugin {plugin} ended the worker with exit code {code} in the middle of the job; report this to its author{words}",
            "プラグイン {plugin} がジョブの途中で終了コード {code} でワーカーを終了させました。作者に連絡してください{words}"
            [words = last_words(ending)];
    }
}

impl PluginEnded {
    /// What to say about the plugin of a worker that ended without saying anything itself.
    pub fn of(plugin: String, ending: Ending) -> Self {
        match ending.how {
            How::Broke(limit) => Self::Broke { plugin, limit },
            _ if ending.shortage.is_some() => Self::Short { plugin, ending },
            How::Signalled(Signal::Kill) => Self::Killed { plugin, ending },
            How::Signalled(signal) => Self::Crashed { plugin, signal, ending },
            How::Exited(code) => Self::Exited { plugin, code, ending },
        }
    }
}

messages! {
    /// What to do about a broken limit.
    enum Advice {
        Memory => "use a smaller model setting or batch size, or raise --memory-limit",
            "モデルの設定やバッチサイズを小さくするか、--memory-limit の値を大きくしてください";
        Processes => "report this to its author", "作者に連絡してください";
        Time => "raise --time-limit if it needs more", "時間が必要な場合は --time-limit の値を大きくしてください";
        Stall => "raise --stall-limit if this is normal for it, or report this to its author",
            "正常な動作であれば --stall-limit の値を大きくし、そうでなければ作者に連絡してください";
    }
}

impl Advice {
    fn on(limit: BrokenLimit) -> Self {
        match limit {
            BrokenLimit::Memory { .. } => Self::Memory,
            BrokenLimit::Processes { .. } => Self::Processes,
            BrokenLimit::Time { .. } => Self::Time,
            BrokenLimit::Stalled { .. } | BrokenLimit::NoProgress { .. } => Self::Stall,
        }
    }
}

/// A number of bytes in the unit that fits.
struct Bytes(u64);

impl Say for Bytes {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes < 1_000_000_000 => Words(format_args!("{:.0} MB", bytes as f64 / 1e6)).say(language, f),
            bytes => Words(format_args!("{:.1} GB", bytes as f64 / 1e9)).say(language, f),
        }
    }
}

messages! {
    /// A time in the unit that fits.
    enum Time {
        Minutes(count: u64) => "{count} minutes", "{count} 分";
        OneSecond => "1 second", "1 秒";
        Seconds(count: f64) => "{count} seconds", "{count} 秒";
    }
}

fn time(duration: Duration) -> Time {
    match duration.as_secs() {
        seconds if seconds >= 120 && seconds % 60 == 0 => Time::Minutes(seconds / 60),
        _ => match (duration.as_secs_f64() * 10.0).round() / 10.0 {
            1.0 => Time::OneSecond,
            seconds => Time::Seconds(seconds),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(how: How) -> Ending {
        Ending { how, shortage: None, last_words: None }
    }

    #[test]
    fn endings_are_told() {
        let crash = How::Signalled(Signal::SegmentationFault);
        assert_eq!(ending(crash).said(), "crashed (segmentation fault, signal 11)");
        assert_eq!(ending(How::Exited(3)).said(), "ended its process with exit code 3");
        let mut explained = Ending { last_words: Some("boom".into()), ..ending(How::Exited(3)) };
        assert_eq!(explained.said(), "ended its process with exit code 3 (its last words: boom)");
        assert_eq!(
            PluginEnded::of("p.so".into(), explained.clone()).said(),
            "plugin p.so ended the worker with exit code 3 in the middle of the job; report this to its author (its last \
             words: boom)"
        );
        explained.shortage = Some(Shortage::Threads);
        assert_eq!(
            PluginEnded::of("p.so".into(), explained).said(),
            "the worker running plugin p.so ended its process with exit code 3 (its last words: boom); hardly another thread \
             can be started here (`ulimit -u`, or the limit of a container), which may be why; change that and try again"
        );
        let limit = BrokenLimit::Memory { used: 450_000_000, limit: 300_000_000 };
        assert_eq!(
            PluginEnded::of("p.so".into(), ending(How::Broke(limit))).said(),
            "plugin p.so used 450 MB of memory, more than its limit of 300 MB, and was stopped; use a smaller model setting \
             or batch size, or raise --memory-limit"
        );
        assert_eq!(
            PluginEnded::of("p.so".into(), ending(crash)).said(),
            "plugin p.so crashed (segmentation fault, signal 11); report this to its author, or try another version"
        );
    }

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        let said = |milliseconds| time(Duration::from_millis(milliseconds)).said();
        assert_eq!(said(900_000), "15 minutes");
        assert_eq!([said(1000), said(90_000), said(500)], ["1 second", "90 seconds", "0.5 seconds"]);
    }
}
