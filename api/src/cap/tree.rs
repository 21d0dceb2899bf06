//! XML that a stranger sent, as a tree of names and texts: bounded in size, depth and number, and without anything that
//! could make more of it than stands there (no DTD, no entities of its own).

use quick_xml::{
    NsReader,
    events::{BytesRef, BytesStart, Event},
    name::ResolveResult,
};

use super::write::{NAMESPACE, is_xml};

/// The largest message, in bytes.
pub(crate) const MOST: usize = 64 * 1024;
/// The most elements of one message.
const ELEMENTS: usize = 2_000;
/// `alert/info/area/geocode/value`, and one to spare.
const DEPTH: usize = 6;
/// XML signatures may stand at the end of an alert; they are not verified.
const SIGNATURES: &[u8] = b"http://www.w3.org/2000/09/xmldsig#";

/// An element of the alert.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |one| one.name == name)
    }

    /// The text of the first child of this name.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        let found = self.children.iter().find(|one| one.name == name);
        found.map(|one| one.text.as_str())
    }
}

/// Why it cannot be read.
type Wrong = String;

/// Reads a whole document.
pub(super) fn read(bytes: &[u8]) -> Result<Element, Wrong> {
    if bytes.len() > MOST {
        return Err(format!("larger than {MOST} bytes"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    if let Some(bad) = text.chars().find(|c| !is_xml(*c) && *c != '\u{feff}') {
        return Err(format!("contains {bad:?}, which XML does not know"));
    }
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().check_end_names = true;
    let mut tree = Tree::default();
    loop {
        let (space, event) = reader
            .read_resolved_event()
            .map_err(|error| format!("not well-formed: {error}"))?;
        let ours = match space {
            ResolveResult::Bound(space) => Some(space.into_inner().to_vec()),
            _ => None,
        };
        match event {
            Event::Start(tag) => tree.open(ours.as_deref(), &tag)?,
            Event::Empty(tag) => {
                tree.open(ours.as_deref(), &tag)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(part) => {
                let part = part.decode().map_err(|error| error.to_string())?;
                tree.say(&part)?;
            }
            Event::CData(part) => {
                let part = part.decode().map_err(|error| error.to_string())?;
                tree.say(&part)?;
            }
            Event::GeneralRef(name) => tree.say(&meant(&name)?)?,
            Event::DocType(_) => return Err("a DTD is not taken".into()),
            Event::Decl(declared) => encoding(declared.encoding())?,
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return tree.done(),
        }
    }
}

fn encoding(
    declared: Option<Result<std::borrow::Cow<'_, [u8]>, quick_xml::events::attributes::AttrError>>,
) -> Result<(), Wrong> {
    match declared {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case(b"utf-8") => Ok(()),
        Some(_) => Err("only UTF-8 is taken".into()),
    }
}

/// The five entities that XML itself has, and characters by number.
fn meant(name: &BytesRef<'_>) -> Result<String, Wrong> {
    let number = name.resolve_char_ref();
    if let Some(one) = number.map_err(|_| "a character that does not exist".to_owned())? {
        return match is_xml(one) {
            true => Ok(one.to_string()),
            false => Err("a character that XML does not know".into()),
        };
    }
    let name = name.decode().map_err(|error| error.to_string())?;
    Ok(match &*name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        other => {
            return Err(format!(
                "the entity {:?} is not taken",
                other.chars().take(40).collect::<String>()
            ));
        }
    }
    .into())
}

#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    elements: usize,
    /// So deep within a signature.
    skipping: usize,
    whole: Option<Element>,
}

impl Tree {
    fn open(&mut self, space: Option<&[u8]>, tag: &BytesStart<'_>) -> Result<(), Wrong> {
        self.elements += 1;
        if self.elements > ELEMENTS {
            return Err(format!("more than {ELEMENTS} elements"));
        }
        let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
        if self.skipping > 0 || (space == Some(SIGNATURES) && self.open.len() == 1) {
            self.skipping += 1;
            return match self.skipping > 20 {
                true => Err("nested too deeply".into()),
                false => Ok(()),
            };
        }
        if space != Some(NAMESPACE.as_bytes()) {
            return Err(format!("<{name}> is not of the namespace {NAMESPACE}"));
        }
        if self.open.len() >= DEPTH {
            return Err("nested too deeply".into());
        }
        if self.open.is_empty() && self.whole.is_some() {
            return Err("more than one alert".into());
        }
        attributes(&name, tag)?;
        self.open.push(Element {
            name,
            ..Element::default()
        });
        Ok(())
    }

    fn close(&mut self) {
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        let Some(mut done) = self.open.pop() else {
            return;
        };
        done.text = done.text.trim().to_owned();
        match self.open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => self.whole = Some(done),
        }
    }

    fn say(&mut self, text: &str) -> Result<(), Wrong> {
        match self.open.last_mut().filter(|_| self.skipping == 0) {
            Some(element) => element.text.push_str(text),
            None if self.skipping == 0 && !text.trim().is_empty() => {
                return Err("text outside of the alert".into());
            }
            None => {}
        }
        Ok(())
    }

    fn done(self) -> Result<Element, Wrong> {
        if !self.open.is_empty() || self.skipping > 0 {
            return Err("not well-formed: it ends in the middle".into());
        }
        let whole = self.whole.ok_or("no alert in it")?;
        match whole.name.as_str() {
            "alert" => Ok(whole),
            other => Err(format!("<{other}> is no alert")),
        }
    }
}

/// CAP has none of its own: namespaces, where a schema is, and the language may be named.
fn attributes(name: &str, tag: &BytesStart<'_>) -> Result<(), Wrong> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| format!("not well-formed: {error}"))?;
        let key = attribute.key.as_ref();
        let known = key == b"xmlns"
            || [&b"xmlns:"[..], b"xsi:", b"xml:"]
                .iter()
                .any(|one| key.starts_with(one));
        if !known {
            let key = String::from_utf8_lossy(key).into_owned();
            return Err(format!("<{name}> has no attribute {key}"));
        }
    }
    Ok(())
}
