//! One language as read from its folder: every message with the placeholders it uses anywhere.

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement},
    parser,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

/// One message: its text as written and the names of its placeholders.
#[derive(Debug, Default)]
pub struct Entered {
    pub text: String,
    pub placeholders: BTreeSet<String>,
}

/// All messages of one language, and their source in one piece for the running program.
#[derive(Debug, Default)]
pub struct Catalog {
    pub language: String,
    pub source: String,
    pub messages: BTreeMap<String, Entered>,
}

/// Reads every `.ftl` file of `folder`; what is wrong with them goes to `problems`.
pub fn catalog(folder: &Path, problems: &mut Vec<String>) -> io::Result<Catalog> {
    let language = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut catalog = Catalog {
        language: language.into_owned(),
        ..Catalog::default()
    };
    for path in files(folder)? {
        let source = fs::read_to_string(&path)?;
        let area = path.file_name().unwrap_or_default().to_string_lossy();
        let place = format!("{}/{area}", catalog.language);
        problems.extend(
            enter(&mut catalog, &source)
                .into_iter()
                .map(|problem| format!("{place}: {problem}")),
        );
        catalog.source.push_str(&source);
        catalog.source.push('\n');
    }
    Ok(catalog)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ftl"));
    files.sort();
    Ok(files)
}

fn enter(catalog: &mut Catalog, source: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let resource = parser::parse(source).unwrap_or_else(|(resource, errors)| {
        problems.extend(
            errors
                .iter()
                .map(|error| format!("line {}: {error}", line(source, error.pos.start))),
        );
        resource
    });
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => problems.extend(enter_message(catalog, message).err()),
            Entry::Term(term) => problems.push(format!(
                "-{}: write the word out, sentences use no terms",
                term.id.name
            )),
            Entry::Junk { .. }
            | Entry::Comment(_)
            | Entry::GroupComment(_)
            | Entry::ResourceComment(_) => {}
        }
    }
    problems
}

fn line(source: &str, byte: usize) -> usize {
    source
        .bytes()
        .take(byte)
        .filter(|&byte| byte == b'\n')
        .count()
        + 1
}

fn enter_message(catalog: &mut Catalog, message: &Message<&str>) -> Result<(), String> {
    let id = message.id.name;
    let mut entered = Entered::default();
    let value = message
        .value
        .as_ref()
        .ok_or_else(|| format!("{id}: has no text"))?;
    visit_pattern(value, &mut entered).map_err(|problem| format!("{id}: {problem}"))?;
    if !message.attributes.is_empty() {
        return Err(format!(
            "{id}: attributes are never shown, make it a message of its own"
        ));
    }
    match catalog.messages.insert(id.to_owned(), entered) {
        Some(_) => Err(format!("{id}: is there twice")),
        None => Ok(()),
    }
}

fn visit_pattern(pattern: &Pattern<&str>, entered: &mut Entered) -> Result<(), String> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => entered.text.push_str(value),
            PatternElement::Placeable { expression } => visit(expression, entered)?,
        }
    }
    Ok(())
}

fn visit(expression: &Expression<&str>, entered: &mut Entered) -> Result<(), String> {
    match expression {
        Expression::Inline(inline) => visit_inline(inline, entered),
        Expression::Select { selector, variants } => {
            select_on(selector, entered)?;
            let default = variants.iter().position(|variant| variant.default);
            for (at, variant) in variants.iter().enumerate() {
                let length = entered.text.len();
                visit_pattern(&variant.value, entered)?;
                if Some(at) != default {
                    entered.text.truncate(length);
                }
            }
            Ok(())
        }
    }
}

fn select_on(selector: &InlineExpression<&str>, entered: &mut Entered) -> Result<(), String> {
    let InlineExpression::VariableReference { id } = selector else {
        return Err("selects on something that is no placeholder".to_owned());
    };
    entered.placeholders.insert(id.name.to_owned());
    Ok(())
}

fn visit_inline(inline: &InlineExpression<&str>, entered: &mut Entered) -> Result<(), String> {
    match inline {
        InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
            entered.text.push_str(value);
        }
        InlineExpression::VariableReference { id } => {
            entered.placeholders.insert(id.name.to_owned());
            entered.text.push_str(&format!("{{{}}}", id.name));
        }
        InlineExpression::Placeable { expression } => visit(expression, entered)?,
        InlineExpression::FunctionReference { id, .. }
        | InlineExpression::MessageReference { id, .. }
        | InlineExpression::TermReference { id, .. } => {
            return Err(format!("refers to {}, a sentence stands alone", id.name));
        }
    }
    Ok(())
}
