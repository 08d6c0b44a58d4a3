//! baresip as a caller on another host, over a carrier's trunk: what each side says is heard on the other.
#![cfg(feature = "real-parts")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use media::tone::{tone, tone_share};
use serde_json::json;
use tests::network::Host;
use tests::offhook::{Offhook, free_address};
use tests::tenant::Tenant;

const NUMBER: &str = "+493055550123";
const CALLERS_TONE_HZ: f64 = 700.0;
const AGENTS_TONE_HZ: f64 = 440.0;
/// Long enough for the whole story.
const CALL_S: usize = 25;

#[tokio::test(flavor = "multi_thread")]
async fn caller_and_agent_hear_each_other() -> Result<()> {
    let host = Host::make()?;
    let sip = SocketAddr::from((host.near, free_address()?.port()));
    let offhook = Offhook::start_at("phone", sip, &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Phone").await?;
    add_trunk(&offhook, &host).await?;
    let claim = json!({ "e164": NUMBER, "flow_id": null });
    tenant.post("phone-numbers", claim).await?;
    let line = tenant.go_available(AGENTS_TONE_HZ).await?;

    let folder = offhook.folder().join("baresip");
    configure(&folder, &host)?;
    let program = std::env::var_os("BARESIP").context("BARESIP names no program: use `cargo xtask test`")?;
    let mut baresip = host
        .command(program)
        .arg("-f")
        .arg(&folder)
        .args(["-t", &CALL_S.to_string()])
        .args(["-e", &format!("/dial sip:{NUMBER}@{sip}")])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(fs::File::create(folder.join("log"))?)
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("baresip cannot be started")?;

    let contact = tenant.accept().await?;
    line.hears(CALLERS_TONE_HZ).await?;
    baresip.wait().await?;
    let share = share_heard(&folder)?;
    assert!(
        share > 0.8,
        "the caller heard the agent's tone with a share of {share:.2}"
    );
    let contact = tenant.get(&format!("contacts/{contact}")).await?;
    assert_eq!(
        contact["disconnect_reason"]["code"], "customer_hung_up",
        "{contact:#}"
    );
    Ok(())
}

async fn add_trunk(offhook: &Offhook, host: &Host) -> Result<()> {
    let source = host.far.to_string();
    let said = offhook
        .run(&[
            "trunk",
            "add",
            "Carrier",
            "--calling-code",
            "49",
            "--source",
            &source,
        ])
        .await?;
    let trunk = said
        .split_whitespace()
        .last()
        .unwrap()
        .trim_end_matches('.')
        .to_owned();
    offhook
        .run(&["trunk", "add-numbers", &trunk, NUMBER, "--country", "DE"])
        .await?;
    Ok(())
}

fn configure(folder: &Path, host: &Host) -> Result<()> {
    fs::create_dir_all(folder)?;
    let samples = tone(&[CALLERS_TONE_HZ], 8_000.0, CALL_S * 8_000);
    fs::write(folder.join("speech.wav"), wav(&samples))?;
    let modules = ["g711", "aufile", "sndfile", "stdio"].map(|name| format!("module {name}.so\n"));
    let far = host.far;
    let here = folder.display();
    let config = format!(
        "poll_method epoll\nsip_listen {far}:5060\naudio_player aufile,{here}/player.wav\n\
         audio_source aufile,{here}/speech.wav\naudio_alert aufile,{here}/alert.wav\naudio_srate 8000\n\
         audio_channels 1\nsnd_path {here}\nmodule_path /usr/lib/baresip/modules\n{}\
         module_app account.so\nmodule_app menu.so\n",
        modules.concat(),
    );
    fs::write(folder.join("config"), config)?;
    let account = format!("<sip:caller@{far}>;regint=0;audio_codecs=PCMU/8000/1\n");
    fs::write(folder.join("accounts"), account)?;
    Ok(())
}

/// 16-bit mono at 8 kHz.
fn wav(samples: &[i16]) -> Vec<u8> {
    let bytes = u32::try_from(samples.len() * 2).unwrap();
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]);
    wav.extend(8_000_u32.to_le_bytes());
    wav.extend(16_000_u32.to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    wav.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}

/// The largest share of the agent's tone in a second of what baresip heard.
fn share_heard(folder: &Path) -> Result<f64> {
    let files = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let recording = files
        .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
        .max()
        .context("baresip recorded nothing")?;
    let samples = media::parse_wav(&fs::read(recording)?)?;
    let shares = samples
        .chunks(8_000)
        .map(|second| tone_share(second, AGENTS_TONE_HZ));
    Ok(shares.fold(0.0, f64::max))
}
