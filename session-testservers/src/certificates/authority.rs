use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Identity, Leaf, openssl::Openssl};
use crate::ServerError;

/// An authority that issues certificates.
#[derive(Debug, Clone)]
pub struct Authority {
    openssl: Openssl,
    identity: Identity,
    /// The certificates that stand after one that it issues: its own, unless it is the root.
    chain: Option<PathBuf>,
}

impl Authority {
    /// Makes a new authority. Its files and those of its certificates are in this directory; names must differ.
    ///
    /// # Errors
    /// When there is no openssl.
    pub fn make(directory: &Path, name: &str) -> Result<Self, ServerError> {
        Self::make_for(directory, name, "redis")
    }

    pub(crate) fn make_for(directory: &Path, name: &str, kind: &'static str) -> Result<Self, ServerError> {
        let openssl = Openssl::find(directory, kind)?;
        let identity = sign(&openssl, name, &Self::extensions(), &Leaf::server(""), None)?;
        Ok(Self { openssl, identity, chain: None })
    }

    /// Makes an authority below this one.
    ///
    /// # Errors
    /// When openssl cannot.
    pub fn intermediate(&self, name: &str) -> Result<Self, ServerError> {
        let (openssl, leaf) = (self.openssl.clone(), Leaf::server(""));
        let identity = sign(&openssl, name, &Self::extensions(), &leaf, Some(&self.identity))?;
        Ok(Self { openssl, chain: Some(identity.certificate.clone()), identity })
    }

    /// Issues a certificate.
    ///
    /// # Errors
    /// When openssl cannot.
    pub fn issue(&self, name: &str, leaf: &Leaf) -> Result<Identity, ServerError> {
        let issued = sign(&self.openssl, name, &leaf.extensions(), leaf, Some(&self.identity))?;
        if let Some(chain) = &self.chain {
            let io = ServerError::io("appending the chain");
            let read = |path: &Path| fs::read_to_string(path);
            let both = read(&issued.certificate).and_then(|own| Ok(own + &read(chain)?));
            both.and_then(|both| fs::write(&issued.certificate, both)).map_err(io)?;
        }
        Ok(issued)
    }

    /// The certificate of the authority.
    #[must_use]
    pub fn certificate(&self) -> &Path {
        &self.identity.certificate
    }

    fn extensions() -> String {
        "basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign\nsubjectKeyIdentifier = hash\n"
            .to_owned()
    }
}

/// Makes a certificate that nobody else has issued.
///
/// # Errors
/// When there is no openssl.
pub fn self_signed(directory: &Path, name: &str, leaf: &Leaf) -> Result<Identity, ServerError> {
    sign(&Openssl::find(directory, "redis")?, name, &leaf.extensions(), leaf, None)
}

fn sign(
    openssl: &Openssl,
    name: &str,
    extensions: &str,
    leaf: &Leaf,
    issuer: Option<&Identity>,
) -> Result<Identity, ServerError> {
    let file = |ending: &str| format!("{name}.{ending}");
    let text = |ending: &str| openssl.text(&file(ending));
    let (request, key, certificate, with) = (text("csr"), text("key"), text("pem"), text("cnf"));
    fs::write(&with, extensions).map_err(ServerError::io("writing the extensions"))?;
    let kind = if leaf.is_rsa {
        ["-newkey", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"]
    } else {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    };
    let subject = format!("/CN=session-testservers {name}");
    let asked = ["-nodes", "-subj", &subject, "-keyout", &key, "-out", &request];
    openssl.run(&[&["req"], &kind[..], &asked].concat())?;
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let by = match issuer {
        Some(issuer) => {
            ["-CA".to_owned(), path(&issuer.certificate), "-CAkey".to_owned(), path(&issuer.key)].to_vec()
        }
        None => ["-signkey".to_owned(), key].to_vec(),
    };
    let by: Vec<&str> = by.iter().map(String::as_str).collect();
    // A serial number is taken once by each issuer.
    let serial = format!("0x{}", name.bytes().map(|byte| format!("{byte:02x}")).collect::<String>());
    let terms = ["-set_serial", &serial, "-days", leaf.days(), "-extfile", &with];
    let files = ["-in", &request, "-out", &certificate];
    openssl.run(&[&["x509", "-req"], &by[..], &terms, &files].concat())?;
    Ok(Identity { certificate: openssl.path(&file("pem")), key: openssl.path(&file("key")) })
}
