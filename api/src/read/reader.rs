//! One value after the other, for serde; what stands in where one is wrong or missing fits what is wanted.

use std::{cell::RefCell, iter::Enumerate, slice, vec};

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};

use super::{
    Tree,
    notes::{MOST, Notes, STAND_INS},
    wrong::{Wrong, join, unknown},
};

/// The number that stands for one which cannot be read; a level, a minute and a degree as well.
const STAND_IN: u8 = 1;

/// One value, and where it stands.
pub(super) struct Reader<'a> {
    /// `None`: it is wrong or missing, and what is wanted is made up.
    tree: Option<&'a Tree>,
    path: String,
    notes: &'a RefCell<Notes>,
}

impl<'a> Reader<'a> {
    /// All of it.
    pub fn of(tree: &'a Tree, notes: &'a RefCell<Notes>) -> Self {
        Self {
            tree: Some(tree),
            path: String::new(),
            notes,
        }
    }

    /// A value within this one.
    fn within<'de, S: DeserializeSeed<'de>>(
        path: String,
        tree: Option<&'a Tree>,
        notes: &'a RefCell<Notes>,
        seed: S,
    ) -> Result<S::Value, Wrong> {
        notes.borrow_mut().looked += 1;
        let made_up = notes.borrow().made_up.contains_key(&path);
        let reader = Reader {
            tree: tree.filter(|_| !made_up),
            path: path.clone(),
            notes,
        };
        seed.deserialize(reader).map_err(|wrong| wrong.at(path))
    }

    fn is_made_up(&self, path: &str) -> bool {
        self.notes.borrow().made_up.contains_key(path)
    }

    fn stand_in(&self) -> &'static str {
        let tries = self.notes.borrow().made_up.get(&self.path).copied();
        STAND_INS[tries.unwrap_or_default().min(STAND_INS.len() - 1)]
    }

    /// Those of an object that are known; the others are taken down.
    fn known(self, fields: &'a [(String, Tree)], known: &'static [&'static str]) -> Fields<'a> {
        let mut left = Vec::new();
        let bears_unknown = self.notes.borrow().bears_unknown;
        for (name, tree) in fields {
            if known.contains(&name.as_str()) {
                left.push((name.as_str(), Some(tree)));
            } else if !bears_unknown && self.notes.borrow().found.len() < MOST {
                let wrong = unknown(known).at(join(&self.path, name));
                self.notes.borrow_mut().note(wrong.told());
            }
        }
        for name in known {
            let is_missing = fields.iter().all(|(given, _)| given != name);
            if is_missing && self.is_made_up(&join(&self.path, name)) {
                left.push((*name, None));
            }
        }
        self.fields(left)
    }

    fn fields(self, left: Vec<(&'a str, Option<&'a Tree>)>) -> Fields<'a> {
        Fields {
            left: left.into_iter(),
            value: None,
            path: self.path,
            notes: self.notes,
        }
    }

    fn items(self, list: &'a [Tree]) -> Items<'a> {
        Items {
            left: list.iter().enumerate(),
            path: self.path,
            notes: self.notes,
        }
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $kind:ty, $words:literal;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match self.tree {
                None => visitor.$visit(<$kind>::from(STAND_IN)),
                Some(Tree::Word(word)) => match word.parse() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => Err(Wrong::new("malformed", $words)),
                },
                Some(_) => self.deserialize_any(visitor),
            }
        })+
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.tree {
            None | Some(Tree::Null) => visitor.visit_unit(),
            Some(Tree::Bool(value)) => visitor.visit_bool(*value),
            Some(Tree::Natural(value)) => visitor.visit_u64(*value),
            Some(Tree::Negative(value)) => visitor.visit_i64(*value),
            Some(Tree::Fraction(value)) => visitor.visit_f64(*value),
            Some(Tree::Text(value) | Tree::Word(value)) => visitor.visit_str(value),
            Some(Tree::List(list)) => visitor.visit_seq(self.items(list)),
            Some(Tree::Object(fields)) => {
                let all = fields
                    .iter()
                    .map(|(name, tree)| (name.as_str(), Some(tree)));
                visitor.visit_map(self.fields(all.collect()))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.tree {
            None | Some(Tree::Null) => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.tree {
            None => visitor.visit_bool(false),
            Some(Tree::Word(word)) => match word.parse() {
                Ok(value) => visitor.visit_bool(value),
                Err(_) => Err(Wrong::new("malformed", "must be true or false")),
            },
            Some(_) => self.deserialize_any(visitor),
        }
    }

    numbers! {
        deserialize_u8 visit_u8 u8, "must be a whole number";
        deserialize_i32 visit_i32 i32, "must be a whole number";
        deserialize_u32 visit_u32 u32, "must be a whole number";
        deserialize_i64 visit_i64 i64, "must be a whole number";
        deserialize_u64 visit_u64 u64, "must be a whole number";
        deserialize_f64 visit_f64 f64, "must be a number";
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.tree {
            None => visitor.visit_str(self.stand_in()),
            Some(_) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.tree {
            None => visitor.visit_seq(self.items(&[])),
            Some(_) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let fields: &[(String, Tree)] = match self.tree {
            None => &[],
            Some(Tree::Object(fields)) => fields.as_slice(),
            Some(_) => return Err(Wrong::new("malformed", "must be an object")),
        };
        visitor.visit_map(self.known(fields, known))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    /// Ours are words only.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let word = match self.tree {
            None => words.first().copied().unwrap_or_default(),
            Some(Tree::Text(word) | Tree::Word(word)) => word.as_str(),
            Some(_) => return Err(Wrong::other_than(words)),
        };
        let word: StrDeserializer<'_, Wrong> = word.into_deserializer();
        visitor.visit_enum(word)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u16 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct map identifier ignored_any
    }
}

/// The fields of an object.
struct Fields<'a> {
    left: vec::IntoIter<(&'a str, Option<&'a Tree>)>,
    /// The one whose name was read.
    value: Option<(String, Option<&'a Tree>)>,
    path: String,
    notes: &'a RefCell<Notes>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Wrong> {
        let Some((name, tree)) = self.left.next() else {
            return Ok(None);
        };
        self.value = Some((join(&self.path, name), tree));
        let name: StrDeserializer<'_, Wrong> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let (path, tree) = self.value.take().expect("its name was read before");
        Reader::within(path, tree, self.notes, seed)
    }
}

/// The values of a list.
struct Items<'a> {
    left: Enumerate<slice::Iter<'a, Tree>>,
    path: String,
    notes: &'a RefCell<Notes>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Wrong> {
        let Some((place, tree)) = self.left.next() else {
            return Ok(None);
        };
        let path = format!("{}[{place}]", self.path);
        Reader::within(path, Some(tree), self.notes, seed).map(Some)
    }
}
