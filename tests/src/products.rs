//! The programs under test, built once for each test process in the target folder that the tests themselves use.
//!
//! Who has built them already says so with `NNC_TESTS_PREBUILT=1`; that spares a second build of what Cargo compiles
//! with other features when it builds other packages along.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Once, OnceLock};

/// The program.
pub fn host() -> &'static Path {
    static HOST: OnceLock<PathBuf> = OnceLock::new();
    HOST.get_or_init(|| {
        build(&["--package", "nnc-host", "--package", "nnc-plugin-probe"]);
        plugin_folder().join("nnc-host")
    })
}

/// What the program knows about the built plugins once it has listed them, as it keeps it in a user's cache.
///
/// Finding out opens each of them, four of which bring libtorch along: two seconds that only the tests of that need to
/// spend anew.
pub(crate) fn known_plugins() -> &'static [u8] {
    static KNOWN: OnceLock<Vec<u8>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let home = tempfile::Builder::new().prefix("nnc-test-known-").tempdir().unwrap();
        let mut list = Command::new(host());
        list.args(["plugin", "list"]).env_clear().env("HOME", home.path()).env("NNC_HOST_PLUGINS", plugin_folder());
        let listed = list.output().unwrap();
        assert!(listed.status.success(), "{list:?}: {}", String::from_utf8_lossy(&listed.stderr));
        std::fs::read(home.path().join(KNOWN_PLUGINS)).unwrap()
    })
}

/// Where a user's home has what [`known_plugins`] gives.
pub(crate) const KNOWN_PLUGINS: &str = ".cache/nnc-host/plugins.json";

/// The plugin that runs networks, which needs libtorch.
pub fn forward() -> PathBuf {
    whole_workspace();
    plugin_folder().join("libnnc_plugin_forward.so")
}

/// The PaDiM plugin, which needs libtorch.
pub fn padim() -> PathBuf {
    whole_workspace();
    plugin_folder().join("libnnc_plugin_padim.so")
}

/// The PatchCore plugin, which needs libtorch.
pub fn patchcore() -> PathBuf {
    whole_workspace();
    plugin_folder().join("libnnc_plugin_patchcore.so")
}

/// The Mahalanobis plugin, which needs libtorch.
pub fn mahalanobis() -> PathBuf {
    whole_workspace();
    plugin_folder().join("libnnc_plugin_mahalanobis.so")
}

/// The texture plugin, which does not need libtorch.
pub fn texture() -> PathBuf {
    static TEXTURE: Once = Once::new();
    TEXTURE.call_once(|| build(&["--package", "nnc-plugin-texture"]));
    plugin_folder().join("libnnc_plugin_texture.so")
}

/// Builds everything, as set-up and CI do: other features would compile libtorch's bindings again.
fn whole_workspace() {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| build(&["--workspace"]));
}

/// Folder with the plugins for other versions (`tests/frozen`): `libnnc_plugin_frozen.so`, and third-party ones in `examples`.
pub fn frozen() -> PathBuf {
    static FROZEN: OnceLock<()> = OnceLock::new();
    FROZEN.get_or_init(|| {
        build(&["--manifest-path", "tests/frozen/Cargo.toml", "--workspace", "--lib", "--examples"]);
    });
    plugin_folder()
}

/// Folder of the built programs and plugins.
pub fn plugin_folder() -> PathBuf {
    target_folder().join("release")
}

/// Root of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A test runs as `TARGET/PROFILE/deps/NAME-HASH`.
fn target_folder() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

fn build(packages: &[&str]) {
    if std::env::var_os("NNC_TESTS_PREBUILT").is_some() {
        return;
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The product has one profile; a debug build of the tests tests the same program.
    cargo.current_dir(workspace()).args(["build", "--quiet", "--release", "--target-dir"]).arg(target_folder());
    cargo.args(packages);
    let status = cargo.status().unwrap();
    assert!(status.success(), "{cargo:?} failed");
}
