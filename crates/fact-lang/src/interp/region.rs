//! Geometry of regions in one step, for packs whose coordinates run upwards from the bottom left.

use super::Vm;
use super::call::Args;
use super::error::{ExcClass, R};
use super::value::{RegionObj, Type, Value};

/// Coordinates beyond this are refused: below it, floats hold them exactly.
const FARTHEST: i64 = 1 << 50;

/// Sides in pixels from the bottom left corner of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) left: i64,
    pub(crate) lower: i64,
    pub(crate) right: i64,
    pub(crate) upper: i64,
}

impl Vm<'_> {
    /// The sides a region was asked for: its own, unless [`Vm::window`] clipped it.
    fn asked(&self, region: &RegionObj) -> Asked {
        region.asked.unwrap_or_else(|| {
            let (_, height) = self.image_size(region.image);
            Asked {
                left: region.bbox.left as i64,
                lower: (height - region.bbox.bottom) as i64,
                right: region.bbox.right as i64,
                upper: (height - region.bbox.top) as i64,
            }
        })
    }

    /// `asked_left` and so on.
    pub(crate) fn asked_attribute(&self, region: &RegionObj, name: &str) -> Option<Value> {
        let name = name.strip_prefix("asked_")?;
        let asked = self.asked(region);
        Some(match name {
            "left" => Value::Int(asked.left),
            "lower" => Value::Int(asked.lower),
            "right" => Value::Int(asked.right),
            "upper" => Value::Int(asked.upper),
            "center_x" => Value::Float((asked.left + asked.right) as f64 / 2.0),
            "center_y" => Value::Float((asked.lower + asked.upper) as f64 / 2.0),
            _ => return None,
        })
    }

    /// `Region(image, left, lower, right, upper, name)`: the window of a region, or of an object of
    /// the pack that has one as its `_region`; a `name` without area is an exception.
    pub(crate) fn construct_region(&mut self, mut args: Args) -> R<Value> {
        if !self.in_pack {
            return Err(self.type_error("cannot create 'Region' instances"));
        }
        self.arity("Region", &args, 6, 6)?;
        let name = args.pos.pop().map_or(Value::None, |tv| tv.value);
        let image = args.pos.remove(0);
        let field = match &image.value {
            Value::Instance(i) => {
                let fields = &self.heap.instances[*i as usize].fields;
                let field = fields.iter().find(|(name, _)| &**name == "_region");
                field.map(|(_, tv)| tv.clone())
            }
            _ => Some(image.clone()),
        };
        let Some(Value::Region(region)) = field.as_ref().map(|tv| &tv.value) else {
            return Err(self.no_attribute(&image.value, "_region"));
        };
        let value = self.window(*region, args)?;
        if let Some(field) = &field {
            self.dep(field.event);
        }
        if let (Value::Region(made), Value::Str(name)) = (&value, &name) {
            let bbox = self.heap.regions[*made as usize].bbox;
            if bbox.right - bbox.left < 1.0 || bbox.bottom - bbox.top < 1.0 {
                return Err(self.raise(ExcClass::Exception, format!("{name} has no area")));
            }
        }
        Ok(value)
    }

    /// `region.window(left, lower, right, upper, margin=None)`.
    pub(crate) fn window(&mut self, region: u32, args: Args) -> R<Value> {
        self.arity("window", &args, 4, 5)?;
        if args.pos.iter().all(|tv| tv.value.is_none()) {
            let RegionObj { image, bbox, .. } = self.heap.regions[region as usize];
            return self.region(image, bbox);
        }
        let mut sides = [0; 4];
        for (side, arg) in sides.iter_mut().zip(&args.pos) {
            *side = self.coordinate(&arg.value)?;
        }
        let margin = match args.pos.get(4) {
            Some(margin) => Some(self.coordinate(&margin.value)?),
            None => None,
        };
        self.window_of(region, sides, margin)
    }

    /// `region.around(part, margin)`: the window of another region or of a detection.
    pub(crate) fn around(&mut self, region: u32, args: Args) -> R<Value> {
        self.arity("around", &args, 2, 2)?;
        let inner = match args.pos[0].value {
            Value::Region(inner) => inner,
            Value::Detection(i) => self.heap.detections[i as usize].region,
            _ => {
                let name = self.type_name(&args.pos[0].value);
                let message = format!("around() takes a Region or a Detection, not {name}");
                return Err(self.type_error(message));
            }
        };
        let margin = self.coordinate(&args.pos[1].value)?;
        let own = self.heap.regions[region as usize].bbox;
        let inner = self.heap.regions[inner as usize].bbox;
        let sides = [
            (inner.left - own.left) as i64,
            (own.bottom - inner.bottom) as i64,
            (inner.right - own.left) as i64,
            (own.bottom - inner.top) as i64,
        ];
        self.window_of(region, sides, Some(margin))
    }

    /// Python's `int(value)`, for values that are positions in an image.
    fn coordinate(&mut self, value: &Value) -> R<i64> {
        let whole = match value {
            Value::Int(i) => *i,
            other => {
                let args = Args::of(vec![super::value::Tv::pending(other.clone())]);
                let whole = self.construct_type(Type::Int, args, self.at)?;
                self.integer(&whole)?
            }
        };
        if whole.unsigned_abs() > FARTHEST.unsigned_abs() {
            return Err(self.overflow_error("coordinate is too large"));
        }
        Ok(whole)
    }

    /// The part of a region between sides that count from its own bottom left corner. With a margin
    /// the sides move apart by it, but not out of the region.
    fn window_of(&mut self, region: u32, sides: [i64; 4], margin: Option<i64>) -> R<Value> {
        let RegionObj { image, bbox, .. } = self.heap.regions[region as usize];
        let (_, height) = self.image_size(image);
        let [mut left, mut lower, mut right, mut upper] = sides;
        if let Some(margin) = margin {
            left = (left - margin).max(0);
            lower = (lower - margin).max(0);
            right = (right + margin).min((bbox.right - bbox.left) as i64);
            upper = (upper + margin).min((bbox.bottom - bbox.top) as i64);
        }
        let (x, y) = (bbox.left as i64, (height - bbox.bottom) as i64);
        let asked = Asked {
            left: left + x,
            lower: lower + y,
            right: right + x,
            upper: upper + y,
        };
        let sides = [
            bbox.left.max(asked.left as f64),
            bbox.top.max(height - asked.upper as f64),
            bbox.right.min(asked.right as f64),
            bbox.bottom.min(height - asked.lower as f64),
        ];
        let value = self.crop(region, sides)?;
        if let Some(region) = self.heap.regions.last_mut() {
            region.asked = Some(asked);
        }
        Ok(value)
    }
}
