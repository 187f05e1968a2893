//! What native functions say about their arguments.

use super::super::Vm;
use super::super::error::{ExcClass, R, Stop};
use super::super::value::Tv;
use super::Args;

impl Vm<'_> {
    /// Too few or too many arguments of a native function.
    pub(crate) fn arity(&mut self, name: &str, args: &Args, least: usize, most: usize) -> R<()> {
        let given = args.pos.len();
        if !args.kw.is_empty() {
            let message = format!("{name}() takes no keyword arguments");
            return Err(self.type_error(message));
        }
        if (least..=most).contains(&given) {
            return Ok(());
        }
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let message = if least == most && most == 0 {
            format!("{name}() takes no arguments ({given} given)")
        } else if least == most && most == 1 {
            format!("{name}() takes exactly one argument ({given} given)")
        } else if least == most {
            format!(
                "{name} expected {least} argument{}, got {given}",
                plural(least)
            )
        } else if given < least {
            format!(
                "{name} expected at least {least} argument{}, got {given}",
                plural(least)
            )
        } else {
            format!(
                "{name} expected at most {most} argument{}, got {given}",
                plural(most)
            )
        };
        Err(self.type_error(message))
    }

    /// Takes a keyword argument out of `args`.
    pub(crate) fn keyword(&mut self, args: &mut Args, name: &str) -> Option<Tv> {
        let at = args.kw.iter().position(|(n, _)| &**n == name)?;
        Some(args.kw.remove(at).1)
    }

    /// Complains about keyword arguments nobody took.
    pub(crate) fn no_keywords(&mut self, function: &str, args: &Args) -> R<()> {
        match args.kw.first() {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("'{name}' is an invalid keyword argument for {function}()");
                Err(self.type_error(message))
            }
        }
    }

    /// [`Vm::arity`] in the other style CPython has.
    pub(crate) fn arity_of(&mut self, name: &str, args: &Args, least: usize, most: usize) -> R<()> {
        self.no_keywords(name, args)?;
        let given = args.pos.len();
        let (bound, n) = if given < least {
            ("at least", least)
        } else if given > most {
            ("at most", most)
        } else {
            return Ok(());
        };
        let plural = if n == 1 { "" } else { "s" };
        let message = format!("{name}() takes {bound} {n} argument{plural} ({given} given)");
        Err(self.type_error(message))
    }

    /// Name and message of an error of [`crate::pytext`] as an exception.
    pub(crate) fn text_error(&mut self, error: crate::pytext::TextError) -> Stop {
        match error.exception() {
            Some((class, message)) => {
                let class = ExcClass::by_name(class).unwrap_or(ExcClass::ValueError);
                self.raise(class, message)
            }
            None => Stop::Limit(crate::run::Limit::Heap),
        }
    }
}
