//! The system calls the standard library lacks; the only place with `unsafe`.

mod datagrams;
mod open_files;
mod readiness;

pub(crate) use self::datagrams::{Datagram, receive, send};
pub(crate) use self::open_files::raise_open_files;
pub(crate) use self::readiness::{Readiness, Timer, Waker};

use std::io;

/// Turns the -1 of a system call into its error.
fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        result => Ok(result),
    }
}
