//! An authority of a test's own, which vouches for servers: made by `openssl`.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;

/// An authority, and the servers it vouches for; gone with this value.
pub struct Authority(TempDir);

/// A server's key and certificate.
pub struct Identity {
    pub key: PathBuf,
    pub certificate: PathBuf,
}

const KEY: [&str; 5] = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-noenc",
];

impl Authority {
    pub async fn new() -> Result<Self> {
        let authority = Self(tempfile::tempdir()?);
        authority.settings("DNS:nobody")?;
        let made = ["req", "-x509", "-config", "settings", "-days", "2"];
        let files = ["-keyout", "authority.key", "-out", "authority.pem"];
        authority
            .openssl(&[&made[..], &KEY, &files].concat())
            .await?;
        Ok(authority)
    }

    /// Its own certificate, as PEM.
    pub fn certificate(&self) -> PathBuf {
        self.0.path().join("authority.pem")
    }

    /// Vouches for a server with this name: `IP:127.0.0.1`, `DNS:example.org`.
    pub async fn vouch(&self, name: &str) -> Result<Identity> {
        self.settings(name)?;
        let asked = ["req", "-config", "settings"];
        let files = ["-keyout", "server.key", "-out", "server.csr"];
        self.openssl(&[&asked[..], &KEY, &files].concat()).await?;
        let signed = ["x509", "-req", "-in", "server.csr", "-days", "2"];
        let by = ["-CA", "authority.pem", "-CAkey", "authority.key"];
        let with = ["-CAcreateserial", "-extfile", "settings"];
        let out = ["-extensions", "server", "-out", "server.pem"];
        let words = [&signed[..], &by, &with, &out].concat();
        self.openssl(&words).await?;
        let place = |name| self.0.path().join(name);
        Ok(Identity {
            key: place("server.key"),
            certificate: place("server.pem"),
        })
    }

    fn settings(&self, name: &str) -> Result<()> {
        let text = format!(
            "[req]\ndistinguished_name = name\nx509_extensions = authority\nprompt = no\n\
             [name]\nCN = Test\n\
             [authority]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n\
             [server]\nbasicConstraints = CA:FALSE\nsubjectAltName = {name}\n"
        );
        Ok(std::fs::write(self.0.path().join("settings"), text)?)
    }

    async fn openssl(&self, words: &[&str]) -> Result<()> {
        let mut command = Command::new("openssl");
        let done = command.args(words).current_dir(self.0.path()).output();
        let done = done.await.context("openssl")?;
        let said = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "openssl {}: {said}", words.join(" "));
        Ok(())
    }
}
