//! HTTPS: a session over one socket, in which the load generator verifies the server's certificate.
//!
//! rustls verifies the chain, the name and the handshake. The verifiers here decide which chains count: those of the
//! system's authorities, those of a file, or all. [`Trust`] names the choice.

use std::{
    fs::File,
    io::{self, BufReader, Read, Write},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

use crate::{Trust, socket::Socket};

/// What every session of a run shares.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

/// An encrypted session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) socket: Socket,
    tls: ClientConnection,
}

impl Client {
    /// A client for the host of this name.
    pub(crate) fn new(host: &str, trust: &Trust) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .context("TLS is not available")?;
        let config = match trust {
            Trust::Anyone => config
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(TrustAnyone(provider))),
            Trust::System => config.with_root_certificates(system_roots()?),
            Trust::Authorities(path) => config
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(TrustFile::read(path, provider)?)),
        };
        let mut config = config.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A name that ends with a dot is the same in certificates without it.
        let name = ServerName::try_from(host.trim_end_matches('.').to_owned())
            .with_context(|| format!("{host:?} is not a valid name for a certificate"))?;
        Ok(Client {
            config: Arc::new(config),
            name,
        })
    }

    /// Starts a session over this socket.
    pub(crate) fn session(&self, socket: Socket) -> Result<Session, Error> {
        let tls = ClientConnection::new(Arc::clone(&self.config), self.name.clone())?;
        Ok(Session { socket, tls })
    }
}

fn system_roots() -> Result<RootCertStore> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    let why = found.errors.first();
    ensure!(
        !roots.is_empty(),
        "this system trusts no certificate authority{}: use --cacert FILE, or --insecure to accept any certificate",
        why.map_or(String::new(), |why| format!(" ({why})"))
    );
    Ok(roots)
}

impl Session {
    /// Whether the handshake is still going on.
    pub(crate) fn is_handshaking(&self) -> bool {
        self.tls.is_handshaking()
    }

    /// Continues the handshake; `WouldBlock` while it waits.
    pub(crate) fn handshake(&mut self) -> io::Result<()> {
        loop {
            self.flush()?;
            if !self.tls.is_handshaking() {
                return Ok(());
            }
            if self.take()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Whether bytes wait to be sent.
    pub(crate) fn wants_write(&self) -> bool {
        self.tls.wants_write()
    }

    /// Whether decrypted bytes are unread.
    pub(crate) fn has_plaintext(&mut self) -> bool {
        let state = self.tls.process_new_packets();
        state.is_ok_and(|state| state.plaintext_bytes_to_read() > 0)
    }

    /// Reads from the server; returns the number of bytes.
    fn take(&mut self) -> io::Result<usize> {
        let taken = self.tls.read_tls(&mut self.socket)?;
        if let Err(error) = self.tls.process_new_packets() {
            // Sends the reason to the server, if it still reads.
            let _ = self.tls.write_tls(&mut self.socket);
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        Ok(taken)
    }
}

impl Read for Session {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.tls.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.take()?,
                read => return read,
            };
        }
    }
}

impl Write for Session {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Earlier encrypted bytes go first, so that at most one buffer waits.
        self.flush()?;
        let written = self.tls.writer().write(bytes)?;
        match self.flush() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(written),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.socket)?;
        }
        Ok(())
    }
}

/// Trusts the certificates in a file, and those that its authorities signed.
#[derive(Debug)]
struct TrustFile {
    authorities: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

impl TrustFile {
    fn read(path: &Path, provider: Arc<CryptoProvider>) -> Result<Self> {
        let cannot_read = || format!("cannot read certificates from {}", path.display());
        let mut file = BufReader::new(File::open(path).with_context(cannot_read)?);
        let certificates = CertificateDer::pem_reader_iter(&mut file);
        let certificates: Vec<_> = certificates
            .collect::<Result<_, _>>()
            .with_context(cannot_read)?;
        ensure!(
            !certificates.is_empty(),
            "{} holds no certificate in PEM format",
            path.display()
        );
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).with_context(cannot_read)?;
        }
        let authorities =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        Ok(TrustFile {
            authorities: authorities.with_context(cannot_read)?,
            certificates,
        })
    }
}

impl ServerCertVerifier for TrustFile {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self
            .authorities
            .verify_server_cert(certificate, others, name, ocsp, now);
        // A server may show what `openssl req -x509` makes: the certificate of an authority, its own.
        match verified {
            Err(Error::InvalidCertificate(CertificateError::Other(_)))
                if self.certificates.contains(certificate) =>
            {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

/// Trusts every certificate; signatures of the handshake are still verified.
#[derive(Debug)]
struct TrustAnyone(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
