//! The pack's names, regions and detections, and requests to perception.

use super::call::Args;
use super::error::{ExcClass, R, Stop};
use super::expr::constant;
use super::native::{self, Native};
use super::record::Deps;
use super::value::{DetectionObj, RegionObj, Tv, Type, Value};
use super::{Frame, Vm, builtins, modules};
use crate::ast::{Expr, ExprKind, NodeId, StmtKind};
use crate::pack::{PackDef, PackGlobal, ResultType};
use crate::run::Limit;
use crate::tool::{Answer, Arg, BBox, Detection, Recorded, Request};
use crate::trace::{EventId, EventKind, ToolCall};
use std::sync::Arc;

impl<'a> Vm<'a> {
    /// A name that the program did not bind: the pack's public names, then builtins.
    pub(crate) fn public(&mut self, name: &str) -> Option<Value> {
        self.public_of_pack(name)
            .or_else(|| builtins::builtin(name))
            .or_else(|| modules::injected(name))
    }

    pub(crate) fn public_of_pack(&self, name: &str) -> Option<Value> {
        match self.pack.code.public.get(name) {
            Some(PackGlobal::Def(def)) => Some(Value::PackFn(*def)),
            Some(PackGlobal::Class(class)) => Some(Value::PackClass(*class)),
            Some(PackGlobal::Constant(stmt)) => match &self.pack.module.body[*stmt as usize].kind {
                StmtKind::Assign { value, .. } => match &value.kind {
                    ExprKind::Constant(c) => Some(constant(c)),
                    _ => None,
                },
                _ => None,
            },
            Some(PackGlobal::Unbound) | None => None,
        }
    }

    /// A global name of the pack; its constants are made on first use.
    pub(crate) fn pack_global(&mut self, index: u32, name: &str) -> R<Option<Value>> {
        let pack = self.pack;
        Ok(match pack.code.globals[index as usize] {
            PackGlobal::Def(def) => Some(Value::PackFn(def)),
            PackGlobal::Class(class) => Some(Value::PackClass(class)),
            PackGlobal::Constant(stmt) => {
                let StmtKind::Assign { value, .. } = &pack.module.body[stmt as usize].kind else {
                    return Ok(None);
                };
                let tv = self.pack_constant(value)?;
                self.pack_globals[index as usize] = Some(tv.clone());
                Some(tv.value)
            }
            PackGlobal::Unbound => {
                let value = match name {
                    "Region" => Some(Value::Type(Type::Region)),
                    "Detection" => Some(Value::Type(Type::Detection)),
                    "input_image" => native::find(PACK_TABLE, name),
                    _ => builtins::builtin(name).or_else(|| modules::injected(name)),
                };
                // Found once, found for the rest of the run.
                let known = value.clone().map(|v| Tv::new(v, EventId::START));
                self.pack_globals[index as usize] = known;
                value
            }
        })
    }

    /// Evaluates a constant of the pack without recording it.
    pub(crate) fn pack_constant(&mut self, value: &'a Expr) -> R<Tv> {
        if let ExprKind::Constant(c) = &value.kind {
            self.steps += 1;
            return Ok(Tv::new(constant(c), EventId::START));
        }
        let mut frame = Frame {
            function: None,
            locals: Vec::new(),
            cells: Vec::new(),
            pack: true,
            unbound: Vec::new(),
            closure: None,
        };
        let outer = (self.control, self.in_pack, self.muted, self.at);
        self.control = EventId::START;
        self.in_pack = true;
        self.muted = true;
        let result = self.eval(&mut frame, value);
        (self.control, self.in_pack, self.muted, self.at) = outer;
        Ok(Tv::new(result?.value, EventId::START))
    }

    pub(crate) fn region(&mut self, image: u32, bbox: BBox) -> R<Value> {
        self.charge(size_of::<RegionObj>())?;
        self.heap.regions.push(RegionObj {
            image,
            bbox,
            asked: None,
        });
        Ok(Value::Region(self.heap.regions.len() as u32 - 1))
    }

    /// Width and height of an input image.
    pub(crate) fn image_size(&self, image: u32) -> (f64, f64) {
        match self.inputs.images.get(image as usize) {
            Some(image) => (f64::from(image.width), f64::from(image.height)),
            None => (0.0, 0.0),
        }
    }

    pub(crate) fn region_attribute(&mut self, object: &Tv, name: &str) -> R<Option<Value>> {
        let region = match object.value {
            Value::Region(i) => self.heap.regions[i as usize],
            Value::Detection(i) => return self.detection_attribute(i, name),
            _ => return Ok(None),
        };
        let BBox {
            left,
            top,
            right,
            bottom,
        } = region.bbox;
        let (width, height) = self.image_size(region.image);
        Ok(Some(match name {
            "left" => pixels(left),
            "top" => pixels(top),
            "right" => pixels(right),
            "bottom" => pixels(bottom),
            "width" => pixels(right - left),
            "height" => pixels(bottom - top),
            "image_width" => pixels(width),
            "image_height" => pixels(height),
            // As of the pixel array: rows, columns, channels.
            "shape" => {
                let shape = [pixels(bottom - top), pixels(right - left), Value::Int(3)];
                let shape = shape.map(|v| Tv::new(v, object.event)).to_vec();
                self.tuple(shape, object.event)?
            }
            _ => return Ok(self.asked_attribute(&region, name)),
        }))
    }

    fn detection_attribute(&mut self, index: u32, name: &str) -> R<Option<Value>> {
        let detection = &self.heap.detections[index as usize];
        Ok(Some(match name {
            "region" => Value::Region(detection.region),
            "score" => Value::Float(detection.score),
            "label" => Value::Str(detection.label.clone()),
            "id" => match &detection.id {
                Some(id) => Value::Str(id.clone()),
                None => Value::None,
            },
            "attributes" => Value::Dict(detection.attributes),
            _ => return Ok(None),
        }))
    }

    /// `region.crop(left, top, right, bottom)`: clipped to the image, in its frame.
    pub(crate) fn crop(&mut self, region: u32, sides: [f64; 4]) -> R<Value> {
        if sides.iter().any(|x| x.is_nan()) {
            return Err(self.value_error("cannot convert float NaN to integer"));
        }
        let RegionObj { image, .. } = self.heap.regions[region as usize];
        let (width, height) = self.image_size(image);
        let [left, top, right, bottom] = sides;
        let left = left.clamp(0.0, width);
        let top = top.clamp(0.0, height);
        let bbox = BBox {
            left,
            top,
            right: right.clamp(left, width.max(left)),
            bottom: bottom.clamp(top, height.max(top)),
        };
        self.region(image, bbox)
    }

    /// Asks perception.
    pub(crate) fn call_primitive(
        &mut self,
        def: &'a PackDef,
        frame: &mut Frame<'a>,
        node: NodeId,
    ) -> R<Tv> {
        let Some(primitive) = &def.primitive else {
            return Err(self.type_error("not a primitive"));
        };
        let function = &*def.function;
        let mut args = Vec::with_capacity(function.params.len());
        for param in &function.params {
            if let Some(tv) = self.slot(frame, param.name.var).clone() {
                args.push((param.name.id.clone(), tv));
            }
        }
        let mut inputs = Deps::new();
        for (_, tv) in &args {
            self.deep(tv, &mut inputs)?;
        }
        let mut rest = args.into_iter();
        let (image, region) = if primitive.region {
            match rest.next().map(|(_, tv)| tv.value) {
                Some(Value::Region(i)) => {
                    let region = self.heap.regions[i as usize];
                    (region.image, region.bbox)
                }
                other => {
                    let name = self.type_name(&other.unwrap_or(Value::None));
                    let message = format!("{}() looks at a Region, not {name}", function.name);
                    return Err(self.type_error(message));
                }
            }
        } else {
            let (right, bottom) = self.image_size(0);
            let whole = BBox {
                left: 0.0,
                top: 0.0,
                right,
                bottom,
            };
            (0, whole)
        };
        let mut request = Request {
            tool: function.name.to_string(),
            image: image as usize,
            region,
            args: Vec::new(),
        };
        for (name, tv) in rest {
            let arg = self.tool_arg(&tv.value, 0)?;
            request.args.push((name.to_string(), arg));
        }
        // A question that was answered with an error is no call of the trace, but it was asked.
        let calls = self.asked.max(self.trace.answers.len() as u64);
        if calls >= self.limits.tool_calls {
            return Err(Stop::Limit(Limit::ToolCalls));
        }
        let answer = self.answer(request)?;
        self.answered(
            function.name.clone(),
            primitive.result,
            answer,
            inputs,
            node,
        )
    }

    /// Index of the answer to a request; equal requests are asked once.
    fn answer(&mut self, request: Request) -> R<u32> {
        let known = &self.trace.answers;
        if let Some(at) = known.iter().position(|r| r.request == request) {
            return Ok(at as u32);
        }
        match self.answers.answer(&request) {
            Some(answer) => {
                self.trace.answers.push(Recorded { request, answer });
                Ok(self.trace.answers.len() as u32 - 1)
            }
            None => {
                self.suspended = Some(request);
                Err(Stop::Suspend)
            }
        }
    }

    fn answered(
        &mut self,
        tool: Arc<str>,
        result: ResultType,
        answer: u32,
        inputs: Deps,
        node: NodeId,
    ) -> R<Tv> {
        let event = self.next_event();
        let image = self.trace.answers[answer as usize].request.image as u32;
        let value = match (result, &mut self.trace.answers[answer as usize].answer) {
            (_, Answer::Error(message)) => {
                let message = message.clone();
                return Err(self.raise(ExcClass::RuntimeError, message));
            }
            (ResultType::Str, Answer::Text(text)) => {
                let text = text.clone();
                self.string(text)?
            }
            (ResultType::Bool, Answer::Bool(b)) => Value::Bool(*b),
            (ResultType::Float, Answer::Number(x)) => Value::Float(*x),
            (ResultType::Int, Answer::Number(x))
                if x.fract() == 0.0 && x.abs() < 9_007_199_254_740_992.0 =>
            {
                Value::Int(*x as i64)
            }
            (ResultType::Detections, Answer::Detections(found)) => {
                // Taken out of the table while they are read, which is cheaper than a copy.
                let found = std::mem::take(found);
                let items = self.detected(image, &found, event);
                self.trace.answers[answer as usize].answer = Answer::Detections(found);
                self.list(items?, event)?
            }
            (_, other) => {
                let got = match other {
                    Answer::Detections(_) => "detections",
                    Answer::Text(_) => "a text",
                    Answer::Number(_) => "a number",
                    Answer::Bool(_) => "a bool",
                    Answer::Error(_) => "an error",
                };
                let wanted = match result {
                    ResultType::Detections => "List[Detection]",
                    ResultType::Str => "str",
                    ResultType::Float => "float",
                    ResultType::Int => "int",
                    ResultType::Bool => "bool",
                };
                let message = format!("perception answered {tool}() with {got}, not {wanted}");
                return Err(self.raise(ExcClass::RuntimeError, message));
            }
        };
        let call = self.trace.tool_calls.len() as u32;
        let recorded = self.event(EventKind::ToolCall { call }, node, &inputs, &value)?;
        debug_assert_eq!(recorded, event);
        if !self.muted {
            self.trace.tool_calls.push(ToolCall { event, answer });
        }
        self.asked += u64::from(!self.muted || self.untraced);
        Ok(Tv::new(value, event))
    }

    fn detected(&mut self, image: u32, found: &[Detection], event: EventId) -> R<Vec<Tv>> {
        let mut items = Vec::with_capacity(found.len());
        for detection in found {
            let value = self.detection(image, detection, event)?;
            items.push(Tv::new(value, event));
        }
        Ok(items)
    }

    fn detection(&mut self, image: u32, detection: &Detection, event: EventId) -> R<Value> {
        let BBox {
            left,
            top,
            right,
            bottom,
        } = detection.bbox;
        let (width, height) = self.image_size(image);
        let fix = |x: f64, most: f64| {
            if x.is_nan() { 0.0 } else { x.clamp(0.0, most) }
        };
        let (left, top) = (fix(left, width), fix(top, height));
        let bbox = BBox {
            left,
            top,
            right: fix(right, width).max(left),
            bottom: fix(bottom, height).max(top),
        };
        let Value::Region(region) = self.region(image, bbox)? else {
            return Ok(Value::None);
        };
        let mut entries = Vec::with_capacity(detection.attributes.len());
        for (name, arg) in &detection.attributes {
            let key = Tv::new(self.string(name.as_str())?, event);
            let value = self.arg_value(arg, event, 0)?;
            entries.push((key, Tv::new(value, event)));
        }
        let Value::Dict(attributes) = self.dict(entries, event)? else {
            return Ok(Value::None);
        };
        self.charge(size_of::<DetectionObj>() + detection.label.len())?;
        self.heap.detections.push(DetectionObj {
            region,
            score: detection.score,
            label: detection.label.as_str().into(),
            id: detection.id.as_deref().map(Into::into),
            attributes,
        });
        Ok(Value::Detection(self.heap.detections.len() as u32 - 1))
    }

    /// A value as an argument of a request.
    fn tool_arg(&mut self, value: &Value, depth: u32) -> R<Arg> {
        self.step()?;
        Ok(match value {
            Value::None => Arg::None,
            Value::Bool(b) => Arg::Bool(*b),
            Value::Int(i) => Arg::Int(*i),
            Value::Float(x) if x.is_finite() => Arg::Float(*x),
            Value::Str(s) => {
                self.charge(s.len())?;
                Arg::Str(s.to_string())
            }
            Value::List(_) | Value::Tuple(_) if depth < 4 => {
                let items = match value {
                    Value::List(i) => self.heap.lists[*i as usize].items.clone(),
                    Value::Tuple(i) => self.heap.tuples[*i as usize].items.clone(),
                    _ => Vec::new(),
                };
                let mut args = Vec::with_capacity(items.len());
                for item in items {
                    args.push(self.tool_arg(&item.value, depth + 1)?);
                }
                Arg::List(args)
            }
            Value::Region(i) => {
                let region = self.heap.regions[*i as usize];
                Arg::Region {
                    image: region.image as usize,
                    region: region.bbox,
                }
            }
            other => {
                let message = format!(
                    "perception takes texts, numbers, bools, regions and lists of them, not {}",
                    self.type_name(other)
                );
                return Err(self.type_error(message));
            }
        })
    }

    fn arg_value(&mut self, arg: &Arg, event: EventId, depth: u32) -> R<Value> {
        Ok(match arg {
            Arg::None => Value::None,
            Arg::Bool(b) => Value::Bool(*b),
            Arg::Int(i) => Value::Int(*i),
            Arg::Float(x) => Value::Float(*x),
            Arg::Str(s) => self.string(s.as_str())?,
            Arg::List(args) if depth < 8 => {
                let mut items = Vec::with_capacity(args.len());
                for arg in args {
                    items.push(Tv::new(self.arg_value(arg, event, depth + 1)?, event));
                }
                self.list(items, event)?
            }
            Arg::List(_) => Value::None,
            Arg::Region { image, region } => self.region(*image as u32, *region)?,
        })
    }
}

/// What pack code has beside the builtins.
static PACK_TABLE: &[Native] = &[Native {
    name: "input_image",
    call: input_image,
}];

/// `input_image(index)`: the region of one of the run's images, whatever the program is given.
fn input_image(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("input_image", &args, 1, 1)?;
    match args.pos[0].value.as_int().map(usize::try_from) {
        Some(Ok(index)) => vm.image(index),
        Some(Err(_)) => Err(vm.index_error("input image index out of range")),
        None => Err(vm.type_error("input_image() takes an index")),
    }
}

/// A length or position in pixels: an int where it is whole.
fn pixels(x: f64) -> Value {
    if x.fract() == 0.0 && x.abs() < 9_007_199_254_740_992.0 {
        Value::Int(x as i64)
    } else {
        Value::Float(x)
    }
}
