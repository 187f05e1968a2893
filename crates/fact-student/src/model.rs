//! The network: a transformer over a picture's patches and the text about it.
//!
//! * Picture: overlapping patches, through two matrices with a squared ReLU between (a convolution of kernel
//!   two strides, then one of 1×1), plus what the patch's row and column say. Row and column have tables of
//!   their own, so that "left of" is a comparison of columns wherever the two things are.
//! * Text: tokens plus positions.
//! * Layers: RMS norm, attention, RMS norm, perceptron with a squared ReLU (So et al. 2021), each added to
//!   the residual stream. No biases, no dropout.
//! * Head: RMS norm and one matrix, only where something is to be said.
//!
//! Picture and text share all layers, so that patches are seen at every depth of thought, not once.

use crate::config::ModelConfig;
use crate::layout::Block;
use crate::weights::{Weight, Weights};
use burn::tensor::activation::{log_softmax, relu, softmax};
use burn::tensor::{Device, Int, Tensor, TensorData};
use std::collections::BTreeMap;

/// Added to the mean square before its root.
const EPSILON: f32 = 1e-6;

/// What the network could not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A parameter is not there, or not of this shape.
    #[error("the weights have no `{0}` of the shape that the model needs")]
    Weight(String),
    /// Numbers did not come back from the device.
    #[error("the device did not return its results: {0}")]
    Device(String),
}

/// Where tensors live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// The processor.
    #[default]
    Cpu,
    /// The first graphics card, through Vulkan, Metal or DirectX.
    #[cfg(feature = "wgpu")]
    Gpu,
}

impl Place {
    pub(crate) fn device(self) -> Device {
        match self {
            Self::Cpu => Device::flex(),
            #[cfg(feature = "wgpu")]
            Self::Gpu => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
        }
    }
}

/// Parameters on a device, ready to run.
#[derive(Clone)]
pub struct Network {
    config: ModelConfig,
    device: Device,
    parameters: BTreeMap<String, Tensor<2>>,
}

/// Reads numbers back.
pub(crate) fn numbers<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, ModelError> {
    let data = tensor.try_into_data();
    let data = data.map_err(|e| ModelError::Device(format!("{e:?}")))?;
    let numbers = data.try_into_vec::<f32>();
    numbers.map_err(|e| ModelError::Device(format!("{e:?}")))
}

impl Network {
    /// Puts parameters on a device. Gradients are recorded only if `learns`: a pass without need for them
    /// would hold on to all it computed.
    ///
    /// # Errors
    /// If a parameter is missing or has another shape.
    pub fn new(
        config: ModelConfig,
        weights: &Weights,
        place: Place,
        learns: bool,
    ) -> Result<Self, ModelError> {
        let device = place.device();
        let device = if learns { device.autodiff() } else { device };
        let mut parameters = BTreeMap::new();
        for (name, shape, _) in crate::weights::shapes(&config) {
            let weight = weights
                .get(&name)
                .filter(|w: &&Weight| w.shape == shape && w.values.len() == shape[0] * shape[1]);
            let Some(weight) = weight else {
                return Err(ModelError::Weight(name));
            };
            let data = TensorData::new(weight.values.clone(), shape);
            let tensor = Tensor::<2>::from_data(data, &device);
            let tensor = if learns {
                tensor.require_grad()
            } else {
                tensor
            };
            parameters.insert(name, tensor);
        }
        Ok(Self {
            config,
            device,
            parameters,
        })
    }

    /// The parameters, by name.
    pub(crate) fn parameters(&self) -> &BTreeMap<String, Tensor<2>> {
        &self.parameters
    }

    fn parameter(&self, name: &str) -> Result<Tensor<2>, ModelError> {
        let found = self.parameters.get(name).cloned();
        found.ok_or_else(|| ModelError::Weight(name.to_owned()))
    }

    fn floats<const D: usize>(&self, values: &[f32], shape: [usize; D]) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values.to_vec(), shape), &self.device)
    }

    fn integers<const D: usize>(&self, values: &[i32], shape: [usize; D]) -> Tensor<D, Int> {
        Tensor::from_data(TensorData::new(values.to_vec(), shape), &self.device)
    }

    /// Log-probabilities of all tokens at each target of a block: targets × vocabulary.
    ///
    /// # Errors
    /// If a parameter is missing.
    pub fn log_probabilities(&self, block: &Block) -> Result<Tensor<2>, ModelError> {
        let d = self.config.width;
        let (rows, text, patches) = (block.rows, block.text, block.patches);
        let length = patches + text;
        let text_in = self
            .parameter("text.token")?
            .select(0, self.integers(&block.tokens, [rows * text]))
            + self
                .parameter("text.position")?
                .select(0, self.integers(&block.positions, [rows * text]));
        let x = Tensor::cat(vec![self.see(block)?, text_in.reshape([rows, text, d])], 1);
        let mut x = x.reshape([rows * length, d]);
        let mask = self.floats(&block.mask, [rows, 1, length, length]);
        for layer in 0..self.config.layers {
            let named = |name: &str| self.parameter(&format!("layer.{layer:02}.{name}"));
            let seen = norm(x.clone(), named("attention.norm")?);
            let seen = self.attend(seen.matmul(named("attention.in")?), &mask, rows, length);
            x = x + seen.matmul(named("attention.out")?);
            let thought = norm(x.clone(), named("perceptron.norm")?);
            let thought = squared_relu(thought.matmul(named("perceptron.in")?));
            x = x + thought.matmul(named("perceptron.out")?);
        }
        let readers = self.integers(&block.readers, [block.readers.len()]);
        let x = norm(x.select(0, readers), self.parameter("norm")?);
        Ok(log_softmax(x.matmul(self.parameter("head")?), 1))
    }

    /// Negative log-probability of each target of a block.
    ///
    /// # Errors
    /// If a parameter is missing.
    pub fn surprise(&self, block: &Block) -> Result<Tensor<2>, ModelError> {
        let said = self.integers(&block.said, [block.said.len(), 1]);
        Ok(self.log_probabilities(block)?.gather(1, said).neg())
    }

    /// The loss of a block: its targets' surprise, each as it counts.
    ///
    /// # Errors
    /// If a parameter is missing.
    pub fn loss(&self, block: &Block) -> Result<(Tensor<1>, Tensor<2>), ModelError> {
        let surprise = self.surprise(block)?;
        let counts = self.floats(&block.counts, [block.counts.len(), 1]);
        Ok(((surprise.clone() * counts).sum(), surprise))
    }

    /// The picture's patches: rows × patches × width.
    fn see(&self, block: &Block) -> Result<Tensor<3>, ModelError> {
        let d = self.config.width;
        let (columns, rows) = self.config.image.grid();
        let pixels = self.floats(
            &block.pixels,
            [block.rows * block.patches, self.config.image.patch_length()],
        );
        let seen = pixels.matmul(self.parameter("image.patch.weight")?)
            + self.parameter("image.patch.bias")?;
        let seen = norm(squared_relu(seen), self.parameter("image.norm")?);
        let seen =
            seen.matmul(self.parameter("image.mix.weight")?) + self.parameter("image.mix.bias")?;
        let places = self.parameter("image.row")?.reshape([rows, 1, d])
            + self.parameter("image.column")?.reshape([1, columns, d]);
        Ok(seen.reshape([block.rows, block.patches, d]) + places.reshape([1, rows * columns, d]))
    }

    fn attend(&self, qkv: Tensor<2>, mask: &Tensor<4>, rows: usize, length: usize) -> Tensor<2> {
        let (d, heads) = (self.config.width, self.config.heads);
        let part = |i: usize| {
            qkv.clone()
                .narrow(1, i * d, d)
                .reshape([rows, length, heads, d / heads])
                .swap_dims(1, 2)
        };
        let scale = ((d / heads) as f32).sqrt().recip();
        let scores = (part(0) * scale).matmul(part(1).swap_dims(2, 3)) + mask.clone();
        let seen = softmax(scores, 3).matmul(part(2));
        seen.swap_dims(1, 2).reshape([rows * length, d])
    }
}

fn norm(x: Tensor<2>, gain: Tensor<2>) -> Tensor<2> {
    let scale = (x.clone() * x.clone()).mean_dim(1).add_scalar(EPSILON);
    x / scale.sqrt() * gain
}

fn squared_relu(x: Tensor<2>) -> Tensor<2> {
    let x = relu(x);
    x.clone() * x
}
