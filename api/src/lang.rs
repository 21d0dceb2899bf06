//! In which language somebody wants to be answered.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};
use domain::Actor;
use locales::Lang;

/// The language an answer is given in, as an extension of responses.
#[derive(Clone, Copy)]
pub(crate) struct Spoken(pub Lang);

/// The person's own choice, when he made one.
pub(crate) fn of_actor(actor: &Actor) -> Option<Spoken> {
    actor
        .lang
        .as_deref()
        .map(|tag| Spoken(Lang::from_tag(Some(tag))))
}

/// The best one of `Accept-Language` that we speak, else Spanish.
pub(crate) fn of_headers(headers: &HeaderMap) -> Lang {
    let header = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut wishes: Vec<(f32, &str)> = header.split(',').filter_map(wish).collect();
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    wishes
        .into_iter()
        .find_map(|(_, tag)| spoken(tag))
        .unwrap_or_default()
}

fn wish(part: &str) -> Option<(f32, &str)> {
    let (tag, weight) = part
        .split_once(';')
        .map_or((part, None), |(tag, rest)| (tag, Some(rest)));
    let weight = weight
        .and_then(|rest| rest.trim().strip_prefix("q=")?.parse().ok())
        .unwrap_or(1.0);
    (weight > 0.0).then(|| (weight, tag.trim()))
}

fn spoken(tag: &str) -> Option<Lang> {
    tag.split(['-', '_'])
        .next()?
        .to_ascii_lowercase()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(header: &str) -> Lang {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, header.parse().expect("a literal"));
        of_headers(&headers)
    }

    #[test]
    fn weights_decide() {
        assert_eq!(chosen("en;q=0.3, pt-BR;q=0.9"), Lang::Pt);
        assert_eq!(chosen("de, en-GB;q=0.5"), Lang::En);
        assert_eq!(chosen("de"), Lang::Es);
        assert_eq!(chosen("en;q=0"), Lang::Es);
        assert_eq!(of_headers(&HeaderMap::new()), Lang::Es);
    }
}
