//! The process that is everybody else. It takes lines on standard input and answers each with one line.

use std::io::{self, BufRead, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use media::limits::FRAME;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::figures::percentile;
use super::page::Page;
use super::phones::{LISTEN_EVERY, Phones, TRAIL, Talk};

pub(crate) fn run() {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
    epoll
        .add(io::stdin(), EpollEvent::new(EpollFlags::EPOLLIN, STDIN))
        .unwrap();
    let mut peers = Peers {
        epoll,
        phones: Phones::new(),
        pages: Vec::new(),
        talk: Talk::default(),
    };
    while let Some(line) = peers.next_line() {
        let answer = peers.obey(line.trim_end());
        println!("{answer}");
        io::stdout().flush().unwrap();
    }
}

const STDIN: u64 = u64::MAX;

struct Peers {
    epoll: Epoll,
    phones: Phones,
    pages: Vec<Page>,
    talk: Talk,
}

impl Peers {
    /// Drives the pages until the node says something.
    fn next_line(&mut self) -> Option<String> {
        while !self.drive(STEP_MAX) {}
        let mut line = String::new();
        let len = io::stdin().lock().read_line(&mut line).unwrap();
        (len > 0).then_some(line)
    }

    fn obey(&mut self, line: &str) -> String {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "address" => self.phones.address().to_string(),
            "dial" => {
                let addresses = rest
                    .split_whitespace()
                    .map(|one| one.parse::<SocketAddr>().unwrap());
                self.phones.dial(addresses.collect());
                "dialled".to_owned()
            }
            "offer" => {
                let (page, offer) = Page::new();
                let number = self.pages.len() as u64;
                let event = EpollEvent::new(EpollFlags::EPOLLIN, number);
                self.epoll.add(page.browser.socket(), event).unwrap();
                self.pages.push(page);
                on_one_line(&offer)
            }
            "answer" => {
                let page = self.pages.last_mut().unwrap();
                page.browser.accept(&from_one_line(rest));
                "accepted".to_owned()
            }
            "close" => {
                self.pages.clear();
                "closed".to_owned()
            }
            "talk" => self.talk(Duration::from_secs(rest.parse().unwrap())),
            unknown => panic!("{unknown}?"),
        }
    }

    /// Everybody talks; what came of it, as [`Outcome`](super::node::Outcome) reads it.
    fn talk(&mut self, duration: Duration) -> String {
        self.talk = Talk::default();
        let phones = self.phones.talk(duration);
        let count = self.pages.len() as u32;
        for (number, page) in (0..).zip(&mut self.pages) {
            assert!(page.browser.is_connected());
            page.begin(FRAME * number / count.max(1));
        }
        self.drive_for(duration);
        self.pages.iter_mut().for_each(Page::end);
        self.drive_for(TRAIL);
        let phones = phones.join().unwrap();
        let pages = std::mem::take(&mut self.talk);
        format!("{} {}", outcome(phones), outcome(pages))
    }

    fn drive_for(&mut self, duration: Duration) {
        let until = Instant::now() + duration;
        while Instant::now() < until {
            // Now and then, as telephones listen.
            thread::sleep(LISTEN_EVERY);
            self.drive(Duration::ZERO);
        }
    }

    /// Waits for datagrams, at most so long, and does what is due; tells whether the node has said something.
    fn drive(&mut self, wait_max: Duration) -> bool {
        let now = Instant::now();
        let due = self.pages.iter().map(Page::due).min();
        let wait = due.map_or(wait_max, |due| due.saturating_duration_since(now).min(wait_max));
        let wait_ms = u16::try_from(wait.as_micros().div_ceil(1_000)).unwrap();
        let mut ready = [EpollEvent::empty(); 256];
        let count = self
            .epoll
            .wait(&mut ready, EpollTimeout::from(wait_ms))
            .unwrap_or(0);
        let mut is_told = false;
        for event in &ready[..count] {
            match event.data() {
                STDIN => is_told = true,
                number => self.pages[number as usize].read(&mut self.talk),
            }
        }
        let now = Instant::now();
        for page in self.pages.iter_mut().filter(|page| page.due() <= now) {
            page.handle_due(&mut self.talk);
        }
        is_told
    }
}

const STEP_MAX: Duration = Duration::from_millis(50);

fn outcome(mut talk: Talk) -> String {
    talk.latencies_ns.sort_unstable();
    let (p50, p99) = (
        percentile(&talk.latencies_ns, 0.5),
        percentile(&talk.latencies_ns, 0.99),
    );
    format!("{} {} {p50} {p99}", talk.sent_count, talk.latencies_ns.len())
}

/// A session description has no vertical bar.
pub(crate) fn on_one_line(description: &str) -> String {
    description.replace("\r\n", "|")
}

pub(crate) fn from_one_line(line: &str) -> String {
    line.replace('|', "\r\n")
}
