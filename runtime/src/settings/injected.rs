//! Environment variables that an orchestrator sets for a service whose name begins as the adapter's variables do:
//! `COUNTERSIGN_PORT=tcp://10.0.0.5:8080` tells where a service `countersign` is, and is no setting.

/// What such names end with, after the service's name.
const ENDS: &[&str] = &["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"];

/// What stands behind a port, or nothing.
const ABOUT_PORTS: &[&str] = &["", "_PROTO", "_PORT", "_ADDR"];

/// True for the names that are injected. A setting of such a name is a setting all the same.
pub(super) fn is_injected(name: &str) -> bool {
    ENDS.iter().any(|end| name.ends_with(end)) || is_of_named_port(name) || is_of_port(name)
}

/// `…_SERVICE_PORT_HTTP`
fn is_of_named_port(name: &str) -> bool {
    name.split_once("_SERVICE_PORT_").is_some_and(|(_, port)| !port.is_empty())
}

/// `…_PORT_8080_TCP`, `…_PORT_8080_TCP_ADDR`
fn is_of_port(name: &str) -> bool {
    ABOUT_PORTS.iter().filter_map(|about| name.strip_suffix(about)).any(|name| {
        let Some((port, "TCP" | "UDP" | "SCTP")) = name.rsplit_once('_') else { return false };
        port.rsplit_once("_PORT_").is_some_and(|(_, number)| number.parse::<u16>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::is_injected;

    #[test]
    fn names_of_services_are_reported_from_settings() {
        for name in ["COUNTERSIGN_PORT_80_TCP", "COUNTERSIGN_X_PORT_80_SCTP_PROTO", "COUNTERSIGN_SERVICE_PORT_GRPC_WEB"]
        {
            assert!(is_injected(name), "{name}");
        }
        for name in
            ["COUNTERSIGN_LISTEN", "COUNTERSIGN_PORT_TCP", "COUNTERSIGN_PORT_HTTP_TCP", "COUNTERSIGN_SERVICE_PORT_"]
        {
            assert!(!is_injected(name), "{name}");
        }
    }
}
