//! The frame of every page: head, navigation, search, the buttons for theme and side.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The book's title.
pub const TITLE: &str = "Go and Rust memory, side by side";

/// A page without its frame.
pub struct Page {
    /// Its file, from the book's folder.
    pub path: String,
    /// Its title.
    pub title: String,
    /// What is in it.
    pub body: Markup,
    /// Whether its content takes the whole width.
    pub wide: bool,
}

/// The pages that the navigation lists: a group, its pages by path and title.
pub type Contents = Vec<(&'static str, Vec<(String, String)>)>;

/// Theme and side are as they were before anything is painted.
const EARLY: &str = "try{const d=document.documentElement;d.classList.add('js');\
const t=localStorage.getItem('theme');if(t)d.dataset.theme=t;\
if(localStorage.getItem('side')==='rust')d.classList.add('swapped')}catch{}";

/// The way from a page to the book's folder.
pub fn up(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// A whole page.
pub fn render(page: &Page, contents: &Contents) -> String {
    let up = up(&page.path);
    let all: Vec<&(String, String)> = contents.iter().flat_map(|(_, pages)| pages).collect();
    let here = all.iter().position(|(path, _)| *path == page.path);
    let before = here
        .and_then(|here| here.checked_sub(1))
        .map(|place| all[place]);
    let after = here.and_then(|here| all.get(here + 1)).copied();
    let title = if page.path == "index.html" {
        TITLE.to_owned()
    } else {
        format!("{} · {TITLE}", page.title)
    };
    let markup = html! {
        (DOCTYPE)
        html lang="en" data-up=(up) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href={ (up) "book.css" };
                script { (PreEscaped(EARLY)) }
                script defer src={ (up) "book.js" } {}
            }
            body {
                a.skip href="#main" { "To the content" }
                header.top {
                    button.open type="button" popovertarget="contents" { "☰ " span { "Contents" } }
                    a.home href={ (up) "index.html" } { (TITLE) }
                    search.search {
                        label for="search" { "Search" }
                        input id="search" type="search" placeholder="Search (press /)" autocomplete="off" spellcheck="false"
                            aria-controls="found";
                    }
                    button.theme type="button" { "Dark" }
                }
                div id="found" role="status" hidden {}
                nav id="contents" popover="auto" aria-label="Contents" {
                    @for (group, pages) in contents {
                        p { (group) }
                        ol {
                            @for (path, title) in pages {
                                li { a href={ (up) (path) } aria-current=[(*path == page.path).then_some("page")] { (title) } }
                            }
                        }
                    }
                }
                main id="main" class=[page.wide.then_some("wide")] { (page.body) }
                footer {
                    @if let Some((path, title)) = before { a.before href={ (up) (path) } { "← " (title) } }
                    @if let Some((path, title)) = after { a.after href={ (up) (path) } { (title) " →" } }
                }
            }
        }
    };
    markup.into_string()
}
