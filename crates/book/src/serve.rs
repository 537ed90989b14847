//! Serves the book and its playground on loopback.

use std::{
    fs,
    io::Read as _,
    net::TcpListener,
    path::{Component, Path, PathBuf},
    time::Duration,
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    http::{
        Method, StatusCode,
        header::{CACHE_CONTROL, LOCATION, SET_COOKIE},
    },
    middleware,
    rt::System,
    web::{self, Data},
};
use anyhow::{Context as _, Result};

use crate::playground::{
    self,
    access::{self, Access},
    api::{self, Playground},
    refusal::Refusal,
};

/// Threads that answer requests; programs run in other threads.
const WORKERS: usize = 2;

/// Connections of each worker at a time; more have to wait.
const MAX_CONNECTIONS: usize = 64;

/// Time in which the head of a request has to arrive. An idle connection is closed after it, too.
const HEAD_LIMIT: Duration = Duration::from_secs(5);

/// A port on loopback. It is taken before the book is written.
pub struct Server {
    listener: TcpListener,
    access: Access,
}

impl Server {
    /// Takes a port.
    pub fn listen(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).with_context(|| {
            format!("cannot listen on port {port}: --port names another one, 0 any that is free")
        })?;
        let access = Access::new(listener.local_addr()?.port())?;
        Ok(Server { listener, access })
    }

    /// The address to open first.
    pub fn address(&self) -> String {
        self.access.address()
    }

    /// Answers until the program ends.
    pub fn serve(self, folder: &Path, playground: Data<Playground>) -> Result<()> {
        let (access, folder) = (Data::new(self.access), Data::new(folder.to_owned()));
        let app = move || {
            let scope = web::scope(access::FOLDER)
                .wrap(middleware::from_fn(access::guard_playground))
                .configure(api::configure);
            App::new()
                .app_data(access.clone())
                .app_data(folder.clone())
                .app_data(playground.clone())
                .wrap(middleware::from_fn(access::guard_host))
                .service(scope)
                .default_service(web::to(file))
        };
        let server = HttpServer::new(app)
            .workers(WORKERS)
            .max_connections(MAX_CONNECTIONS)
            .client_request_timeout(HEAD_LIMIT)
            .keep_alive(HEAD_LIMIT)
            // A page that closes its connection waits for no answer.
            .h1_allow_half_closed(false)
            // The program handles signals itself.
            .disable_signals()
            .listen(self.listener)
            .context("cannot serve")?
            .run();
        System::new().block_on(server).context("cannot serve")
    }
}

/// Answers with a file of the book.
async fn file(
    request: HttpRequest,
    access: Data<Access>,
    folder: Data<PathBuf>,
) -> Result<HttpResponse, Refusal> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let why = "Only GET and HEAD are answered here.";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, why));
    }
    if let Some(cookie) = access.cookie(request.query_string()) {
        // The browser then shows an address without the token. Two slashes would lead to another host.
        let path = format!("/{}", request.path().trim_start_matches('/'));
        let mut response = HttpResponse::SeeOther();
        response.insert_header((SET_COOKIE, cookie));
        return Ok(response.insert_header((LOCATION, path)).finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-cache"));
    let name = request.path().trim_start_matches('/');
    if let Some(text) = playground::served(name) {
        return Ok(response.content_type(kind(Path::new(name))).body(text));
    }
    let found = find(&folder, request.path());
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "There is no such page.");
    let (path, mut file) = found.ok_or_else(missing)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|_| missing())?;
    Ok(response.content_type(kind(&path)).body(bytes))
}

/// The regular file that a request names. It has to lie inside the folder even if links are followed.
fn find(folder: &Path, requested: &str) -> Option<(PathBuf, fs::File)> {
    let requested = requested.strip_prefix('/')?;
    let requested = Path::new(if requested.is_empty() {
        "index.html"
    } else {
        requested
    });
    let is_name = |part: Component| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    if !requested.components().all(is_name) {
        return None;
    }
    let path = folder.join(requested).canonicalize().ok()?;
    let is_inside = path.starts_with(folder.canonicalize().ok()?);
    // To open a pipe would wait for its other end.
    if !is_inside || !path.metadata().ok()?.is_file() {
        return None;
    }
    let file = fs::File::open(&path).ok()?;
    Some((path, file))
}

/// The media type of a file of the book.
pub fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_regular_files_inside_the_folder_are_found() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("book");
        fs::create_dir_all(folder.join("source")).unwrap();
        fs::write(top.path().join("secret"), "x").unwrap();
        fs::write(folder.join("index.html"), "x").unwrap();
        fs::write(folder.join(".book"), "x").unwrap();
        symlink(top.path().join("secret"), folder.join("out.html")).unwrap();
        symlink("/dev/zero", folder.join("zero.html")).unwrap();
        symlink(folder.join("index.html"), folder.join("in.html")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(folder.join("pipe.html"))
            .status();
        assert!(made.unwrap().success());
        for path in ["/", "/index.html", "/in.html"] {
            assert!(find(&folder, path).is_some(), "{path}");
        }
        for path in [
            "",
            "index.html",
            "/source",
            "/source/",
            "/.book",
            "//etc/passwd",
            "/../secret",
            "/source/../../secret",
            "/out.html",
            "/zero.html",
            "/pipe.html",
            "/none.html",
            "/../../../../../../dev/zero",
        ] {
            assert!(find(&folder, path).is_none(), "{path}");
        }
    }
}
