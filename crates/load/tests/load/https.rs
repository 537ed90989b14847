//! https against a real server with a certificate that was made for the test.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use load::{Failure, Gauge, Plan, Request, Trust};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    version::{TLS12, TLS13},
};
use tempfile::TempDir;

use super::{load, object, plan, run, servers, servers::Server};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

type Session = BufReader<StreamOwned<ServerConnection, TcpStream>>;

/// A server that speaks TLS, and the authority that says who it is.
struct Secure {
    address: SocketAddr,
    authority: PathBuf,
    /// How many handshakes have ended.
    handshakes: Arc<AtomicUsize>,
    _folder: TempDir,
}

/// A certificate for these names, its key, and the authority that signed it.
fn signed(names: &[&str]) -> (CertificateDer<'static>, PrivateKeyDer<'static>, Vec<u8>) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // Authorities of one name would be taken for one.
    let mine = format!("the authority of {names:?} and {}", fastrand::u64(..));
    let name = &mut authority.distinguished_name;
    name.push(DnType::CommonName, mine);
    let key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let key = KeyPair::generate().unwrap();
    let signed = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &issuer);
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    (signed.unwrap().der().clone(), key, root.der().to_vec())
}

/// A certificate that vouches for itself, as `openssl req -x509` makes one, or as an authority does not.
fn of_its_own(
    name: &str,
    is_ca: IsCa,
) -> (CertificateDer<'static>, PrivateKeyDer<'static>, Vec<u8>) {
    let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
    parameters.is_ca = is_ca;
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap().der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let shown = certificate.to_vec();
    (certificate, key, shown)
}

impl Secure {
    fn start(serve: impl Fn(Session) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::start_with(
            &["127.0.0.1", "localhost"],
            &[&TLS13, &TLS12],
            b"http/1.1",
            serve,
        )
    }

    fn start_with(
        names: &[&str],
        versions: &[&'static SupportedProtocolVersion],
        protocol: &[u8],
        serve: impl Fn(Session) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::with(signed(names), versions, protocol, serve)
    }

    fn with(
        (certificate, key, root): (CertificateDer<'static>, PrivateKeyDer<'static>, Vec<u8>),
        versions: &[&'static SupportedProtocolVersion],
        protocol: &[u8],
        serve: impl Fn(Session) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        let text = STANDARD.encode(root);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        fs::write(&authority, pem).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap();
        let config = config.with_no_client_auth();
        let mut config = config.with_single_cert(vec![certificate], key).unwrap();
        config.alpn_protocols = vec![protocol.to_vec()];
        let (config, serve) = (Arc::new(config), Arc::new(serve));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let handshakes = Arc::<AtomicUsize>::default();
        let seen = Arc::clone(&handshakes);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let (serve, seen) = (Arc::clone(&serve), Arc::clone(&seen));
                let stream = stream.unwrap();
                thread::spawn(move || {
                    let mut session = StreamOwned::new(connection, stream);
                    // A client that does not believe the certificate ends it here.
                    while session.conn.is_handshaking() {
                        session.conn.complete_io(&mut session.sock)?;
                    }
                    assert_eq!(session.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
                    seen.fetch_add(1, SeqCst);
                    serve(BufReader::new(session))
                });
            }
        });
        Secure {
            address,
            authority,
            handshakes,
            _folder: folder,
        }
    }

    fn plan(&self, requests: u64, trust: Trust) -> Plan {
        let url = format!("https://{}/", self.address);
        Plan {
            connections: 4,
            requests: Some(requests),
            request: Request::get(&url).unwrap().trusting(trust).unwrap(),
            ..plan(self.address)
        }
    }

    fn trusted(&self) -> Trust {
        Trust::Authorities(self.authority.clone())
    }
}

/// Waits for a request and its body, whose length is returned; an error once there is none.
fn read_request(session: &mut Session) -> io::Result<usize> {
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        if session.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
    }
    io::copy(&mut io::Read::take(session, length), &mut io::sink())?;
    Ok(length as usize)
}

fn say(session: &mut Session, bytes: &[u8]) -> io::Result<()> {
    session.get_mut().write_all(bytes)?;
    session.get_mut().flush()
}

fn answers(mut session: Session) -> io::Result<()> {
    loop {
        read_request(&mut session)?;
        say(&mut session, OK)?;
    }
}

#[test]
fn a_server_whose_authority_is_trusted_is_measured_over_each_version_of_tls() {
    for version in [&TLS12, &TLS13] {
        let server = Secure::start_with(&["127.0.0.1"], &[version], b"http/1.1", answers);
        for trust in [server.trusted(), Trust::Anyone] {
            let report = run(&server.plan(100, trust));
            assert_eq!(
                (report.requests, report.failed()),
                (100, 0),
                "{:?}",
                report.first_errors
            );
            assert_eq!(report.reconnected, 0);
        }
        let handshakes = server.handshakes.load(SeqCst);
        assert_eq!(
            handshakes, 8,
            "four connections in each of two runs are kept"
        );
    }
}

#[test]
fn a_certificate_that_vouches_for_itself_is_trusted_if_it_is_named() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        for (name, failed) in [("127.0.0.1", 0), ("example.org", 10)] {
            let certificate = of_its_own(name, is_ca);
            let server = Secure::with(certificate, &[&TLS13, &TLS12], b"http/1.1", answers);
            let report = run(&server.plan(10, server.trusted()));
            assert_eq!(report.failed(), failed, "{:?}", report.first_errors);
        }
        let [shown, other] = ["127.0.0.1"; 2].map(|name| of_its_own(name, is_ca));
        let server = Secure::with((shown.0, shown.1, other.2), &[&TLS13], b"http/1.1", answers);
        let report = run(&server.plan(10, server.trusted()));
        assert_eq!(report.errors.get(&Failure::Tls), Some(&10));
    }
}

#[test]
fn handshakes_end_before_the_schedule_begins() {
    let gauge = Arc::new(Gauge::default());
    let opened = Arc::new(AtomicUsize::new(0));
    let (seen, noted) = (Arc::clone(&gauge), Arc::clone(&opened));
    let server = Secure::start(move |mut session| {
        read_request(&mut session)?;
        let before = seen.opened.load(SeqCst);
        let _ = noted.compare_exchange(0, before, SeqCst, SeqCst);
        say(&mut session, OK)?;
        answers(session)
    });
    let plan = server.plan(100, server.trusted());
    let report = load::run_watched(&plan, &AtomicBool::new(false), &gauge);
    assert_eq!(report.unwrap().failed(), 0);
    assert_eq!(opened.load(SeqCst), 4, "when the first request came");
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_a_failure_with_its_reason() {
    let server = Secure::start(answers);
    let other = Secure::start(answers);
    let elsewhere = Secure::start_with(&["example.org"], &[&TLS13], b"http/1.1", answers);
    for (server, trust, reason) in [
        (
            &server,
            Trust::Authorities(other.authority.clone()),
            "UnknownIssuer",
        ),
        (&elsewhere, elsewhere.trusted(), "not valid for name"),
    ] {
        let report = run(&server.plan(10, trust));
        assert_eq!(report.errors.get(&Failure::Tls), Some(&10));
        let why = &report.first_errors[&Failure::Tls];
        assert!(why.contains(reason) && why.contains("--cacert"), "{why}");
        assert_eq!(server.handshakes.load(SeqCst), 0);
    }
}

#[test]
fn a_server_that_speaks_no_tls_or_another_protocol_is_a_failure_with_its_reason() {
    let plain = Server::start(servers::speaks_another_language_at_once);
    let url = format!("https://{}/", plain.address);
    let request = Request::get(&url).unwrap().trusting(Trust::Anyone);
    let report = run(&Plan {
        request: request.unwrap(),
        requests: Some(10),
        ..plan(plain.address)
    });
    assert_eq!(report.errors.get(&Failure::Tls), Some(&10));
    let why = &report.first_errors[&Failure::Tls];
    assert!(why.contains("does not answer in TLS"), "{why}");

    let server = Secure::start_with(&["127.0.0.1"], &[&TLS13], b"h2", answers);
    let report = run(&server.plan(10, server.trusted()));
    assert_eq!(report.errors.get(&Failure::Tls), Some(&10));
    let why = &report.first_errors[&Failure::Tls];
    assert!(why.contains("NoApplicationProtocol"), "{why}");
}

#[test]
fn large_requests_and_answers_go_through() {
    let answer = vec![b'x'; 3 << 20];
    let server = Secure::start(move |mut session| {
        loop {
            let length = read_request(&mut session)?;
            assert_eq!(length, 2 << 20);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                answer.len()
            );
            say(&mut session, head.as_bytes())?;
            say(&mut session, &answer)?;
        }
    });
    let url = format!("https://{}/", server.address);
    let request = Request::new("POST", &url, &[], &vec![7; 2 << 20]).unwrap();
    let report = run(&Plan {
        request: request.trusting(server.trusted()).unwrap(),
        pace: super::at(40.0),
        ..server.plan(8, server.trusted())
    });
    assert_eq!(
        (report.requests, report.failed()),
        (8, 0),
        "{:?}",
        report.first_errors
    );
}

#[test]
fn a_request_that_crosses_the_close_is_sent_again_over_tls_too() {
    for says_so in [true, false] {
        let server = Secure::start(move |mut session| {
            read_request(&mut session)?;
            say(&mut session, OK)?;
            read_request(&mut session)?;
            if says_so {
                session.get_mut().conn.send_close_notify();
                session.get_mut().flush()?;
            }
            Ok(())
        });
        let mut plan = server.plan(10, server.trusted());
        plan.connections = 1;
        let report = run(&plan);
        assert_eq!(
            (report.failed(), report.reconnected),
            (0, 9),
            "{:?}",
            report.first_errors
        );
    }
}

#[test]
fn a_body_up_to_the_close_is_whole_only_if_tls_says_so() {
    for says_so in [true, false] {
        let server = Secure::start(move |mut session| {
            read_request(&mut session)?;
            say(&mut session, b"HTTP/1.1 200 OK\r\n\r\nuntil the end")?;
            if says_so {
                session.get_mut().conn.send_close_notify();
                session.get_mut().flush()?;
            }
            Ok(())
        });
        let report = run(&server.plan(10, server.trusted()));
        let failed = if says_so { 0 } else { 10 };
        assert_eq!((report.requests, report.failed()), (10, failed));
        assert_eq!(
            report.errors.get(&Failure::Closed).copied().unwrap_or(0),
            failed
        );
    }
}

#[test]
fn the_command_trusts_what_it_is_told_to() {
    let server = Secure::start(answers);
    let url = format!("https://localhost:{}/?x=1", server.address.port());
    let authority = server.authority.to_str().unwrap();
    let usual = [&*url, "--rate", "200", "-n", "40", "--json"];
    for more in [&["--cacert", authority][..], &["--insecure"]] {
        let output = load().args(usual).args(more).output().unwrap();
        let object = object(&output);
        assert_eq!(
            (&object["requests"], &object["failed"]),
            (&40.into(), &0.into())
        );
        assert_eq!(object["url"], url);
    }
}
