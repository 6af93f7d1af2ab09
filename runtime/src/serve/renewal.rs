//! What is read anew while a process serves: keys and certificates at a signal, certificates also when their files
//! change. What cannot be used changes nothing.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::signals::Hangups;
use crate::settings::SettingError;
use crate::start::{App, StartError, StartOptions, keys_again, tls_again};
use crate::telemetry;
use crate::tls::{Exchanged, TlsOptions};

/// How often the files of certificates are looked at.
const OFTEN: Duration = Duration::from_secs(5);

/// Exchanges what is new, for as long as it is asked.
pub(super) async fn renew(app: &App, options: &StartOptions, mut hangups: Hangups) {
    let mut certificates = Certificates { files: app.options().tls.clone(), failed: None };
    let mut looking = interval_at(Instant::now() + OFTEN, OFTEN);
    looking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = hangups.wait() => {
                keys(app, options).await;
                certificates.read_settings(app, options).await;
                certificates.renew(app, options).await;
            }
            _ = looking.tick(), if app.tls.is_some() => certificates.renew(app, options).await,
        }
    }
}

async fn keys(app: &App, options: &StartOptions) {
    let (adapter, options) = (app.shared().adapter, options.clone());
    match tokio::task::spawn_blocking(move || keys_again(adapter, &options)).await {
        Ok(Ok(ring)) => {
            if let Err(because) = app.exchange_keys(ring).await {
                tracing::error!(%because, "the audit log did not record that the keys were exchanged");
            }
        }
        Ok(Err(because)) => tracing::error!(%because, "the keys stay as they are"),
        Err(_) => tracing::error!("the keys stay as they are"),
    }
}

/// Where the material of TLS is, and why it could not be used when it was last looked at.
struct Certificates {
    files: Option<TlsOptions>,
    failed: Option<String>,
}

impl Certificates {
    /// The settings may name other files by now.
    async fn read_settings(&mut self, app: &App, options: &StartOptions) {
        let options = options.clone();
        match tokio::task::spawn_blocking(move || tls_again(&options)).await {
            Ok(Ok(files)) if files.is_some() == app.tls.is_some() => self.files = files,
            Ok(Ok(_)) => tracing::error!("TLS is switched on or off by a start alone; it stays as it is"),
            Ok(Err(because)) => self.stay(&because),
            Err(_) => tracing::error!("the certificates stay as they are"),
        }
        // Each request for it is reported.
        self.failed = None;
    }

    async fn renew(&mut self, app: &App, options: &StartOptions) {
        let (Some(files), Some(tls)) = (self.files.clone(), app.tls.clone()) else { return };
        let environment = options.environment.clone();
        let read = move || tls.read_again(&files, &|name| environment.get(name).cloned());
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(exchanged)) => {
                self.failed = None;
                if let Exchanged::Material(fingerprint) = exchanged {
                    telemetry::certificates_exchanged("succeeded");
                    record_exchange(app, &fingerprint).await;
                }
            }
            Ok(Err(mistakes)) => {
                let mistake =
                    |(path, what): (&'static str, String)| SettingError { path: path.to_owned(), place: None, what };
                self.stay(&StartError::Settings(mistakes.into_iter().map(mistake).collect()));
            }
            Err(_) => tracing::error!("the certificates stay as they are"),
        }
    }

    /// Logs why, once for as long as it is the same.
    fn stay(&mut self, because: &StartError) {
        let entry = because.to_string();
        if self.failed.as_ref() != Some(&entry) {
            telemetry::certificates_exchanged("failed");
            tracing::error!(%because, "the certificates stay as they are");
        }
        self.failed = Some(entry);
    }
}

async fn record_exchange(app: &App, fingerprint: &str) {
    if let Err(because) = app.record_certificates(fingerprint).await {
        tracing::error!(%because, "the audit log did not record that the certificates were exchanged");
    }
}
