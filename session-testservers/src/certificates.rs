use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    ServerError,
    program::{Program, run},
};

/// A new certificate authority and a certificate for `127.0.0.1` and `localhost`, valid for two days.
#[derive(Debug, Clone)]
pub(crate) struct Certificates {
    pub(crate) authority: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificates {
    // Two certificates, because strict clients refuse an authority as a server.
    const CONFIGURATION: &str = "\
[req]
distinguished_name = name
prompt = no
x509_extensions = authority
[name]
CN = session-testservers authority
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1,DNS:localhost
";

    pub(crate) fn make(directory: &Path, kind: &'static str) -> Result<Self, ServerError> {
        let openssl = Program { kind, names: &["openssl"], package: "openssl" }.find()?;
        let path = |name: &str| directory.join(name);
        let text = |name: &str| path(name).to_string_lossy().into_owned();
        fs::write(path("tls.cnf"), Self::CONFIGURATION).map_err(ServerError::io("writing tls.cnf"))?;
        let ask = |arguments: &[&str]| run(Command::new(&openssl).args(arguments), directory, "");

        let new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        let (configuration, authority, authority_key) = (text("tls.cnf"), text("ca.pem"), text("ca.key"));
        let own =
            ["-x509", "-days", "2", "-config", &configuration, "-keyout", &authority_key, "-out", &authority];
        ask(&[&["req"], &new_key[..], &own].concat())?;

        let (request, certificate, key) = (text("server.csr"), text("server.pem"), text("server.key"));
        let asked = ["-subj", "/CN=localhost", "-config", &configuration, "-keyout", &key, "-out", &request];
        ask(&[&["req"], &new_key[..], &asked].concat())?;
        let issued = ["-CA", &authority, "-CAkey", &authority_key, "-set_serial", "2", "-days", "2"];
        let signed =
            ["-in", &request, "-extfile", &configuration, "-extensions", "server", "-out", &certificate];
        ask(&[&["x509", "-req"], &issued[..], &signed].concat())?;
        Ok(Self { authority: path("ca.pem"), certificate: path("server.pem"), key: path("server.key") })
    }
}
