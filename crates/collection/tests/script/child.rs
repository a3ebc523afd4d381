//! The child process seen from outside: what it gave up, and that it never outlives its parent.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

fn start() -> Child {
    let program = env!("CARGO_BIN_EXE_script-child");
    Command::new(program)
        .arg("--memory-mib=128")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A frame that runs `code` for at most `limit_ms`.
fn run_frame(code: &str, limit_ms: u32) -> Vec<u8> {
    let scope = r#"{"name":"","values":[]}"#;
    let input = format!(
        r#"{{"listen":"test","info":{{"iteration":0,"iteration_count":1,"request_name":"","request_id":"","path":[]}},"scopes":{{"globals":{scope},"collection":{scope},"environment":{scope},"data":{scope},"local":{scope}}},"request":{{}},"response":null,"cookies":[]}}"#
    );
    let mut frame = vec![b'R'];
    frame.extend(limit_ms.to_be_bytes());
    frame.extend((code.len() as u32).to_be_bytes());
    frame.extend(code.as_bytes());
    frame.extend(0_u32.to_be_bytes());
    frame.extend(input.as_bytes());
    let mut whole = (frame.len() as u32).to_be_bytes().to_vec();
    whole.extend(frame);
    whole
}

fn read_frame(child: &mut Child) -> Vec<u8> {
    let output = child.stdout.as_mut().unwrap();
    let mut length = [0; 4];
    output.read_exact(&mut length).unwrap();
    let mut frame = vec![0; u32::from_be_bytes(length) as usize];
    output.read_exact(&mut frame).unwrap();
    frame
}

#[cfg(target_os = "linux")]
#[test]
fn before_the_first_script_the_child_has_given_up_its_rights() {
    let mut child = start();
    child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(&run_frame("pm.test('x', () => {});", 20_000))
        .unwrap();
    assert_eq!(read_frame(&mut child)[0], b'D');
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap();
    let status = read("status");
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    assert!(status.contains("Seccomp:\t2"), "{status}");
    let limits: Vec<_> = read("limits")
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for expected in [
        "Max open files 8 8",
        "Max core file size 0 0",
        "Max file size 0 0",
        "Max data size 167772160 167772160",
    ] {
        assert!(
            limits.iter().any(|line| line.starts_with(expected)),
            "{expected} is not in {limits:#?}"
        );
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_child_ends_with_its_parent_even_in_an_endless_loop() {
    let mut child = start();
    let input = child.stdin.as_mut().unwrap();
    // The call shows that the script is under way.
    input
        .write_all(&run_frame("pm.sendRequest('http://x.test', () => {}); while (true) {}", 3_600_000))
        .unwrap();
    assert_eq!(read_frame(&mut child)[0], b'C');
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_frame_that_is_not_understood_is_passed_over() {
    let mut child = start();
    let input = child.stdin.as_mut().unwrap();
    input.write_all(&[0, 0, 0, 3, b'?', 1, 2]).unwrap();
    input.write_all(&run_frame("1", 20_000)).unwrap();
    assert_eq!(read_frame(&mut child)[0], b'D');
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}
