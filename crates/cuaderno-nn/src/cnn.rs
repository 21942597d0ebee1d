//! The macro that defines a model.

/// Defines a model: a name, the shape of one picture as `[channels, height, width]`, and its layers.
///
/// Every size is worked out while compiling. A layer that does not fit is a compile error that names the layer and both
/// sizes, with the compiler's mark under the layer. The layers are the methods of [`Stack`](crate::Stack); options follow
/// their layer: `conv2d(32, 3).stride(2).same()`.
///
/// ```
/// use cuaderno_nn::cnn;
///
/// cnn! { Model1: [3, 64, 64] => [
///     conv2d(32, 3), relu, max_pool(2),
///     conv2d(64, 3), relu, max_pool(2),
///     conv2d(128, 3), relu, max_pool(2),
///     conv2d(128, 3), relu, max_pool(2),
///     flatten, dense(512), relu, dense(2), softmax,
/// ] }
///
/// const _: () = assert!(Model1::PARAMETERS == 504_514);
/// let model = Model1::new(42);
/// ```
///
/// - `residual(conv2d(64, 3).same(), relu, conv2d(64, 3).same())` adds its input to its result; a shortcut with layers of
///   its own follows a semicolon: `residual(conv2d(64, 3).same().stride(2); conv2d(64, 1).stride(2))`.
/// - `model(Base)` is another model as one layer, with parameters of its own.
/// - A model whose input is a row of features has one size: `cnn! { Head: [1280] => [dense(256), relu, dense(10)] }`.
///
/// The model dereferences to [`Network`](crate::Network), which trains, evaluates, predicts, saves and loads; `Network::from(model)` is it alone. On dfdx
/// tensors it is typed, `[B, 3, 64, 64]` to `[B, 2]`: `forward` predicts, `forward_mut` trains (dropout, batch statistics);
/// both record on the tensor's tape, and dfdx's optimizers update the model. Through `Module` and `ModuleMut` it
/// composes with dfdx's own layers.
#[macro_export]
macro_rules! cnn {
    ($(#[$attribute:meta])* $(pub)? $name:ident : [$c:expr, $h:expr, $w:expr $(,)?] => [ $($layers:tt)* ] $(,)?) => {
        $crate::__model!($(#[$attribute])* $name, $crate::Shape::image([$c, $h, $w]), [$($layers)*],
            (__B, __Const<{ __IN.channels() }>, __Const<{ __IN.size()[0] }>, __Const<{ __IN.size()[1] }>));
    };
    ($(#[$attribute:meta])* $(pub)? $name:ident : [$n:expr $(,)?] => [ $($layers:tt)* ] $(,)?) => {
        $crate::__model!($(#[$attribute])* $name, $crate::Shape::Features($n), [$($layers)*], (__B, __Const<{ __IN.channels() }>));
    };
}

/// The model's type and what belongs to it. Names of the macro's own have two underscores: a network may be called `N`, or `Tensor`.
#[doc(hidden)]
#[macro_export]
macro_rules! __model {
    ($(#[$attribute:meta])* $name:ident, $input:expr, [$($layers:tt)*], $batch:ty) => {
        $(#[$attribute])*
        #[doc = ::std::concat!("The network `", ::std::stringify!($name), "`.")]
        #[derive(Clone, Debug)]
        pub struct $name($crate::Network);

        const _: () = {
            // Checked once, here; the types below would report a misfit again and again.
            const _: $crate::Stack = $crate::__stack!(
                stack [let stack = $crate::Stack::strict(::std::stringify!($name), $input);] $($layers)*
            );
            static __STACK: $crate::Stack = $crate::__stack!(
                stack [let stack = $crate::Stack::lenient(::std::stringify!($name), $input);] $($layers)*
            );
            const __IN: $crate::Shape = __STACK.input();
            const __OUT: $crate::Shape = __STACK.output();
            const __N: usize = __STACK.trainable();

            impl $crate::typed::Architecture for $name {
                const STACK: &'static $crate::Stack = &__STACK;
                type Input = $crate::typed::Flow<{ __IN.is_image() }, { __IN.channels() }, { __IN.size()[0] }, { __IN.size()[1] }>;
                type Output =
                    $crate::typed::Flow<{ __OUT.is_image() }, { __OUT.channels() }, { __OUT.size()[0] }, { __OUT.size()[1] }>;
            }

            /// Sizes the compiler knows.
            impl $name {
                /// Values that are saved: trainable ones and running statistics.
                pub const PARAMETERS: usize = __STACK.parameters();
                /// Values that training changes.
                pub const TRAINABLE: usize = __N;
                /// The output of each layer.
                pub const SHAPES: &'static [$crate::Shape] = __STACK.shapes();
                /// The layers.
                pub const STACK: &'static $crate::Stack = &__STACK;

                /// A model with random weights, the same for the same seed.
                pub fn new(seed: u64) -> Self {
                    Self($crate::Network::new(&__STACK, seed))
                }
            }

            impl $crate::display::Rich for $name {
                fn mime_bundle(&self) -> $crate::display::MimeBundle {
                    self.0.mime_bundle()
                }
            }

            impl ::std::ops::Deref for $name {
                type Target = $crate::Network;
                fn deref(&self) -> &$crate::Network {
                    &self.0
                }
            }

            /// The network without its type, to keep beside others in one list or behind one `if`.
            impl ::std::convert::From<$name> for $crate::Network {
                fn from(model: $name) -> Self {
                    model.0
                }
            }

            impl ::std::ops::DerefMut for $name {
                fn deref_mut(&mut self) -> &mut $crate::Network {
                    &mut self.0
                }
            }

            use $crate::dfdx::nn::tensor_collection::{
                ModuleVisitor as __ModuleVisitor, TensorCollection as __TensorCollection, TensorOptions as __TensorOptions,
            };
            use $crate::dfdx::prelude::{
                Const as __Const, Cpu as __Cpu, CpuError as __CpuError, Device as __Device, Dim as __Dim, Dtype as __Dtype,
                Module as __Module, ModuleMut as __ModuleMut, Rank1 as __Rank1, Tape as __Tape, Tensor as __Tensor,
            };

            impl<__B: __Dim, __T: __Tape<f32, __Cpu>> __Module<__Tensor<$batch, f32, __Cpu, __T>> for $name {
                type Output = $crate::typed::Output<Self, __B, __T>;
                type Error = __CpuError;
                fn try_forward(&self, input: __Tensor<$batch, f32, __Cpu, __T>) -> ::std::result::Result<Self::Output, __CpuError> {
                    $crate::typed::forward::<Self, __B, __T, __N>(&self.0, input)
                }
            }

            impl<__B: __Dim, __T: __Tape<f32, __Cpu>> __ModuleMut<__Tensor<$batch, f32, __Cpu, __T>> for $name {
                type Output = $crate::typed::Output<Self, __B, __T>;
                type Error = __CpuError;
                fn try_forward_mut(&mut self, input: __Tensor<$batch, f32, __Cpu, __T>) -> ::std::result::Result<Self::Output, __CpuError> {
                    $crate::typed::forward_mut::<Self, __B, __T, __N>(&mut self.0, input)
                }
            }

            /// For dfdx the parameters are one tensor: its optimizers work value by value.
            impl __TensorCollection<f32, __Cpu> for $name {
                type To<__E: __Dtype, __D: __Device<__E>> = __Tensor<__Rank1<__N>, __E, __D>;
                fn iter_tensors<__V: __ModuleVisitor<Self, f32, __Cpu>>(
                    visitor: &mut __V,
                ) -> ::std::result::Result<::std::option::Option<Self::To<__V::E2, __V::D2>>, __V::Err> {
                    let options = __TensorOptions::reset_with(|_| ::std::result::Result::Ok(()));
                    let weights = Self::tensor("weights", |m| m.0.tensor::<__N>(), |m| m.0.tensor_mut::<__N>(), options);
                    visitor.visit_fields(weights, |weights| weights)
                }
            }
        };
    };
}

/// Layers into calls of [`Stack`](crate::Stack)'s methods, up to three in a step: one by one, a list of a hundred would be at the
/// compiler's recursion limit. A layer stands there with arguments or without; to take both in one rule would put parentheses of
/// ours around the arguments, and errors would no longer point at the layer.
#[doc(hidden)]
#[macro_export]
macro_rules! __stack {
    ($s:ident [$($done:tt)*]) => { { $($done)* $s } };
    ($s:ident [$($done:tt)*]
        $a:tt $(. $a_option:ident $a_value:tt)*,
        $b:tt $(. $b_option:ident $b_value:tt)*,
        $c:tt $(. $c_option:ident $c_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [] $(. $a_option $a_value)*);
            let $s = $crate::__layer!($s $b [] $(. $b_option $b_value)*);
            let $s = $crate::__layer!($s $c [] $(. $c_option $c_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $(. $a_option:ident $a_value:tt)*,
        $b:tt $(. $b_option:ident $b_value:tt)*,
        $c:tt $c_args:tt $(. $c_option:ident $c_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [] $(. $a_option $a_value)*);
            let $s = $crate::__layer!($s $b [] $(. $b_option $b_value)*);
            let $s = $crate::__layer!($s $c [$c_args] $(. $c_option $c_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $(. $a_option:ident $a_value:tt)*,
        $b:tt $b_args:tt $(. $b_option:ident $b_value:tt)*,
        $c:tt $(. $c_option:ident $c_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [] $(. $a_option $a_value)*);
            let $s = $crate::__layer!($s $b [$b_args] $(. $b_option $b_value)*);
            let $s = $crate::__layer!($s $c [] $(. $c_option $c_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $(. $a_option:ident $a_value:tt)*,
        $b:tt $b_args:tt $(. $b_option:ident $b_value:tt)*,
        $c:tt $c_args:tt $(. $c_option:ident $c_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [] $(. $a_option $a_value)*);
            let $s = $crate::__layer!($s $b [$b_args] $(. $b_option $b_value)*);
            let $s = $crate::__layer!($s $c [$c_args] $(. $c_option $c_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $a_args:tt $(. $a_option:ident $a_value:tt)*,
        $b:tt $(. $b_option:ident $b_value:tt)*,
        $c:tt $(. $c_option:ident $c_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [$a_args] $(. $a_option $a_value)*);
            let $s = $crate::__layer!($s $b [] $(. $b_option $b_value)*);
            let $s = $crate::__layer!($s $c [] $(. $c_option $c_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $a_args:tt $(. $a_option:ident $a_value:tt)*,
        $b:tt $(. $b_option:ident $b_value:tt)*,
        $c:tt $c_args:tt $(. $c_option:ident $c_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [$a_args] $(. $a_option $a_value)*);
            let $s = $crate::__layer!($s $b [] $(. $b_option $b_value)*);
            let $s = $crate::__layer!($s $c [$c_args] $(. $c_option $c_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $a_args:tt $(. $a_option:ident $a_value:tt)*,
        $b:tt $b_args:tt $(. $b_option:ident $b_value:tt)*,
        $c:tt $(. $c_option:ident $c_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [$a_args] $(. $a_option $a_value)*);
            let $s = $crate::__layer!($s $b [$b_args] $(. $b_option $b_value)*);
            let $s = $crate::__layer!($s $c [] $(. $c_option $c_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $a_args:tt $(. $a_option:ident $a_value:tt)*,
        $b:tt $b_args:tt $(. $b_option:ident $b_value:tt)*,
        $c:tt $c_args:tt $(. $c_option:ident $c_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [$a_args] $(. $a_option $a_value)*);
            let $s = $crate::__layer!($s $b [$b_args] $(. $b_option $b_value)*);
            let $s = $crate::__layer!($s $c [$c_args] $(. $c_option $c_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $(. $a_option:ident $a_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [] $(. $a_option $a_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $a_args:tt $(. $a_option:ident $a_value:tt)*, $($rest:tt)*
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [$a_args] $(. $a_option $a_value)*);
        ] $($rest)*)
    };
    ($s:ident [$($done:tt)*]
        $a:tt $(. $a_option:ident $a_value:tt)* $(,)?
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [] $(. $a_option $a_value)*);
        ])
    };
    ($s:ident [$($done:tt)*]
        $a:tt $a_args:tt $(. $a_option:ident $a_value:tt)* $(,)?
    ) => {
        $crate::__stack!($s [$($done)*
            let $s = $crate::__layer!($s $a [$a_args] $(. $a_option $a_value)*);
        ])
    };
}

/// One layer.
///
/// `let layer = stack.option(..); layer.layer(..)`: with options first, a layer is checked as a whole; and as the receiver bears
/// the layer's own name, the call consists of the student's tokens alone, so that is where an error points.
#[doc(hidden)]
#[macro_export]
macro_rules! __layer {
    ($s:ident residual [ ( $($block:tt)* ) ]) => { $crate::__block!($s [] [$($block)*]) };
    ($s:ident model [ ( $model:ty ) ]) => { $s.model(<$model as $crate::typed::Architecture>::STACK) };
    ($s:ident $layer:tt [] $(. $option:ident $value:tt)*) => { {
        let $layer = $s $(. $option $value)*;
        let $s = $layer.$layer();
        $s
    } };
    ($s:ident $layer:tt [ $args:tt ] $(. $option:ident $value:tt)*) => { {
        let $layer = $s $(. $option $value)*;
        let $s = $layer.$layer $args;
        $s
    } };
}

/// Looks for the semicolon between branch and shortcut, up to four tokens in a step.
#[doc(hidden)]
#[macro_export]
macro_rules! __block {
    ($s:ident [$($branch:tt)*] [; $($shortcut:tt)*]) => { {
        let $s = $crate::__stack!($s [let $s = $s.residual_begin();] $($branch)*);
        let $s = $crate::__stack!($s [let $s = $s.shortcut();] $($shortcut)*);
        $s.residual_end()
    } };
    ($s:ident [$($branch:tt)*] []) => { {
        let $s = $crate::__stack!($s [let $s = $s.residual_begin();] $($branch)*);
        $s.residual_end()
    } };
    ($s:ident [$($branch:tt)*] [$a:tt ; $($more:tt)*]) => { $crate::__block!($s [$($branch)* $a] [; $($more)*]) };
    ($s:ident [$($branch:tt)*] [$a:tt $b:tt ; $($more:tt)*]) => { $crate::__block!($s [$($branch)* $a $b] [; $($more)*]) };
    ($s:ident [$($branch:tt)*] [$a:tt $b:tt $c:tt ; $($more:tt)*]) => {
        $crate::__block!($s [$($branch)* $a $b $c] [; $($more)*])
    };
    ($s:ident [$($branch:tt)*] [$a:tt $b:tt $c:tt $d:tt $($more:tt)*]) => {
        $crate::__block!($s [$($branch)* $a $b $c $d] [$($more)*])
    };
    ($s:ident [$($branch:tt)*] [$a:tt $($more:tt)*]) => { $crate::__block!($s [$($branch)* $a] [$($more)*]) };
}
