//! Puts a question in front of every turn of a filter's loops: may it go on?
//!
//! The evaluator has no limit of its own. The variable [`TICK`], which no filter can name, is looked up before what the
//! loop evaluates, and the look-up unwinds when the answer is no.

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

/// Read before each turn.
pub(super) const TICK: &str = "@tick";

pub(super) fn add_ticks(expression: &mut IdedExpr) {
    match &mut expression.expr {
        Expr::Call(call) => call
            .target
            .iter_mut()
            .map(|target| &mut **target)
            .chain(&mut call.args)
            .for_each(add_ticks),
        Expr::List(list) => list.elements.iter_mut().for_each(add_ticks),
        Expr::Select(select) => add_ticks(&mut select.operand),
        Expr::Map(map) => {
            for entry in &mut map.entries {
                if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                    add_ticks(&mut entry.key);
                    add_ticks(&mut entry.value);
                }
            }
        }
        Expr::Comprehension(of) => {
            add_ticks(&mut of.iter_range);
            add_ticks(&mut of.loop_step);
            if let Expr::Call(step) = &mut of.loop_step.expr {
                tick_step(step);
            }
        }
        Expr::Ident(_) | Expr::Literal(_) | Expr::Struct(_) | Expr::Unspecified => {}
    }
}

/// The evaluator knows the shapes of the standard loops, so they stay: `@result && x`, `@result || x`, `x ? step : @result`,
/// `@result + [x]`. Only `x` is wrapped.
fn tick_step(step: &mut CallExpr) {
    if step.func_name == operators::CONDITIONAL {
        if let Some(guard) = step.args.first_mut() {
            wrap(guard);
        }
        return;
    }
    if let Some(last) = step.args.last_mut() {
        match &mut last.expr {
            Expr::List(list) => list.elements.iter_mut().for_each(wrap),
            _ => wrap(last),
        }
    }
}

/// `x` becomes `@tick ? x : false`.
fn wrap(expression: &mut IdedExpr) {
    let inner = std::mem::take(expression);
    let id = inner.id;
    let node = |expr| IdedExpr { id, expr };
    let args = vec![
        node(Expr::Ident(TICK.to_owned())),
        inner,
        node(Expr::Literal(LiteralValue::Boolean(false.into()))),
    ];
    *expression = node(Expr::Call(CallExpr {
        func_name: operators::CONDITIONAL.to_owned(),
        target: None,
        args,
    }));
}
