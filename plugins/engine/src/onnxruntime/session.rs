//! A network that ONNX Runtime runs.

use std::ffi::{CStr, CString, c_void};
use std::ptr::{self, NonNull};

use ort_sys::{
    ExecutionMode, GraphOptimizationLevel, ONNXTensorElementDataType, OrtSession, OrtSessionOptions, OrtValue,
};

use super::{Refusal, Runtime};

/// Settings by name. Nothing else than what was given is read: no weights beside the model, as there is no model file.
const SETTINGS: [(&CStr, &CStr); 2] = [
    // Nobody waits for work in this library.
    (c"session.intra_op.allow_spinning", c"0"),
    // Weights lie in memory of their exact size, not in the pool for values between functions.
    (c"session.use_device_allocator_for_initializers", c"1"),
];

/// A network, ready to run. Many threads may run it at the same time; each run stays on the thread that asks for it.
pub(crate) struct Session {
    runtime: &'static Runtime,
    session: NonNull<OrtSession>,
    inputs: Vec<CString>,
    outputs: Vec<CString>,
}

// SAFETY: the library allows concurrent runs of one session; nothing else is called until it is released, once.
unsafe impl Send for Session {}
// SAFETY: as above.
unsafe impl Sync for Session {}

/// Values that are fed, in the order of axes.
pub(crate) struct View<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) shape: &'a [i64],
}

/// Room for values that are wanted, in the order of axes.
pub(crate) struct ViewMut<'a> {
    pub(crate) values: &'a mut [f32],
    pub(crate) shape: &'a [i64],
}

impl Session {
    /// Reads a model that `nnp-onnx` wrote, whose inputs and outputs have these names.
    ///
    /// # Errors
    /// What the library says about it.
    pub(crate) fn new(
        runtime: &'static Runtime,
        model: &[u8],
        inputs: &[String],
        outputs: &[String],
    ) -> Result<Self, Refusal> {
        let names = |names: &[String]| names.iter().map(|name| CString::new(name.as_str())).collect::<Result<_, _>>();
        let zero = |_| Refusal("a name holds a zero".to_owned());
        let (inputs, outputs) = (names(inputs).map_err(zero)?, names(outputs).map_err(zero)?);
        let options = Options::new(runtime)?;
        let mut session = ptr::null_mut();
        let (environment, bytes) = (runtime.environment.as_ptr(), model.as_ptr().cast::<c_void>());
        // SAFETY: `bytes` has `len` bytes, which the library copies what it needs from before it returns; it writes one
        // pointer.
        let status = unsafe {
            (runtime.api.CreateSessionFromArray)(environment, bytes, model.len(), options.options, &raw mut session)
        };
        runtime.check(status)?;
        let session = NonNull::new(session).ok_or_else(|| Refusal("it gives no session".to_owned()))?;
        Ok(Self { runtime, session, inputs, outputs })
    }

    /// The library's version.
    pub(crate) fn version(&self) -> &str {
        self.runtime.version()
    }

    /// Runs the network: `fed` in the order of its inputs, results into `wanted` in the order of its outputs.
    ///
    /// # Errors
    /// Values that do not fill their shapes, a shape that the network does not take or give, and what the library says.
    pub(crate) fn run(&self, fed: &[View<'_>], wanted: &mut [ViewMut<'_>]) -> Result<(), Refusal> {
        let counts = (fed.len(), wanted.len()) == (self.inputs.len(), self.outputs.len());
        let filled = |values: usize, shape: &[i64]| {
            let extents = shape.iter().try_fold(1_usize, |product, &extent| {
                usize::try_from(extent).ok().and_then(|extent| product.checked_mul(extent))
            });
            extents == Some(values)
        };
        if !counts
            || !fed.iter().all(|view| filled(view.values.len(), view.shape))
            || !wanted.iter().all(|view| filled(view.values.len(), view.shape))
        {
            return Err(Refusal("the values do not fill what the network takes and gives".to_owned()));
        }
        // The library reads inputs only, though its interface does not say so.
        let fed = fed.iter().map(|view| Value::new(self.runtime, view.values.as_ptr().cast_mut(), view.shape));
        let fed = fed.collect::<Result<Vec<_>, _>>()?;
        let room = wanted.iter_mut().map(|view| Value::new(self.runtime, view.values.as_mut_ptr(), view.shape));
        let room = room.collect::<Result<Vec<_>, _>>()?;
        let names = |names: &[CString]| names.iter().map(|name| name.as_ptr()).collect::<Vec<_>>();
        let (inputs, outputs) = (names(&self.inputs), names(&self.outputs));
        let fed_values: Vec<*const OrtValue> = fed.iter().map(|value| value.value.cast_const()).collect();
        let mut room_values: Vec<*mut OrtValue> = room.iter().map(|value| value.value).collect();
        // SAFETY: names and values are as many as is said and live until the call returns; the tensors lie in slices that
        // are borrowed until then, with as many elements as their shapes have. Outputs that are given are written to, or
        // the call fails.
        let status = unsafe {
            (self.runtime.api.Run)(
                self.session.as_ptr(),
                ptr::null(),
                inputs.as_ptr(),
                fed_values.as_ptr(),
                fed_values.len(),
                outputs.as_ptr(),
                outputs.len(),
                room_values.as_mut_ptr(),
            )
        };
        self.runtime.check(status)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: it was made by this library and is not used after this.
        unsafe { (self.runtime.api.ReleaseSession)(self.session.as_ptr()) };
    }
}

/// How a session is made and run.
struct Options {
    runtime: &'static Runtime,
    options: *mut OrtSessionOptions,
}

impl Options {
    /// One function after the other, on the thread that asks, with everything that makes them fast.
    fn new(runtime: &'static Runtime) -> Result<Self, Refusal> {
        let api = runtime.api;
        let mut options = ptr::null_mut();
        // SAFETY: it writes one pointer.
        runtime.check(unsafe { (api.CreateSessionOptions)(&raw mut options) })?;
        let made = Self { runtime, options };
        // SAFETY: the options were just made and belong to this value alone; so for all calls below.
        runtime.check(unsafe { (api.SetIntraOpNumThreads)(options, 1) })?;
        // SAFETY: see above.
        runtime.check(unsafe { (api.SetInterOpNumThreads)(options, 1) })?;
        // SAFETY: see above.
        runtime.check(unsafe { (api.SetSessionExecutionMode)(options, ExecutionMode::ORT_SEQUENTIAL) })?;
        let all = GraphOptimizationLevel::ORT_ENABLE_ALL;
        // SAFETY: see above.
        runtime.check(unsafe { (api.SetSessionGraphOptimizationLevel)(options, all) })?;
        for (name, value) in SETTINGS {
            // SAFETY: see above; the texts are copied.
            runtime.check(unsafe { (api.AddSessionConfigEntry)(options, name.as_ptr(), value.as_ptr()) })?;
        }
        Ok(made)
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        // SAFETY: they were made by this library and are not used after this.
        unsafe { (self.runtime.api.ReleaseSessionOptions)(self.options) };
    }
}

/// A tensor of the library over memory of ours.
struct Value {
    runtime: &'static Runtime,
    value: *mut OrtValue,
}

impl Value {
    /// `values` has as many elements as `shape`, and lives longer than this.
    fn new(runtime: &'static Runtime, values: *mut f32, shape: &[i64]) -> Result<Self, Refusal> {
        let elements: usize = shape.iter().map(|&extent| usize::try_from(extent).unwrap_or_default()).product();
        let mut value = ptr::null_mut();
        // SAFETY: nothing is read or written through `values` here; the shape is copied; it writes one pointer.
        let status = unsafe {
            (runtime.api.CreateTensorWithDataAsOrtValue)(
                runtime.memory.as_ptr(),
                values.cast::<c_void>(),
                elements * size_of::<f32>(),
                shape.as_ptr(),
                shape.len(),
                ONNXTensorElementDataType::ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,
                &raw mut value,
            )
        };
        runtime.check(status)?;
        Ok(Self { runtime, value })
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        // SAFETY: it was made by this library and is not used after this; the memory under it stays ours.
        unsafe { (self.runtime.api.ReleaseValue)(self.value) };
    }
}

#[cfg(test)]
mod tests {
    use nnp::NetworkBuilder;
    use nnp::op::{Scalar, ScalarKind};

    use super::*;
    use crate::onnxruntime::installed;

    /// x times two, for any number of rows of three.
    fn doubling() -> Session {
        let mut builder = NetworkBuilder::new("network", 1);
        let x = builder.input("x", &[3]);
        let y = builder.apply(Scalar::new(ScalarKind::MulScalar, 2.0), &[x]).unwrap();
        builder.name(y, "y");
        let model = builder.finish(&[y], true).unwrap();
        let names = [vec!["x".to_owned()], vec!["y".to_owned()]];
        let [inputs, outputs] = names.clone();
        let exported = nnp_onnx::part(&model.networks[0], &model.parameters, inputs, outputs).unwrap();
        Session::new(Runtime::open(&installed()).unwrap(), &exported.bytes, &names[0], &names[1]).unwrap()
    }

    fn run(session: &Session, values: &[f32], shape: &[i64]) -> Result<Vec<f32>, Refusal> {
        let mut doubled = vec![0.0; values.len()];
        session.run(&[View { values, shape }], &mut [ViewMut { values: &mut doubled, shape }])?;
        Ok(doubled)
    }

    #[test]
    fn many_threads_run_one_session() {
        let session = doubling();
        std::thread::scope(|scope| {
            for thread in 0..4_u8 {
                let session = &session;
                scope.spawn(move || {
                    for _ in 0..50 {
                        let value = f32::from(thread);
                        assert_eq!(run(session, &[value, 1.0, -1.0], &[1, 3]).unwrap(), [2.0 * value, 2.0, -2.0]);
                    }
                });
            }
        });
    }

    #[test]
    fn what_does_not_fit_is_refused_and_nothing_is_written_past_the_room() {
        let session = doubling();
        assert!(run(&session, &[1.0; 3], &[1, 4]).is_err());
        assert!(run(&session, &[1.0; 3], &[-1, -3]).is_err());
        // The library itself knows the shapes of its inputs and outputs.
        assert!(run(&session, &[1.0; 4], &[1, 4]).is_err());
        let (values, shape) = ([1.0; 6], [2, 3]);
        let mut small = [7.0; 3];
        let refused = session
            .run(&[View { values: &values, shape: &shape }], &mut [ViewMut { values: &mut small, shape: &[1, 3] }]);
        assert!(refused.is_err());
        assert_eq!(small, [7.0; 3]);
        assert!(session.run(&[], &mut []).is_err());
    }

    #[test]
    fn bytes_that_are_no_model_are_refused() {
        let runtime = Runtime::open(&installed()).unwrap();
        let refused = Session::new(runtime, b"no model", &["x".to_owned()], &["y".to_owned()]).err().unwrap();
        assert!(!refused.0.is_empty() && !refused.0.contains('\n'));
        assert!(Session::new(runtime, b"", &["x\0".to_owned()], &[]).is_err());
    }
}
