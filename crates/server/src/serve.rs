//! `offhook serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use api::ApiState;
use axum::Router;
use ipnet::IpNet;
use store::{DatabaseAddress, OpenError, Store, StoreConfig};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::backend::Node;
use crate::clock::Clock;
use crate::http::{AddressHeader, Connections, HttpServer, Patience, TrustedProxies};
use crate::listening::Listening;
use crate::mail::MailServers;
use crate::telephony::sockets::local_address_towards;
use crate::telephony::{Telephony, TelephonyConfig, spawn_or_abort};
use crate::tenants::Tenants;
use crate::tls::TlsDoor;
use crate::{Data, data_dir, disk, lab, master_key, operator, outbox, say, tcp};

/// Requests under way get so long to be answered when the process is asked to end.
const ANSWERS_MAX: Duration = Duration::from_secs(3);
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(3600);

/// Where Offhook is reached.
#[derive(clap::Args)]
pub(crate) struct Addresses {
    /// Where browsers reach the console and programs the API.
    #[arg(long, env = "OFFHOOK_HTTP", default_value = "127.0.0.1:8080")]
    pub(crate) http: SocketAddr,
    /// The address that browsers use, when a proxy stands before Offhook.
    #[arg(long, env = "OFFHOOK_BASE_URL")]
    pub(crate) base_url: Option<String>,
    /// Serve https with a certificate of its own, so that browsers on other machines may use their microphone.
    #[arg(long, env = "OFFHOOK_TLS_SELF_SIGNED", value_parser = clap::builder::BoolishValueParser::new())]
    pub(crate) tls_self_signed: bool,
    /// Networks of proxies before Offhook, for example 10.0.0.0/8 or 127.0.0.1/32: what they say of a client's address
    /// is believed.
    #[arg(
        long,
        env = "OFFHOOK_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ','
    )]
    trusted_proxy: Vec<IpNet>,
    /// The header in which those proxies name the client.
    #[arg(long, env = "OFFHOOK_CLIENT_ADDRESS_HEADER", value_enum, default_value_t = AddressHeader::XForwardedFor)]
    client_address_header: AddressHeader,
    /// Let tenants name mail servers of this machine and of private networks: whoever signs up learns what answers there.
    #[arg(long, env = "OFFHOOK_PRIVATE_MAIL_SERVERS", value_parser = clap::builder::BoolishValueParser::new())]
    private_mail_servers: bool,
    /// Where carriers and phones reach Offhook by SIP, over UDP and TCP.
    #[arg(long, env = "OFFHOOK_SIP", default_value = "127.0.0.1:5060")]
    pub(crate) sip: SocketAddr,
    /// The address for audio that carriers and browsers are told, when it is not this machine's own.
    #[arg(long, env = "OFFHOOK_ADVERTISED_ADDRESS")]
    advertised_address: Option<IpAddr>,
    /// The address of this machine on which audio is received.
    #[arg(long, env = "OFFHOOK_MEDIA_ADDRESS", default_value = "0.0.0.0")]
    pub(crate) media_address: IpAddr,
    /// The UDP ports for carriers' audio, two for each call.
    #[arg(long, env = "OFFHOOK_RTP_PORTS", default_value = "20000-29999", value_parser = port_range)]
    pub(crate) rtp_ports: RangeInclusive<u16>,
    /// The first UDP port for browsers' audio; each media worker takes one. 0 lets the system choose.
    #[arg(long, env = "OFFHOOK_WEBRTC_PORT", default_value_t = 10_000)]
    pub(crate) webrtc_port: u16,
    /// The threads that carry audio; by default one for each processor.
    #[arg(long, env = "OFFHOOK_MEDIA_WORKERS", value_parser = clap::value_parser!(u16).range(1..=256))]
    media_workers: Option<u16>,
    /// With so many callers and calls at the same time, further calls are turned away; agents on their lines and emergency
    /// calls do not count.
    #[arg(long, env = "OFFHOOK_LEGS_MAX", default_value_t = 4000)]
    pub(crate) legs_max: usize,
}

/// Opens the store of an Offhook that has been started before.
pub(crate) async fn open_existing_store(data: &Data) -> Result<Store> {
    if !master_key::path(&data.data_dir).exists() {
        bail!(
            "there is no Offhook in the folder {}: say with --data-dir where its data is",
            data.data_dir.display()
        );
    }
    open_store(data).await
}

/// Opens the store, making the data folder and the key at the first start.
async fn open_store(data: &Data) -> Result<Store> {
    data_dir::ensure(&data.data_dir)?;
    let config = StoreConfig::new(&data.data_dir, data.database_url.as_deref());
    let (key, is_new) = match &config.address {
        DatabaseAddress::Sqlite { path } => master_key::load_or_create(&data.data_dir, Some(path))?,
        DatabaseAddress::Postgres { .. } => master_key::load_or_create(&data.data_dir, None)?,
    };
    let opened = Store::open(&config, key).await;
    if is_new && matches!(opened, Err(OpenError::WrongMasterKey)) {
        master_key::remove(&data.data_dir)?;
    }
    opened.context("cannot open the database")
}

/// Runs until the process is asked to end.
pub(crate) async fn serve(data: &Data, addresses: Addresses) -> Result<()> {
    data_dir::ensure(&data.data_dir)?;
    let _lock = data_dir::lock(&data.data_dir)?;
    let node = data_dir::node_name(&data.data_dir)?;
    let store = open_store(data).await?;
    let clock = Arc::new(Clock::default());
    // In this order: a database without an operator is one without a lab trunk, and a trunk that was removed stays away.
    lab::ensure(&store, clock.now()).await?;
    operator::ensure(&store, &data.data_dir, clock.now()).await?;
    let http = addresses.http;
    let listener = tcp::listen(http).with_context(|| {
        format!("cannot listen on {http}: choose another address with --http, or end what listens there")
    })?;
    let base_url = addresses.base_url.as_deref().map_or_else(
        || addresses.default_base_url(&listener),
        |url| Ok(url.trim_end_matches('/').to_owned()),
    )?;

    let (inbox, inputs) = mpsc::unbounded_channel();
    let telephony = Telephony::start(addresses.telephony(), store.clone(), Arc::clone(&clock), inbox)?;
    let carry = Arc::new(telephony.clone());
    let tenants = Tenants::start(store.clone(), Arc::clone(&clock), carry, node);
    let feeding = spawn_or_abort("the way to the tenants", feed(tenants.clone(), inputs));
    let housekeeping = tokio::spawn(keep_house(store.clone(), Arc::clone(&clock)));
    let telling = outbox::tell(store.clone(), Arc::clone(&clock), tenants.clone());
    let telling = spawn_or_abort("the outbox", telling);
    let watching = spawn_or_abort(
        "the watch over the disk",
        watch_disk(data.clone(), tenants.clone()),
    );

    let node = Node::new(
        store.clone(),
        clock,
        tenants.clone(),
        telephony.clone(),
        base_url.clone(),
        addresses.mail_servers(),
    );
    let app = api::router(ApiState::new(store.clone(), Arc::new(node))).merge(console::router());
    let server = addresses.http_server(app, &data.data_dir, &base_url)?;
    let end = End::watch(tenants.clone(), telephony.deaf());
    let mut listening = Listening::of(&addresses);
    listening.http = listener.local_addr()?;
    listening.base_url = Some(base_url.clone());
    if let Err(error) = listening.write(&data.data_dir) {
        // Only other commands read it, and those who sign in and call must not wait for room on a disk.
        let error = format!("{error:#}");
        tracing::warn!(error, "`offhook doctor` cannot find this Offhook without options");
    }
    if let Some(what) = listening.ports_short() {
        tracing::warn!("{what}");
    }
    say(&format!("Audio takes {}.", listening.audio_ports()));
    say(&format!("Offhook runs on {base_url}"));
    end.bounds(server.serve(listener, end.begun())).await;

    housekeeping.abort();
    telling.abort();
    watching.abort();
    telephony.shut_down().await;
    // It ends with the inbox, after the last end of a leg.
    feeding.await?;
    tenants.shut_down().await;
    store.close().await;
    if telephony.is_deaf() {
        bail!("a socket of SIP broke and nobody could call: the log says why");
    }
    Ok(())
}

impl Addresses {
    fn mail_servers(&self) -> MailServers {
        match self.private_mail_servers {
            true => MailServers::Any,
            false => MailServers::Public,
        }
    }

    /// The UDP ports of browsers' audio, one for each media worker; none where the system chooses.
    pub(crate) fn webrtc_ports(&self) -> Option<RangeInclusive<u16>> {
        let first = (self.webrtc_port > 0).then_some(self.webrtc_port)?;
        Some(first..=first.saturating_add(self.workers() - 1))
    }

    /// At least one.
    fn workers(&self) -> u16 {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let workers = || u16::try_from(processors()).unwrap_or(u16::MAX);
        self.media_workers.unwrap_or_else(workers)
    }

    fn telephony(&self) -> TelephonyConfig {
        TelephonyConfig {
            sip: self.sip,
            advertised: self.advertised_address,
            media: self.media_address,
            rtp_ports: self.rtp_ports.clone(),
            webrtc_port: self.webrtc_port,
            workers: self.workers(),
            legs_max: self.legs_max,
        }
    }

    fn http_server(&self, app: Router, data_dir: &Path, base_url: &str) -> Result<HttpServer> {
        let proxies = TrustedProxies::new(self.trusted_proxy.clone(), self.client_address_header);
        let tls = if self.tls_self_signed {
            let own = Some(self.http.ip()).filter(|address| !address.is_unspecified());
            let addresses: Vec<IpAddr> = own.into_iter().chain(self.advertised_address).collect();
            Some(TlsDoor::open(data_dir, base_url, &addresses)?)
        } else {
            None
        };
        Ok(HttpServer {
            app,
            connections: Connections::within_descriptors(),
            proxies: Arc::new(proxies),
            patience: Patience::default(),
            tls,
        })
    }

    /// `localhost` where it is this machine's own browser, for there it lends its microphone without https too.
    fn default_base_url(&self, listener: &TcpListener) -> Result<String> {
        let address = listener.local_addr()?;
        let scheme = if self.tls_self_signed { "https" } else { "http" };
        let is_local = address.ip().is_loopback() || (address.ip().is_unspecified() && !self.tls_self_signed);
        let localhost = || "localhost".to_owned();
        let host = if is_local {
            localhost()
        } else if address.ip().is_unspecified() {
            let outward = self.advertised_address.or_else(outward_address);
            outward.map_or_else(localhost, in_url)
        } else {
            in_url(address.ip())
        };
        Ok(format!("{scheme}://{host}:{}", address.port()))
    }
}

fn in_url(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Reads `first-last`.
fn port_range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let wanted = || format!("expected two ports such as 20000-29999, not {text:?}");
    let (first, last) = text.split_once('-').ok_or_else(wanted)?;
    let first: u16 = first.trim().parse().map_err(|_| wanted())?;
    let last: u16 = last.trim().parse().map_err(|_| wanted())?;
    if first == 0 || last.saturating_sub(first) < 1 {
        return Err(wanted());
    }
    Ok(first..=last)
}

/// The address by which this machine reaches others: by its default route, which an address for documentation
/// (RFC 5737) takes.
fn outward_address() -> Option<IpAddr> {
    local_address_towards(Ipv4Addr::new(192, 0, 2, 1).into())
}

/// Hands what telephony hears of to the tenants.
async fn feed(tenants: Tenants, mut inputs: mpsc::UnboundedReceiver<(model::TenantId, engine::Input)>) {
    while let Some((tenant, input)) = inputs.recv().await {
        tenants.submit(tenant, input);
    }
}

/// The disk of a database elsewhere is watched by whoever runs it.
async fn watch_disk(data: Data, tenants: Tenants) {
    if data.database_url.is_none() {
        disk::watch(data.data_dir, tenants).await;
    }
}

async fn keep_house(store: Store, clock: Arc<Clock>) {
    let mut every_hour = tokio::time::interval(HOUSEKEEPING_EVERY);
    loop {
        every_hour.tick().await;
        if let Err(error) = store.delete_expired(clock.now()).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "expired rows could not be deleted"
            );
        }
    }
}

/// The orderly end of the process.
struct End {
    is_begun: watch::Receiver<bool>,
}

impl End {
    /// Waits for the signal to end, or until the node is `deaf`. From then on new calls are turned away.
    fn watch(tenants: Tenants, deaf: impl Future<Output = ()> + Send + 'static) -> Self {
        let (begin, is_begun) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                () = asked_to_end() => {}
                () = deaf => {}
            }
            tenants.stop_taking_calls();
            begin.send_replace(true);
        });
        Self { is_begun }
    }

    /// Resolves with the signal.
    fn begun(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut is_begun = self.is_begun.clone();
        async move { drop(is_begun.wait_for(|is_begun| *is_begun).await) }
    }

    /// Runs until the server has ended, or for [`ANSWERS_MAX`] after the signal: one client that stays must not keep
    /// the callers of a process that is about to be killed from their BYE.
    async fn bounds(&self, serving: impl Future<Output = ()>) {
        let late = async {
            self.begun().await;
            tokio::time::sleep(ANSWERS_MAX).await;
        };
        tokio::select! {
            () = serving => {}
            () = late => {}
        }
    }
}

async fn asked_to_end() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
