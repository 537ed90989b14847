//! The frame of every page: head, ways in, contents with the search, what comes before and behind.

use lab_workspace::project::Project;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The picture for shared links.
pub const PICTURE: &str = "share.png";

/// Its size in pixels, as places that show links want it.
pub const PICTURE_SIZE: [u32; 2] = [1200, 630];

/// The book's title.
pub const TITLE: &str = "Go and Rust memory, side by side";

/// A page without its frame.
pub struct Page {
    /// Its file, from the book's folder.
    pub path: String,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence or two; empty for a source.
    pub about: String,
    /// What is in it.
    pub body: Markup,
    /// Whether its content takes the whole width.
    pub wide: bool,
}

/// A page that the contents list.
pub struct Listed {
    /// Its file, from the book's folder.
    pub path: String,
    /// Its title.
    pub title: String,
    /// A word behind the title: the topic of a pair.
    pub aside: String,
}

/// The pages that the contents list, in groups, in the order in which one reads them.
pub type Contents = Vec<(&'static str, Vec<Listed>)>;

/// The group of the chapters.
pub const PAIRS: &str = "Learn: the pairs";

/// The three ways in.
const WAYS: [(&str, &str); 3] = [
    ("Learn", "learn.html"),
    ("Choose", "choose.html"),
    ("Check", "ledger.html"),
];

/// Theme and side are as they were before anything is painted.
const EARLY: &str = "try{const d=document.documentElement;d.classList.add('js');\
const t=localStorage.getItem('theme');if(t)d.dataset.theme=t;\
if(localStorage.getItem('side')==='rust')d.classList.add('swapped')}catch{}";

/// Go's circle and Rust's square.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
%3Crect x='14' y='9' width='15' height='15' fill='%23a8431a'/%3E%3Ccircle cx='11' cy='16' r='8' fill='%2300708f'/%3E%3C/svg%3E";

/// The way from a page to the book's folder.
pub fn up(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// What all pages share.
pub struct Frame<'a> {
    /// The project.
    pub project: &'a Project,
    /// The pages that the contents list.
    pub contents: &'a Contents,
    /// Whether there is a picture for those who share a link.
    pub has_picture: bool,
}

/// A whole page.
pub fn render(frame: &Frame, page: &Page) -> String {
    let contents = frame.contents;
    let up = up(&page.path);
    let markup = html! {
        (DOCTYPE)
        html lang="en" data-up=(up) {
            (head(frame, page, &up))
            body class=[page.wide.then_some("wide-page")] {
                a.skip href="#main" { "To the content" }
                (top(page, contents, &up))
                (listed(page, contents, &up))
                main id="main" class=[page.wide.then_some("wide")] { (page.body) }
                (sidebar(page, contents, &up))
            }
        }
    };
    markup.into_string()
}

fn head(frame: &Frame, page: &Page, up: &str) -> Markup {
    let title = if page.path == "index.html" {
        TITLE.to_owned()
    } else {
        format!("{} · {TITLE}", page.title)
    };
    let about = page.about.replace('`', "");
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            @if !about.is_empty() {
                meta name="description" content=(about);
                meta property="og:title" content=(title);
                meta property="og:description" content=(about);
                meta property="og:type" content="article";
            }
            // What others link to needs a whole address.
            @if let Some(homepage) = &frame.project.homepage {
                @let homepage = homepage.trim_end_matches('/');
                link rel="canonical" href={ (homepage) "/" (page.path) };
                @if frame.has_picture {
                    @let [width, height] = PICTURE_SIZE;
                    meta property="og:image" content={ (homepage) "/" (PICTURE) };
                    meta property="og:image:width" content=(width);
                    meta property="og:image:height" content=(height);
                    meta property="og:image:alt" content={ (TITLE) ": what was found, and how many claims hold" };
                    meta name="twitter:card" content="summary_large_image";
                }
            }
            link rel="icon" href=(ICON);
            link rel="stylesheet" href={ (up) "book.css" };
            script { (PreEscaped(EARLY)) }
            script defer src={ (up) "book.js" } {}
        }
    }
}

fn top(page: &Page, contents: &Contents, up: &str) -> Markup {
    let is_pair = |(group, pages): &(&str, Vec<Listed>)| {
        *group == PAIRS && pages.iter().any(|listed| listed.path == page.path)
    };
    let is_here =
        |way: &str| page.path == way || way == "learn.html" && contents.iter().any(is_pair);
    html! {
        header.top {
            div {
                a.brand href={ (up) "index.html" } aria-label={ (TITLE) ": the front page" } { i {} i {} span { "Go and Rust memory" } }
                nav aria-label="Ways in" {
                    @for (name, path) in WAYS {
                        a href={ (up) (path) } aria-current=[is_here(path).then_some("page")] { (name) }
                    }
                }
                button.icon.open type="button" popovertarget="contents" aria-label="Search and contents" title="Search and contents ( / )" {
                    svg viewBox="0 0 20 20" aria-hidden="true" { circle cx="8.5" cy="8.5" r="5.5" {} path d="m13 13 4.5 4.5" {} }
                }
                button.icon.theme.needs-js type="button" aria-label="Light or dark" title="Light or dark" {
                    svg viewBox="0 0 20 20" aria-hidden="true" { circle cx="10" cy="10" r="7" {} path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" stroke="none" {} }
                }
            }
        }
    }
}

fn listed(page: &Page, contents: &Contents, up: &str) -> Markup {
    html! {
        div id="contents" popover="auto" {
            // Escape would only empty a field of type "search", and leave the box open.
            search.search {
                label.vh for="search" { "Search" }
                input id="search" type="text" role="searchbox" inputmode="search" placeholder="Search: Weak, p99, GOMEMLIMIT, A6 …" autocomplete="off" spellcheck="false" aria-controls="found" autofocus;
            }
            div id="found" role="status" hidden {}
            nav aria-label="Contents" {
                @for (group, pages) in contents {
                    p { (group) }
                    ol {
                        @for listed in pages {
                            li {
                                a href={ (up) (listed.path) } aria-current=[(listed.path == page.path).then_some("page")] {
                                    (listed.title) @if !listed.aside.is_empty() { " " small { (listed.aside) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The pages before and behind, in the order of the contents.
fn sidebar(page: &Page, contents: &Contents, up: &str) -> Markup {
    let all: Vec<&Listed> = contents.iter().flat_map(|(_, pages)| pages).collect();
    let here = all.iter().position(|listed| listed.path == page.path);
    let before = here.and_then(|here| here.checked_sub(1)).map(|at| all[at]);
    let after = here.and_then(|here| all.get(here + 1)).copied();
    html! {
        footer {
            nav aria-label="Before and behind" {
                @if let Some(before) = before { a.before href={ (up) (before.path) } { "← " (before.title) } }
                @if let Some(after) = after { a.after href={ (up) (after.path) } { (after.title) " →" } }
            }
        }
    }
}
