//! A bare server of Actix, without limits, figures or a way to stop.

use std::{env, hint::black_box, net::TcpListener};

use actix_web::{
    App, HttpServer,
    rt::System,
    web::{self, Bytes},
};

async fn touch(body: Bytes) -> &'static str {
    let mut data = vec![0_u8; 1 << 20];
    data[..body.len()].copy_from_slice(&body);
    for i in (0..data.len()).step_by(64) {
        data[i] = 1;
    }
    black_box(&mut data);
    "OK"
}

async fn health() -> &'static str {
    "OK"
}

/// The arguments are `serve --listen ADDRESS --workers N`.
fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    let listener = TcpListener::bind(&arguments[3])?;
    let workers = arguments[5].parse().expect("a number of workers");
    println!("{}", listener.local_addr()?);
    let app = || {
        App::new()
            .route("/", web::get().to(touch))
            .route("/health", web::get().to(health))
    };
    System::new().block_on(
        HttpServer::new(app)
            .workers(workers)
            .listen(listener)?
            .run(),
    )
}
