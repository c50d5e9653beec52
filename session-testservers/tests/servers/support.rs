use std::{
    error::Error,
    fs,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

pub(crate) type Checked<T = ()> = Result<T, Box<dyn Error>>;

/// Long enough for any machine. Only a failing test waits this long.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(120);

const ROLE: &str = "SERVERS_TEST_ROLE";

/// What this program does instead of the tests when a test has started it.
pub(crate) fn played_role() -> Option<ExitCode> {
    match std::env::var(ROLE).ok()?.as_str() {
        "to be killed" => Some(crate::ownership::be_killed()),
        "to exit" => Some(crate::ownership::exit()),
        "target" => Some(crate::absence::print_target()),
        "absence" => Some(crate::absence::print_absence()),
        _ => Some(ExitCode::FAILURE),
    }
}

/// This program in another role.
pub(crate) fn play(role: &str) -> Checked<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env(ROLE, role).env_remove("SESSION_TEST_REQUIRE");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) -> Checked {
    let start = Instant::now();
    while !is_so() {
        if start.elapsed() > TIME_LIMIT {
            return Err(format!("{what}: not within {TIME_LIMIT:?}").into());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// Whether nothing of a server is left. A zombie process does not count.
pub(crate) fn is_gone(process: u32, address: SocketAddr, directory: &Path) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let is_dead = stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']));
    let refused =
        TcpStream::connect(address).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused);
    is_dead && refused && !directory.exists() && nothing_works_in(directory)
}

fn nothing_works_in(directory: &Path) -> bool {
    let Ok(processes) = fs::read_dir("/proc") else { return true };
    // The directory of a process that has outlived it is shown with a word behind it.
    let works_in = |process: fs::DirEntry| fs::read_link(process.path().join("cwd"));
    !processes
        .flatten()
        .filter_map(|process| works_in(process).ok())
        .any(|path| path.to_string_lossy().starts_with(&*directory.to_string_lossy()))
}

pub(crate) fn connect(address: SocketAddr) -> Checked<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(TIME_LIMIT))?;
    Ok(stream)
}

/// Whether no reply comes within a moment.
pub(crate) fn is_silent(stream: &mut TcpStream) -> Checked<bool> {
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let read = stream.read(&mut [0; 1]).map_err(|error| error.kind());
    stream.set_read_timeout(Some(TIME_LIMIT))?;
    Ok(matches!(read, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)))
}

pub(crate) fn read(stream: &mut impl Read, bytes: usize) -> Checked<Vec<u8>> {
    let mut answer = vec![0; bytes];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

/// The output of `openssl s_client`: about the handshake, and the reply to this input.
pub(crate) fn handshake(
    address: SocketAddr,
    authority: &Path,
    more: &[&str],
    input: &str,
) -> Checked<String> {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-verify_return_error", "-verify_ip", "127.0.0.1", "-ign_eof", "-connect"]);
    command.arg(address.to_string()).arg("-CAfile").arg(authority).args(more);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    say(&mut child, input)?;
    let output = child.wait_with_output()?;
    Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

fn say(child: &mut Child, input: &str) -> Checked {
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(input.as_bytes()) {
            // The client has refused the handshake and ended.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            other => other?,
        }
    }
    Ok(())
}
