//! What every process needs of the system, whatever it computes: its program, libraries, and facts about the machine. And
//! what the driver of CUDA devices needs.

use std::path::PathBuf;

/// Read by the loader, by the C library when it starts threads, takes memory or tells the time, and by OpenMP, BLAS and
/// libtorch to count processors.
const READ: [&str; 36] = [
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/lib64",
    // Distributions whose libraries are elsewhere.
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/ld.so.preload",
    "/etc/localtime",
    "/etc/timezone",
    "/usr/share/zoneinfo",
    "/usr/share/locale",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/loadavg",
    "/proc/version",
    "/proc/filesystems",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sys/vm/max_map_count",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/random/boot_id",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/kernel/mm/transparent_hugepage",
    "/sys/kernel/mm/hugepages",
    "/sys/fs/cgroup",
    "/dev/random",
    "/dev/urandom",
];

/// Devices that hold nothing.
const READ_AND_WRITE: [&str; 3] = ["/dev/null", "/dev/zero", "/dev/full"];

/// The user interface of NVIDIA's driver, besides its devices (its README, "Frequently asked questions" and "Listing of
/// installed components"; `src/nvc_internal.h` of libnvidia-container): parameters of the module, which GPUs and parts of
/// GPUs there are, and where on the bus.
const CUDA_READ: [&str; 10] = [
    "/proc/driver/nvidia",
    "/proc/driver/nvidia-caps",
    "/proc/driver/nvidia-uvm",
    "/proc/devices",
    "/proc/modules",
    "/sys/bus/pci/devices",
    "/sys/devices",
    "/sys/module",
    "/etc/nvidia",
    "/usr/share/nvidia",
];

/// What every process may read.
pub(crate) fn read() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = READ.iter().map(PathBuf::from).collect();
    // The user's own word about where libraries are.
    for variable in ["LD_LIBRARY_PATH", "LD_PRELOAD"] {
        let value = std::env::var_os(variable).unwrap_or_default();
        paths.extend(std::env::split_paths(&value).filter(|path| path.is_absolute()));
    }
    paths
}

/// What every process may read and write.
pub(crate) fn read_and_write() -> Vec<PathBuf> {
    READ_AND_WRITE.iter().map(PathBuf::from).collect()
}

/// The loader that maps programs and their libraries, as it is mapped into this process.
pub(crate) fn loader() -> Option<PathBuf> {
    let maps = nnc_files::read_kernel("/proc/self/maps").ok()?;
    let mut files = maps.lines().filter_map(|line| line.find('/').and_then(|at| line.get(at..))).map(PathBuf::from);
    files.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ld-")))
}

/// What the driver of CUDA devices reads.
pub(crate) fn cuda_read() -> Vec<PathBuf> {
    CUDA_READ.iter().map(PathBuf::from).collect()
}

/// The devices with which NVIDIA's driver computes (as above): its control device, unified memory, parts of GPUs (MIG), and in
/// WSL the one of its host. `nvidia0` and so on come beside them; those for screens and switches (`nvidia-modeset`,
/// `nvidia-nvswitch0`) do not.
const CUDA_DEVICES: [&str; 5] = ["nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-caps", "dxg"];

fn is_cuda_device(name: &str) -> bool {
    let is_gpu = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    CUDA_DEVICES.contains(&name) || name.strip_prefix("nvidia").is_some_and(is_gpu)
}

/// The devices with which NVIDIA's driver computes.
pub(crate) fn cuda_devices() -> Vec<PathBuf> {
    let names = std::fs::read_dir("/dev").into_iter().flatten().flatten();
    names.filter(|entry| is_cuda_device(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_that_compute_are_told_from_others() {
        for name in ["nvidia0", "nvidia15", "nvidiactl", "nvidia-uvm", "nvidia-caps", "dxg"] {
            assert!(is_cuda_device(name), "{name}");
        }
        for name in ["nvidia", "nvidia-modeset", "nvidia-nvswitch0", "nvidia-fs0", "nvidia0x", "kvm", "mem"] {
            assert!(!is_cuda_device(name), "{name}");
        }
    }

    #[test]
    fn the_loader_is_found() {
        assert!(loader().is_some_and(|path| path.is_file()));
    }
}
