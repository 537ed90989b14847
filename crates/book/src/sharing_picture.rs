//! The picture that is shown beside a shared link: title, large figures, the article's claims by verdict. Chromium draws
//! it, and it is kept until the book says something else.

use std::fs;

use anyhow::{Context as _, Result};
use lab_judge::ledger;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    browser::Browser,
    cache::{self, Cache},
    front::{Cover, large_figures, promise},
    page::TITLE,
    verdicts::{by_source, counts},
};

pub use crate::page::{PICTURE as FILE, PICTURE_SIZE as SIZE};

/// How it looks: the colours of the book, and its own sizes.
const STYLE: &str = concat!(
    include_str!("../assets/base.css"),
    include_str!("../assets/verdict.css"),
    include_str!("../assets/share.css"),
);

/// The picture, as PNG; none where the book has no address, which a shared link needs, or where it cannot be drawn.
pub fn picture(cover: &Cover) -> Option<Vec<u8>> {
    cover.project.homepage.as_ref()?;
    let why = |error| {
        let why = format!("{error:#}; shared links show no picture");
        cover.warnings.missing(FILE, &why);
    };
    drawn(cover).map_err(why).ok()
}

fn drawn(cover: &Cover) -> Result<Vec<u8>> {
    let page = html(cover).into_string();
    let key = cache::key(&cover.project.root, &[], &[&page])?;
    Cache::open(cover.project).get("share", &key, || draw(&page))
}

fn draw(page: &str) -> Result<Vec<u8>> {
    let browser = Browser::start()?;
    let mut browser = browser.context("Chromium draws it: apt-get install chromium")?;
    let [width, height] = SIZE;
    browser.size(width, height, 1)?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("share.html");
    fs::write(&path, page)?;
    browser.open(&format!("file://{}", path.display()))?;
    browser.picture(None)
}

fn html(cover: &Cover) -> Markup {
    let (article, _) = by_source(&cover.verdicts.claims);
    let said = ledger::counts(article.iter().map(|claim| &claim.judgement));
    html! {
        (DOCTYPE)
        html lang="en" data-theme="light" {
            head { meta charset="utf-8"; style { (PreEscaped(STYLE)) } }
            body.share {
                p.marks { i {} i {} }
                h1 { (TITLE) }
                p { (promise(cover)) }
                div.figures {
                    @for (value, of) in large_figures(&cover.verdicts.claims) {
                        div { b { (value) } span { (of) } }
                    }
                }
                @if !article.is_empty() {
                    div.all {
                        @for (word, number) in counts(article) {
                            i class={ "tile " (word) } style={ "flex:" (number) } {}
                        }
                    }
                    p.counts { (said) }
                }
            }
        }
    }
}
