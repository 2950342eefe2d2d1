//! The language in which a request is answered: the address says it, or a cookie, or the browser, or the studio's own.

use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use nnc_messages::Language;

use super::cookies;

/// The cookie that the pages set.
const COOKIE: &str = "nnc_studio_lang";

/// The language of a request, for handlers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken(pub(crate) Language);

impl Spoken {
    pub(super) fn of(parts: &Parts, usual: Language) -> Self {
        let query = parts.uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("lang="));
        let cookie = cookies::values(&parts.headers, COOKIE).into_iter().next();
        let asked = query.and_then(known).or_else(|| cookie.and_then(known));
        let accepted = || parts.headers.get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(accepted);
        Self(asked.or_else(accepted).unwrap_or(usual))
    }
}

fn known(tag: &str) -> Option<Language> {
    tag.parse().ok()
}

/// The first language of ours that a browser names; they name the preferred one first.
fn accepted(header: &str) -> Option<Language> {
    header.split(',').find_map(|entry| known(entry.split([';', '-']).next()?.trim()))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn the_address_goes_before_the_cookie_and_the_browser() {
        let of = |uri: &str, cookie: &str, accept: &str| {
            let request =
                Request::get(uri).header("cookie", cookie).header("accept-language", accept).body(()).unwrap();
            Spoken::of(&request.into_parts().0, Language::English).0
        };
        assert_eq!(of("/?lang=ja", "nnc_studio_lang=en", "en"), Language::Japanese);
        assert_eq!(of("/", "a=b; nnc_studio_lang=ja", "en"), Language::Japanese);
        assert_eq!(of("/?lang=xx", "", "fr-FR, ja-JP;q=0.8, en;q=0.5"), Language::Japanese);
        assert_eq!(of("/", "", "fr"), Language::English);
    }
}
