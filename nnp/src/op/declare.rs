//! The macros that declare function types: what is written once here is both read from and written to network text.
//!
//! Kinds of arguments are those of the schema: `int`, `ints`, `shape`, `float`, `double`, `flag`, `text`, `word(Type)` for
//! an enum made by `words!`, and `shape_if_any` for a shape that is left out when it is empty.

/// Declares a function type with its arguments: a struct that implements [`Arguments`](super::function::Arguments).
macro_rules! function {
    (
        $(#[$of_type:meta])*
        pub struct $type:ident: $name:literal $(in $param:literal)?;
    ) => {
        $(#[$of_type])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $type;

        impl $crate::op::function::Arguments for $type {
            fn types() -> &'static [$crate::op::function::Type<Self>] {
                const TYPES: &[$crate::op::function::Type<$type>] = &[$crate::op::function::Type {
                    name: $name,
                    field: $crate::op::declare::field!($($param)?),
                    read: |_| Ok($type),
                }];
                TYPES
            }

            fn type_name(&self) -> &'static str {
                $name
            }

            fn write(&self, _: &mut $crate::text::Message) {}
        }
    };
    (
        $(#[$of_type:meta])*
        pub struct $type:ident: $name:literal in $param:literal {
            $($(#[$of_field:meta])* $field:ident: $kind:ident $(($words:ty))?,)*
        }
    ) => {
        $(#[$of_type])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $type {
            $($(#[$of_field])* pub $field: $crate::op::declare::rust_type!($kind $($words)?),)*
        }

        impl $crate::op::function::Arguments for $type {
            fn types() -> &'static [$crate::op::function::Type<Self>] {
                const TYPES: &[$crate::op::function::Type<$type>] = &[$crate::op::function::Type {
                    name: $name,
                    field: Some($param),
                    read: |fields| {
                        Ok($type { $($field: $crate::op::declare::read!(fields, stringify!($field), $kind),)* })
                    },
                }];
                TYPES
            }

            fn type_name(&self) -> &'static str {
                $name
            }

            fn write(&self, out: &mut $crate::text::Message) {
                $($crate::op::declare::write!(out, stringify!($field), self.$field, $kind);)*
            }
        }
    };
}

/// Declares a family of function types that share their rules: an enum with a variant for each type, with its arguments.
///
/// With `of Struct` the enum only says which type of the family a struct is; the struct reads its arguments by a function
/// `read(fields, kind)` and implements [`Arguments`](super::function::Arguments) with `types()` of the enum.
macro_rules! family {
    (
        $(#[$of_type:meta])*
        pub enum $kind:ident of $type:ident {
            $($(#[$of_variant:meta])* $variant:ident: $name:literal $(in $param:literal)?,)*
        }
    ) => {
        $(#[$of_type])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $kind {
            $($(#[$of_variant])* $variant,)*
        }

        impl $kind {
            fn types() -> &'static [$crate::op::function::Type<$type>] {
                const TYPES: &[$crate::op::function::Type<$type>] = &[
                    $($crate::op::function::Type {
                        name: $name,
                        field: $crate::op::declare::field!($($param)?),
                        read: |fields| $type::read(fields, $kind::$variant),
                    },)*
                ];
                TYPES
            }

            fn type_name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
    (
        $(#[$of_type:meta])*
        pub enum $type:ident {
            $(
                $(#[$of_variant:meta])*
                $variant:ident: $name:literal
                $(in $param:literal { $($(#[$of_field:meta])* $field:ident: $kind:ident),* $(,)? })?,
            )*
        }
    ) => {
        $(#[$of_type])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum $type {
            $(
                $(#[$of_variant])*
                $variant $({ $($(#[$of_field])* $field: $crate::op::declare::rust_type!($kind),)* })?,
            )*
        }

        impl $crate::op::function::Arguments for $type {
            fn types() -> &'static [$crate::op::function::Type<Self>] {
                const TYPES: &[$crate::op::function::Type<$type>] = &[
                    $($crate::op::function::Type {
                        name: $name,
                        field: $crate::op::declare::field!($($param)?),
                        read: |_fields| {
                            Ok($type::$variant $({
                                $($field: $crate::op::declare::read!(_fields, stringify!($field), $kind),)*
                            })?)
                        },
                    },)*
                ];
                TYPES
            }

            fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                }
            }

            fn write(&self, out: &mut $crate::text::Message) {
                match self {
                    $(Self::$variant $({ $($field),* })? => {
                        $($($crate::op::declare::write!(out, stringify!($field), *$field, $kind);)*)?
                    })*
                }
            }
        }
    };
}

/// Declares an argument that is one of some words: an enum that a `word(Type)` argument holds. The first word is the
/// default.
macro_rules! words {
    (
        $(#[$of_type:meta])*
        pub enum $type:ident {
            $(#[$of_default:meta])* $default:ident = $default_word:literal,
            $($(#[$of_variant:meta])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[$of_type])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type {
            $(#[$of_default])* $default,
            $($(#[$of_variant])* $variant,)*
        }

        impl $crate::text::Word for $type {
            const DEFAULT: Self = Self::$default;
            const ALL: &'static [(&'static str, Self)] =
                &[($default_word, Self::$default) $(, ($word, Self::$variant))*];

            fn word(self) -> &'static str {
                match self {
                    Self::$default => $default_word,
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

/// Registers function types: makes [`Op`](super::Op) an enum of them and [`find`](super::find) look through them all.
macro_rules! functions {
    ($($(#[$condition:meta])* $file:ident::$type:ident,)*) => {
        $($(#[$condition])* pub use $file::$type;)*

        /// What a function does, with its arguments.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Op {
            $(
                $(#[$condition])*
                #[doc = concat!("See `", stringify!($type), "`.")]
                $type($type),
            )*
            /// A type that is not known here, or a function with fields that are not: kept as it was read.
            Other {
                /// The type.
                type_name: String,
                /// All fields of the function but its name, type, inputs and outputs.
                arguments: Message,
            },
        }

        /// Where the arguments of a known type stand, and what reads them.
        fn find(type_name: &str) -> Option<Registered> {
            $(
                $(#[$condition])*
                if let Some(found) = <$type as Arguments>::types().iter().find(|found| found.name == type_name) {
                    let read = Box::new(|fields: &mut Fields<'_>| (found.read)(fields).map(Op::$type));
                    return Some(Registered { field: found.field, read });
                }
            )*
            None
        }

        impl Op {
            /// What the type says about itself; nothing for one that is not known.
            fn rules(&self) -> Option<&dyn Rules> {
                match self {
                    $($(#[$condition])* Self::$type(op) => Some(op),)*
                    Self::Other { .. } => None,
                }
            }

            fn rules_mut(&mut self) -> Option<&mut dyn Rules> {
                match self {
                    $($(#[$condition])* Self::$type(op) => Some(op),)*
                    Self::Other { .. } => None,
                }
            }
        }

        $(
            $(#[$condition])*
            impl From<$type> for Op {
                fn from(op: $type) -> Self {
                    Self::$type(op)
                }
            }
        )*
    };
}

/// The name of the field that holds the arguments.
macro_rules! field {
    () => {
        None
    };
    ($param:literal) => {
        Some($param)
    };
}

/// The Rust type of a kind of argument.
macro_rules! rust_type {
    (int) => { i64 };
    (ints) => { Vec<i64> };
    (shape) => { Vec<i64> };
    (shape_if_any) => { Vec<i64> };
    (float) => { f32 };
    (floats) => { Vec<f32> };
    (double) => { f64 };
    (flag) => { bool };
    (text) => { String };
    (word $words:ty) => { $words };
}

/// Reads one argument.
macro_rules! read {
    ($fields:expr, $name:expr, shape_if_any) => {
        $fields.shape($name)?
    };
    ($fields:expr, $name:expr, $kind:ident) => {
        $fields.$kind($name)?
    };
}

/// Writes one argument.
macro_rules! write {
    ($out:expr, $name:expr, $value:expr, int) => {
        $out.push_int($name, $value)
    };
    ($out:expr, $name:expr, $value:expr, ints) => {
        $out.push_ints($name, &$value)
    };
    ($out:expr, $name:expr, $value:expr, shape) => {
        $out.push_shape($name, &$value)
    };
    ($out:expr, $name:expr, $value:expr, shape_if_any) => {
        if !$value.is_empty() {
            $out.push_shape($name, &$value);
        }
    };
    ($out:expr, $name:expr, $value:expr, float) => {
        $out.push_f32($name, $value)
    };
    ($out:expr, $name:expr, $value:expr, floats) => {
        for &value in &$value {
            $out.push_f32($name, value);
        }
    };
    ($out:expr, $name:expr, $value:expr, double) => {
        $out.push_f64($name, $value)
    };
    ($out:expr, $name:expr, $value:expr, flag) => {
        $out.push_bool($name, $value)
    };
    ($out:expr, $name:expr, $value:expr, text) => {
        $out.push_text($name, &$value)
    };
    ($out:expr, $name:expr, $value:expr, word) => {
        $out.push_text($name, $crate::text::Word::word($value))
    };
}

pub(super) use {family, field, function, functions, read, rust_type, words, write};
