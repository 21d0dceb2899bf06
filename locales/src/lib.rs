//! Every word the program says, in Spanish, English and Portuguese: one typed entry per sentence.

mod arg;
mod bundle;
mod lang;
mod spoken;

pub use arg::Arg;
pub use lang::{Lang, UnknownLang};
pub use spoken::{after, matches, within};

include!(concat!(env!("OUT_DIR"), "/sentence.rs"));

impl Sentence {
    /// The sentence in `lang`.
    #[must_use]
    pub fn to(&self, lang: Lang) -> String {
        bundle::render(lang, self.id(), &self.args())
    }
}

#[cfg(test)]
mod tests;
