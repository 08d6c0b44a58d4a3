//! What a thread sleeps for: sockets, a wake-up call, a point in time.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use super::check;

/// An epoll instance, level-triggered. A socket leaves it by being closed.
#[derive(Debug)]
pub(crate) struct Readiness {
    epoll: OwnedFd,
    ready: Vec<libc::epoll_event>,
}

impl Readiness {
    /// Reports at most `ready_max` sockets at once.
    pub(crate) fn new(ready_max: usize) -> io::Result<Self> {
        // SAFETY: the call takes no pointer.
        let epoll = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        Ok(Self {
            epoll: owned(epoll),
            ready: vec![libc::epoll_event { events: 0, u64: 0 }; ready_max],
        })
    }

    /// Reports `token` whenever `socket` can be read.
    pub(crate) fn add(&self, socket: impl AsFd, token: u64) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: libc::EPOLLIN as u32,
            u64: token,
        };
        let (epoll, socket) = (self.epoll.as_raw_fd(), socket.as_fd().as_raw_fd());
        // SAFETY: the kernel copies the event; both descriptors are open while they are borrowed.
        check(unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, socket, &raw mut event) })?;
        Ok(())
    }

    /// Sleeps until something can be read; how many tokens [`Self::token`] has.
    pub(crate) fn wait(&mut self) -> io::Result<usize> {
        let room = libc::c_int::try_from(self.ready.len()).unwrap_or(libc::c_int::MAX);
        let (epoll, events) = (self.epoll.as_raw_fd(), self.ready.as_mut_ptr());
        // SAFETY: `events` has room for `room` entries, which the kernel fills from the start.
        let count = match check(unsafe { libc::epoll_wait(epoll, events, room, -1) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            result => result?,
        };
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// What became ready in the last wait, from 0.
    pub(crate) fn token(&self, index: usize) -> u64 {
        self.ready[index].u64
    }
}

/// Ends the sleep of another thread (eventfd).
#[derive(Debug)]
pub(crate) struct Waker(File);

impl Waker {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: the call takes no pointer.
        let fd = check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        Ok(Self(owned(fd).into()))
    }

    /// Makes the descriptor readable until [`Self::clear`].
    pub(crate) fn wake(&self) {
        // Fails only when the counter is full, and then it is readable already.
        let _ = (&self.0).write(&1_u64.to_ne_bytes());
    }

    pub(crate) fn clear(&self) {
        // Fails only when nobody has called, and then there is nothing to clear.
        let _ = (&self.0).read(&mut [0; 8]);
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Ends one's own sleep in time (timerfd): `epoll_wait` counts whole milliseconds, and its finer successor
/// is missing in containers with an old filter of system calls.
#[derive(Debug)]
pub(crate) struct Timer(OwnedFd);

impl Timer {
    pub(crate) fn new() -> io::Result<Self> {
        let flags = libc::TFD_CLOEXEC | libc::TFD_NONBLOCK;
        // SAFETY: the call takes no pointer.
        let fd = check(unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, flags) })?;
        Ok(Self(owned(fd)))
    }

    /// Makes the descriptor readable after `delay` and not before; never with `None`.
    pub(crate) fn set(&self, delay: Option<Duration>) -> io::Result<()> {
        let never = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // Zero would disarm the timer.
        let delay = delay.map(|delay| delay.max(Duration::from_nanos(1)));
        let value = delay.map_or(never, |delay| libc::timespec {
            tv_sec: libc::time_t::try_from(delay.as_secs()).unwrap_or(libc::time_t::MAX),
            tv_nsec: libc::c_long::from(delay.subsec_nanos()),
        });
        let spec = libc::itimerspec {
            it_interval: never,
            it_value: value,
        };
        let timer = self.0.as_raw_fd();
        // SAFETY: the kernel reads `spec` and, given no place for it, does not write the former value.
        check(unsafe { libc::timerfd_settime(timer, 0, &raw const spec, std::ptr::null_mut()) })?;
        Ok(())
    }
}

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn owned(fd: RawFd) -> OwnedFd {
    // SAFETY: every caller has just been given the descriptor by the kernel and keeps no copy.
    unsafe { OwnedFd::from_raw_fd(fd) }
}
