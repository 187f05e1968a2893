//! What goes wrong on real machines, done to the real program: every run ends as an undisturbed one
//! would, asks for no stored answer again, and says what it did.
//!
//! `FACT_FAULTS_TIMES` says how often each random fault is done (default 4; `benchmarks/faults.sh`
//! does 200 kills), `FACT_FAULTS_SEED` draws the instants. Lines that begin with `| ` are rows of the
//! table in `docs/faults.md`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed step fails the test; the table is told"
)]

#[path = "../support/mod.rs"]
mod support;
mod world;

use std::io::Write;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use support::export;
use world::{CONCURRENCY, Draw, Run, World, is_half_done};

/// How often a random fault is done.
fn times() -> usize {
    setting("FACT_FAULTS_TIMES", 4) as usize
}

fn draw(fault: u64) -> Draw {
    Draw(setting("FACT_FAULTS_SEED", 1) << 8 | fault)
}

fn setting(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(default, |text| text.parse().unwrap())
}

/// A row of the table: the fault, how often, what came of it.
fn row(fault: &str, times: usize, outcome: &str) {
    // Past the capture of the test harness's output where a file is given.
    let line = format!("| {fault} | {times} | {outcome} |\n");
    eprint!("{line}");
    if let Ok(path) = std::env::var("FACT_FAULTS_TABLE") {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}

/// The instant of a fault, somewhere in a run.
fn instant(draw: &mut Draw, world: &World) -> Duration {
    let micros = u64::try_from(world.takes.as_micros()).unwrap();
    Duration::from_micros(draw.below(micros))
}

#[test]
fn kills_at_random_instants() {
    let mut world = World::new();
    let mut draw = draw(1);
    let (mut kills, mut runs, mut unknown, mut before, mut late) = (0, 0, 0, 0, 0);
    while kills < times() {
        let mut run = world.run();
        runs += 1;
        // Up to three in one run.
        for _ in 0..=draw.below(3) {
            let wait = instant(&mut draw, &world);
            let ended = world.session(world.command(&run), &mut run, |child| {
                std::thread::sleep(wait);
                // It may have ended.
                let _ = child.kill();
            });
            let held = world.held(&run);
            assert!(held.unknown <= CONCURRENCY, "{}", held.unknown);
            if ended.code.is_some() {
                late += 1;
                continue;
            }
            kills += 1;
            run.cut += 1;
            unknown += held.unknown;
            before += usize::from(held.answered.is_empty());
        }
        world.finish(&mut run);
        std::fs::remove_dir_all(world.folder(&run)).unwrap();
    }
    row(
        "`kill -9` at a random instant",
        kills,
        &format!(
            "{runs} runs, all byte-identical; no stored answer asked again; {unknown} calls unknown at a \
             kill, at most {CONCURRENCY} each; {before} kills before the first answer ({late} came too \
             late)"
        ),
    );
}

#[test]
fn kills_while_settings_change() {
    let mut world = World::new();
    let mut draw = draw(9);
    // What is there is verified on the spot; candidates are compared; and back.
    let settings: [&[&str]; 3] = [
        &["--accept", "v1"],
        &["--candidates", "2", "--visible", "1"],
        &[],
    ];
    let redo = |world: &World, run: &Run, settings: &[&str]| {
        let mut command = world.command(run);
        command.arg("--redo").args(settings);
        command
    };
    let whole = settings.map(|settings| {
        let mut run = world.run();
        let ended = world.session(redo(&world, &run, settings), &mut run, |_| {});
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        export(world.path(), &run.name)
    });
    assert_eq!(whole[2], world.whole());
    let mut run = world.run();
    world.finish(&mut run);
    let (mut kills, mut late, mut between) = (0, 0, 0);
    // As long as a session without a question takes.
    let mut takes = world.takes;
    for step in 0.. {
        if kills >= times() {
            break;
        }
        let (settings, whole) = (settings[step % 3], &whole[step % 3]);
        for _ in 0..=draw.below(3) {
            let wait = draw.below(u64::try_from(takes.as_micros()).unwrap());
            let command = redo(&world, &run, settings);
            // Every other one while questions are kept for later, which a session is soon past.
            let aimed = draw.below(2) == 0;
            let store = world.folder(&run).join("run.db");
            let ended = world.session(command, &mut run, |child| {
                if aimed {
                    while !is_half_done(&store) && child.try_wait().unwrap().is_none() {}
                } else {
                    std::thread::sleep(Duration::from_micros(wait));
                }
                // It may have ended.
                let _ = child.kill();
            });
            match ended.code {
                Some(_) => late += 1,
                None => {
                    kills += 1;
                    between += usize::from(is_half_done(&world.folder(&run).join("run.db")));
                }
            }
        }
        let start = Instant::now();
        let ended = world.session(redo(&world, &run, settings), &mut run, |_| {});
        takes = start.elapsed();
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        assert_eq!(&export(world.path(), &run.name), whole, "{settings:?}");
    }
    row(
        "`kill -9` while settings change (`--redo`)",
        kills,
        &format!(
            "all byte-identical to a fresh run with the last settings; no stored answer asked again; \
             {between} kills while questions were kept for later ({late} came too late)"
        ),
    );
}

#[test]
fn full_disks() {
    let mut world = World::new();
    let mut draw = draw(2);
    let mut refused = 0;
    for _ in 0..times() {
        let mut run = world.run();
        // No file larger than so many blocks of 512 bytes: the store has some 500.
        let blocks = 8 + draw.below(300);
        let mut command = Command::new("sh");
        command
            .current_dir(world.path())
            .arg("-c")
            .arg(format!(
                "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""
            ))
            .arg(assert_cmd::cargo::cargo_bin("fact"))
            .args(["run", "--out", &run.name])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped());
        let ended = world.session(command, &mut run, |_| {});
        if ended.code != Some(0) {
            refused += 1;
            assert_eq!(ended.code, Some(2), "{}", ended.said);
            assert!(ended.said.contains(&run.name), "{}", ended.said);
            assert!(ended.said.contains("free disk space"), "{}", ended.said);
            run.cut += 1;
        }
        world.finish(&mut run);
    }
    assert!(refused > 0);
    row(
        "disk full (no file may grow beyond a random size)",
        times(),
        &format!("{refused} ended with code 2 and a hint; all resumed byte-identical"),
    );
}

#[test]
fn folders_that_cannot_be_written() {
    let mut world = World::new();
    let mut run = world.run();
    world.finish(&mut run);
    let folder = world.folder(&run);
    let as_nobody = |args: &[&str]| {
        // The superuser may write everywhere.
        let mut command = Command::new("setpriv");
        command
            .current_dir(world.path())
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(assert_cmd::cargo::cargo_bin("fact"))
            .args(args);
        command.output()
    };
    let all = |mode: &str| {
        for path in [world.path(), &folder] {
            let changed = Command::new("chmod").args(["-R", mode]).arg(path).status();
            assert!(changed.unwrap().success());
        }
    };
    all("a+rX,a-w");
    let Ok(tried) = as_nobody(&["runs", "list", "."]) else {
        eprintln!("skipped: no setpriv");
        return;
    };
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    if said(&tried).contains("setpriv:") {
        all("u+w");
        eprintln!("skipped: {}", said(&tried));
        return;
    }
    // Going on, and beginning, are refused with what cannot be written.
    for out in [run.name.as_str(), "new"] {
        let output = as_nobody(&["run", "--out", out]).unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("cannot write"), "{}", said(&output));
        assert!(said(&output).contains("hint:"), "{}", said(&output));
    }
    // Reading needs no right to write.
    let shown = as_nobody(&["runs", "show", &run.name]).unwrap();
    assert!(shown.status.success(), "{}", said(&shown));
    let out = tempfile::tempdir().unwrap();
    let open = Command::new("chmod").arg("a+rwx").arg(out.path()).status();
    assert!(open.unwrap().success());
    let to = out.path().join("export");
    let exported = as_nobody(&[
        "export",
        &run.name,
        "--format",
        "jsonl",
        "--out",
        to.to_str().unwrap(),
        "--quiet",
    ])
    .unwrap();
    assert!(exported.status.success(), "{}", said(&exported));
    let text = std::fs::read_to_string(to.join("samples.jsonl")).unwrap();
    all("u+w");
    assert_eq!(text, world.whole());
    row(
        "folder that cannot be written",
        3,
        "run and resume refused with code 2 and a hint; show and export work",
    );
}

#[test]
fn damaged_pages() {
    let mut world = World::new();
    let mut draw = draw(3);
    let mut run = world.run();
    world.finish(&mut run);
    let good = std::fs::read(world.folder(&run).join("run.db")).unwrap();
    let (mut harmless, mut told, mut mended) = (0, 0, 0);
    for number in 0..times() {
        let mut bytes = good.clone();
        // A burst within one page.
        let page = draw.below(bytes.len() as u64 / 4096) as usize * 4096;
        let length = 1 + draw.below(64) as usize;
        let at = page + draw.below((4096 - length) as u64) as usize;
        for byte in &mut bytes[at..at + length] {
            *byte ^= 1 + draw.below(255) as u8;
        }
        let mut damaged = world.run();
        damaged.name = format!("damaged{number}");
        let folder = world.folder(&damaged);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("run.db"), &bytes).unwrap();
        let out = format!("{}-export", damaged.name);
        let args = ["export", &damaged.name, "--format", "jsonl", "--out", &out];
        let ended = world.says(&args);
        if ended.code == Some(0) {
            let text = std::fs::read_to_string(world.path().join(&out).join("samples.jsonl"));
            assert_eq!(text.unwrap(), world.whole(), "damage at {at} came through");
            harmless += 1;
        } else {
            assert_eq!(ended.code, Some(2), "damage at {at}: {}", ended.said);
            assert!(ended.said.contains("run.db"), "{}", ended.said);
            told += 1;
        }
        for args in [
            &["run", "--out", &damaged.name, "--quiet"][..],
            &["report", &damaged.name],
            &["runs", "show", &damaged.name],
        ] {
            let ended = world.says(args);
            let known = matches!(ended.code, Some(0 | 2));
            assert!(known, "damage at {at}, {args:?}: {}", ended.said);
        }
        // Whatever is intact is taken over.
        let name = format!("mended{number}");
        let args = ["run", "--out", &name, "--reuse", &damaged.name, "--quiet"];
        let ended = world.says(&args);
        if ended.code == Some(0) {
            assert_eq!(export(world.path(), &name), world.whole(), "damage at {at}");
            mended += 1;
        } else {
            assert_eq!(ended.code, Some(2), "damage at {at}: {}", ended.said);
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
    row(
        "bytes of a random page of `run.db` flipped",
        times(),
        &format!(
            "{told} refused with code 2 and a hint, {harmless} exported byte-identical, none wrong; \
             {mended} mended byte-identical by a run with `--reuse`"
        ),
    );
}

#[test]
fn two_processes_on_one_run() {
    let mut world = World::new();
    let mut run = world.run();
    world.mood.slow.store(4000, Ordering::SeqCst);
    let name = run.name.clone();
    let ended = world.session(world.command(&run), &mut run, |child| {
        let lock = world.path().join(&name).join("run.lock");
        let pid = child.id().to_string();
        while std::fs::read_to_string(&lock).map_or(true, |text| text.trim() != pid) {
            std::thread::sleep(Duration::from_millis(2));
        }
        for args in [
            &["run", "--out", &name][..],
            &["runs", "gc", &name, "--delete"],
            &["run", "--out", &name, "--fresh"],
        ] {
            let second = world.says(args);
            assert!(child.try_wait().unwrap().is_none(), "it ended too early");
            assert_eq!(second.code, Some(2), "{args:?}: {}", second.said);
            let expected = format!("another process (pid {pid}) is writing");
            assert!(second.said.contains(&expected), "{args:?}: {}", second.said);
        }
        world.mood.slow.store(0, Ordering::SeqCst);
    });
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    world.finish(&mut run);
    row(
        "two processes on one run",
        3,
        "a second `run`, `run --fresh` and `runs gc --delete` refused with the first one's pid",
    );
}

#[test]
fn clocks_that_go_backwards() {
    let mut world = World::new();
    let mut run = world.run();
    let there = Command::new("faketime").arg("--version").output().is_ok();
    if !there {
        eprintln!("skipped: no faketime");
        return;
    }
    // Killed today, again in 1999, again before 1970.
    let wait = world.takes / 3;
    world.session(world.command(&run), &mut run, |child| {
        std::thread::sleep(wait);
        let _ = child.kill();
    });
    run.cut += 1;
    for date in ["1999-12-31 23:00:00", "1969-06-01 12:00:00"] {
        let mut command = Command::new("faketime");
        command
            .current_dir(world.path())
            .args(["-f", &format!("@{date}")])
            .arg(assert_cmd::cargo::cargo_bin("fact"))
            .args(["run", "--out", &run.name])
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped());
        // The wrapper becomes the program.
        world.session(command, &mut run, |child| {
            std::thread::sleep(wait);
            let _ = child.kill();
        });
        run.cut += 1;
    }
    world.finish(&mut run);
    let shown = world.says(&["runs", "show", &run.name]);
    assert_eq!(shown.code, Some(0), "{}", shown.said);
    row(
        "clock set back between sessions, to 1999 and before 1970",
        2,
        "killed and resumed byte-identical",
    );
}

#[test]
fn an_endpoint_that_dies_and_comes_back() {
    let mut world = World::new();
    let mut draw = draw(4);
    let mut refused = 0;
    for _ in 0..times() {
        let mut run = world.run();
        let after = 1 + draw.below(34) as usize;
        world.mood.dies_after.store(after, Ordering::SeqCst);
        let ended = world.go(&mut run);
        // What failed while others were answered is counted; then nothing is answered at all.
        assert!(matches!(ended.code, Some(0 | 2)), "{}", ended.said);
        refused += usize::from(ended.code == Some(2));
        if ended.code == Some(2) {
            assert!(ended.said.contains("has no answer"), "{}", ended.said);
            assert!(
                ended.said.contains("see that the server is up"),
                "{}",
                ended.said
            );
        } else {
            assert!(ended.said.contains("propose:endpoint"), "{}", ended.said);
        }
        // What failed is open, and is asked again.
        run.cut += 1;
        world.mood.dead.store(false, Ordering::SeqCst);
        world.mood.dies_after.store(0, Ordering::SeqCst);
        world.finish(&mut run);
    }
    row(
        "endpoint dies after a random request and comes back",
        times(),
        &format!(
            "{refused} ended with code 2 and a hint, {} with the last questions counted as \
             propose:endpoint; all resumed byte-identical",
            times() - refused
        ),
    );
}

#[test]
fn interrupts_once_and_twice() {
    let mut world = World::new();
    let mut draw = draw(5);
    let interrupt = |child: &std::process::Child| {
        let pid = child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status();
        assert!(sent.unwrap().success());
    };
    let (mut once, mut twice, mut late) = (0, 0, 0);
    for number in 0..2 * times() {
        let mut run = world.run();
        let again = number % 2 == 1;
        world.mood.slow.store(60, Ordering::SeqCst);
        // Once the handler is there: the store has its first call.
        let wait = instant(&mut draw, &world);
        let folder = world.folder(&run);
        let ended = world.session(world.command(&run), &mut run, |child| {
            while !folder.join("run.db-wal").exists() && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(wait);
            if child.try_wait().unwrap().is_none() {
                interrupt(child);
                if again {
                    std::thread::sleep(Duration::from_millis(10));
                    if child.try_wait().unwrap().is_none() {
                        interrupt(child);
                    }
                }
            }
        });
        world.mood.slow.store(0, Ordering::SeqCst);
        let unknown = world.held(&run).unknown;
        match (ended.code, again) {
            (Some(0), _) => late += 1,
            (code, false) => {
                assert_eq!(code, Some(130), "{}", ended.said);
                assert!(ended.said.contains("finishing what is in flight"));
                assert!(ended.said.contains("the same command resumes"));
                // What was sent was waited for and kept.
                assert_eq!(unknown, 0);
                once += 1;
            }
            (code, true) => {
                assert_eq!(code, Some(130), "{}", ended.said);
                assert!(unknown <= CONCURRENCY);
                run.cut += 1;
                twice += 1;
            }
        }
        world.finish(&mut run);
    }
    assert!(once > 0 && twice > 0);
    row(
        "Ctrl-C once",
        once,
        "code 130; what was sent was answered and kept; resumed byte-identical",
    );
    row(
        "Ctrl-C twice",
        twice,
        &format!(
            "code 130 at once; at most {CONCURRENCY} calls unknown; resumed byte-identical ({late} came too late)"
        ),
    );
}
