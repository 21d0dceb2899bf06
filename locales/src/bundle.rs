//! The sentences of one language, parsed once and shared by all threads.

use crate::{Arg, Lang};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// The text of `id`; its id when there is none, which the build rules out.
pub fn render(lang: Lang, id: &str, args: &[(&str, &Arg)]) -> String {
    let bundle = bundle(lang);
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        return id.to_owned();
    };
    let args: FluentArgs<'_> = args
        .iter()
        .map(|(name, arg)| (*name, arg.value()))
        .collect();
    // A pattern that cannot be resolved still comes out as text, and tests show that none is left.
    bundle
        .format_pattern(pattern, Some(&args), &mut Vec::new())
        .into_owned()
}

fn bundle(lang: Lang) -> &'static Bundle {
    static ES: OnceLock<Bundle> = OnceLock::new();
    static EN: OnceLock<Bundle> = OnceLock::new();
    static PT: OnceLock<Bundle> = OnceLock::new();
    let (cell, source) = match lang {
        Lang::Es => (&ES, include_str!(concat!(env!("OUT_DIR"), "/es.ftl"))),
        Lang::En => (&EN, include_str!(concat!(env!("OUT_DIR"), "/en.ftl"))),
        Lang::Pt => (&PT, include_str!(concat!(env!("OUT_DIR"), "/pt.ftl"))),
    };
    cell.get_or_init(|| parse(lang, source))
}

fn parse(lang: Lang, source: &str) -> Bundle {
    let tag: LanguageIdentifier = lang.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    if lang != Lang::En {
        bundle.set_formatter(Some(|value, _| with_comma(value)));
    }
    // The build has parsed the same text without errors.
    let resource =
        FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

fn with_comma(value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(number.as_string().replace('.', ",")),
        _ => None,
    }
}
