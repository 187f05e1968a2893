//! Attributes.

use super::call::Callee;
use super::error::{ExcClass, R};
use super::value::{Tv, Type, Value};
use super::{Vm, methods, modules};
use crate::ast::NodeId;
use crate::pack::DefKind;
use crate::trace::{EventId, EventKind};
use std::rc::Rc;
use std::sync::Arc;

impl<'a> Vm<'a> {
    /// What `object.name(…)` calls.
    pub(crate) fn method(&mut self, object: &Tv, name: &Arc<str>, node: NodeId) -> R<Callee> {
        if name.starts_with('_') && !self.in_pack {
            return Ok(Callee::Value(self.dunder(object, name)?));
        }
        match &object.value {
            Value::Instance(i) => {
                let instance = &self.heap.instances[*i as usize];
                let has_field = instance.fields.iter().any(|(field, _)| field == name);
                let class = self.pack.class(instance.class);
                if !has_field
                    && let Some(def) = class.members.get(name)
                    && self.pack.def(*def).kind == DefKind::Method
                {
                    return Ok(Callee::Pack(*def));
                }
            }
            value => {
                if methods::has_method(self, value, name) {
                    return Ok(Callee::Builtin);
                }
            }
        }
        Ok(Callee::Value(self.attribute(object, name, node)?))
    }

    /// `object.name`
    pub(crate) fn attribute(&mut self, object: &Tv, name: &Arc<str>, node: NodeId) -> R<Tv> {
        if name.starts_with('_') && !self.in_pack {
            return self.dunder(object, name);
        }
        let value = match &object.value {
            Value::Instance(i) => {
                let instance = &self.heap.instances[*i as usize];
                if let Some((_, field)) = instance.fields.iter().find(|(f, _)| f == name) {
                    let field = field.clone();
                    let inputs = [field.event, object.event];
                    let event = self.event(EventKind::Attribute, node, &inputs, &field.value)?;
                    return Ok(Tv::new(field.value, event));
                }
                match self.pack.class(instance.class).members.get(name) {
                    Some(def) if self.pack.def(*def).kind == DefKind::Property => {
                        return self.call_pack(*def, vec![object.clone()], Vec::new(), node);
                    }
                    Some(_) => Some(Value::Bound(Rc::new((object.clone(), name.clone())))),
                    None => None,
                }
            }
            Value::PackClass(class) => self
                .pack
                .class(*class)
                .statics
                .get(name)
                .map(|def| Value::PackFn(*def)),
            Value::Module(module) => match modules::member(module, name) {
                Some(value) => return Ok(Tv::new(value, EventId::START)),
                None => None,
            },
            Value::Region(_) | Value::Detection(_) => self.region_attribute(object, name)?,
            Value::Exc(i) if &**name == "args" => {
                let args = self.heap.excs[*i as usize].args.clone();
                Some(self.tuple(args, object.event)?)
            }
            Value::Dict(i) if &**name == "default_factory" => {
                match &self.heap.dicts[*i as usize].kind {
                    super::value::DictKind::Default(factory) => Some(factory.clone()),
                    _ => None,
                }
            }
            Value::List(i) if &**name == "maxlen" && self.is_deque(*i) => {
                let most = self.heap.deques.get(i).and_then(|d| d.most);
                Some(most.map_or(Value::None, |n| Value::Int(n as i64)))
            }
            Value::Slice(parts) => match &**name {
                "start" => Some(parts[0].clone()),
                "stop" => Some(parts[1].clone()),
                "step" => Some(parts[2].clone()),
                _ => None,
            },
            Value::Range(range) => match &**name {
                "start" => Some(Value::Int(range.0)),
                "stop" => Some(Value::Int(range.1)),
                "step" => Some(Value::Int(range.2)),
                _ => None,
            },
            Value::Int(_) | Value::Bool(_) | Value::Big(_) => match &**name {
                "real" | "numerator" => object.value.to_big().map(Value::from_big),
                "imag" => Some(Value::Int(0)),
                "denominator" => Some(Value::Int(1)),
                _ => None,
            },
            Value::Float(x) => match &**name {
                "real" => Some(Value::Float(*x)),
                "imag" => Some(Value::Float(0.0)),
                _ => None,
            },
            Value::Match(m) => m.attribute(name),
            Value::Pattern(p) if &**name == "pattern" => Some(Value::Str(p.source.clone())),
            _ => None,
        };
        if let Some(value) = value {
            let event = self.event(EventKind::Attribute, node, &[object.event], &value)?;
            return Ok(Tv::new(value, event));
        }
        if methods::has_method(self, &object.value, name) {
            let bound = Value::Bound(Rc::new((object.clone(), name.clone())));
            return Ok(Tv::new(bound, object.event));
        }
        Err(self.no_attribute(&object.value, name))
    }

    /// Names of types and functions are the only dunder attributes that are honoured.
    fn dunder(&mut self, object: &Tv, name: &Arc<str>) -> R<Tv> {
        if &**name == "__name__" {
            let text = match &object.value {
                Value::Type(ty) => Some(ty.name().to_owned()),
                Value::ExcClass(class) => Some(class.name().to_owned()),
                Value::PackClass(class) => {
                    Some(self.pack.classes[*class as usize].name.to_string())
                }
                Value::Func(id) => Some(self.heap.funcs[*id as usize].function.name.to_string()),
                Value::Native(native) => Some(native.name.to_owned()),
                _ => None,
            };
            if let Some(text) = text {
                let value = self.string(text)?;
                return Ok(Tv::new(value, object.event));
            }
        }
        Err(self.no_attribute(&object.value, name))
    }

    pub(crate) fn no_attribute(&mut self, value: &Value, name: &str) -> super::error::Stop {
        let message = match value {
            Value::Module(module) => format!("module '{module}' has no attribute '{name}'"),
            Value::Type(ty) => format!("type object '{}' has no attribute '{name}'", ty.name()),
            Value::ExcClass(class) => {
                format!("type object '{}' has no attribute '{name}'", class.name())
            }
            Value::PackClass(class) => {
                let class = &self.pack.classes[*class as usize].name;
                format!("type object '{class}' has no attribute '{name}'")
            }
            value => format!(
                "'{}' object has no attribute '{name}'",
                self.type_name(value)
            ),
        };
        self.attribute_error(message)
    }

    pub(crate) fn store_attribute(
        &mut self,
        pack: bool,
        object: &Tv,
        name: &Arc<str>,
        tv: Tv,
        node: NodeId,
    ) -> R<()> {
        let Value::Instance(i) = object.value else {
            return Err(self.no_attribute(&object.value, name));
        };
        let instance = &self.heap.instances[i as usize];
        let class = self.pack.class(instance.class);
        if name.starts_with('_') && !pack {
            return Err(self.no_attribute(&object.value, name));
        }
        if let Some(def) = class.members.get(name)
            && self.pack.def(*def).kind == DefKind::Property
        {
            let class = self.type_name(&object.value);
            let message = format!("property '{name}' of '{class}' object has no setter");
            return Err(self.attribute_error(message));
        }
        self.charge(64)?;
        let inputs = [tv.event, object.event];
        let event = self.event(EventKind::Mutate, node, &inputs, &tv.value)?;
        let tv = Tv::new(tv.value, event);
        let fields = &mut self.heap.instances[i as usize].fields;
        match fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, field)) => *field = tv,
            None => fields.push((name.clone(), tv)),
        }
        Ok(())
    }

    /// Python's name of a value's type.
    pub(crate) fn type_name(&self, value: &Value) -> Arc<str> {
        match value {
            Value::Instance(i) => {
                let class = self.heap.instances[*i as usize].class;
                self.pack.classes[class as usize].name.clone()
            }
            Value::Exc(i) => self.heap.excs[*i as usize].class.name().into(),
            other => match self.type_of(other) {
                Type::Deque => "collections.deque".into(),
                Type::DefaultDict => "collections.defaultdict".into(),
                Type::OrderedDict => "collections.OrderedDict".into(),
                ty => ty.name().into(),
            },
        }
    }

    /// Whether a list is a deque.
    pub(crate) fn is_deque(&self, list: u32) -> bool {
        !self.heap.deques.is_empty() && self.heap.deques.contains_key(&list)
    }

    pub(crate) fn type_of(&self, value: &Value) -> Type {
        use super::value::{DictKind, ViewKind};
        match value {
            Value::None => Type::NoneType,
            Value::Ellipsis => Type::Other("ellipsis"),
            Value::NotImplemented => Type::Other("NotImplementedType"),
            Value::Bool(_) => Type::Bool,
            Value::Int(_) | Value::Big(_) => Type::Int,
            Value::Float(_) => Type::Float,
            Value::Str(_) => Type::Str,
            Value::List(i) if self.is_deque(*i) => Type::Deque,
            Value::List(_) => Type::List,
            Value::Tuple(_) => Type::Tuple,
            Value::Dict(i) => match self.heap.dicts[*i as usize].kind {
                DictKind::Plain => Type::Dict,
                DictKind::Ordered => Type::OrderedDict,
                DictKind::Counter => Type::Counter,
                DictKind::Default(_) => Type::DefaultDict,
            },
            Value::Set(i) if self.heap.sets[*i as usize].frozen => Type::FrozenSet,
            Value::Set(_) => Type::Set,
            Value::View(ViewKind::Keys, _) => Type::Other("dict_keys"),
            Value::View(ViewKind::Values, _) => Type::Other("dict_values"),
            Value::View(ViewKind::Items, _) => Type::Other("dict_items"),
            Value::Range(_) => Type::Range,
            Value::Slice(_) => Type::Slice,
            Value::Iter(i) => self.heap.iters[*i as usize].python_type(),
            Value::Func(_) | Value::PackFn(_) => Type::Other("function"),
            Value::PackClass(_) | Value::Type(_) | Value::ExcClass(_) => Type::Type,
            Value::Bound(bound) => match bound.0.value {
                Value::Instance(_) => Type::Other("method"),
                _ => Type::Other("builtin_function_or_method"),
            },
            Value::Native(_) => Type::Other("builtin_function_or_method"),
            Value::Exc(i) => Type::Other(self.heap.excs[*i as usize].class.name()),
            Value::Instance(_) => Type::Object,
            Value::Region(_) => Type::Region,
            Value::Detection(_) => Type::Detection,
            Value::Module(_) => Type::Other("module"),
            Value::Typing(_) => Type::Other("_GenericAlias"),
            Value::Partial(_) => Type::Other("functools.partial"),
            Value::CmpKey(_) => Type::Other("functools.KeyWrapper"),
            Value::Pattern(_) => Type::Other("re.Pattern"),
            Value::Match(_) => Type::Other("re.Match"),
        }
    }

    /// `import module` or `from module import member`.
    pub(crate) fn import(&mut self, module: &str, member: Option<&str>, target: &str) -> R<Value> {
        let top = module.split('.').next().unwrap_or(module);
        let Some(found) = modules::module(module) else {
            // A pack's own names may be imported from anywhere.
            if let Some(value) = member.and_then(|m| self.public_of_pack(m)) {
                return Ok(value);
            }
            let message = format!("No module named '{top}'");
            return Err(self.raise(ExcClass::ModuleNotFoundError, message));
        };
        match member {
            None if module != top && target == top => Ok(modules::module(top).unwrap_or(found)),
            None => Ok(found),
            Some(member) => {
                let Value::Module(name) = found else {
                    return Ok(found);
                };
                match modules::member(name, member) {
                    Some(value) => Ok(value),
                    None => {
                        let message = format!(
                            "cannot import name '{member}' from '{module}' (unknown location)"
                        );
                        Err(self.raise(ExcClass::ImportError, message))
                    }
                }
            }
        }
    }
}
