//! What the files promise; `go/destruction/destruction_test.go` has the same tests.

use std::{
    cell::RefCell,
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    thread,
};

use destruction::{File, catch, forget, process, throw};
use pair::Folder;

/// What a file holds need not be UTF-8.
const TEXT: &[u8] = b"text \xff";

/// A folder with the files `a` and `b`, and a note of what was closed.
struct Desk {
    folder: Folder,
    order: RefCell<Vec<String>>,
}

impl Desk {
    fn new() -> Self {
        let folder = Folder::new().expect("a folder");
        fs::write(folder.path().join("a"), TEXT).expect("a file");
        fs::write(folder.path().join("b"), "").expect("a file");
        let order = RefCell::default();
        Desk { folder, order }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn closed(&self, path: &Path) {
        let name = path.file_name().expect("a name").display();
        self.order.borrow_mut().push(name.to_string());
    }

    fn open(&self) -> usize {
        self.folder.descriptors().expect("descriptors")
    }
}

#[test]
fn an_open_file_is_read_and_closed() {
    let desk = Desk::new();
    let closed = |path: &Path| desk.closed(path);
    let mut file = File::open(&desk.path("a"), &closed).expect("open");
    assert_eq!(file.path(), desk.path("a"));
    assert_eq!(file.read_all().expect("read"), TEXT);
    assert_eq!(file.read_all().expect("read"), b"");
    assert_eq!((desk.open(), desk.order.borrow().len()), (1, 0));
    drop(file);
    assert_eq!((desk.open(), desk.order.borrow().len()), (0, 1));
}

#[test]
fn a_missing_file_is_an_error_and_closes_nothing() {
    let desk = Desk::new();
    let closed = |path: &Path| desk.closed(path);
    let error = File::open(&desk.path("missing"), &closed).err();
    let kind = error.map(|error| error.kind());
    assert_eq!(kind, Some(io::ErrorKind::NotFound));
    assert!(desk.order.borrow().is_empty());
}

#[test]
fn every_way_out_closes_last_to_first() {
    type Work = fn(&mut File, &mut File) -> io::Result<()>;
    let cases: [(&str, [&str; 2], Work, &str); 6] = [
        ("the end", ["a", "b"], |_, _| Ok(()), "b a"),
        ("the end, the other way", ["b", "a"], |_, _| Ok(()), "a b"),
        (
            "the second is missing",
            ["a", "missing"],
            |_, _| Ok(()),
            "a",
        ),
        ("the first is missing", ["missing", "a"], |_, _| Ok(()), ""),
        (
            "an error",
            ["a", "b"],
            |_, _| Err(io::Error::other("broken")),
            "b a",
        ),
        ("a panic", ["a", "b"], |_, _| throw(), "b a"),
    ];
    for (way, [first, second], work, expected) in cases {
        let desk = Desk::new();
        let closed = |path: &Path| desk.closed(path);
        let mut failed = false;
        let threw = catch(|| {
            let paths = [&*desk.path(first), &*desk.path(second)];
            failed = process(paths, &closed, work).is_err();
        });
        assert_eq!(desk.order.borrow().join(" "), expected, "{way}");
        assert_eq!(desk.open(), 0, "{way}");
        assert_eq!(threw, way == "a panic", "{way}");
        let fails = way == "an error" || way.ends_with("missing");
        assert_eq!(failed, fails, "{way}");
    }
}

#[test]
fn a_forgotten_file_is_closed_in_the_end() {
    let desk = Desk::new();
    forget(&desk.path("a")).expect("open");
    pair::settle();
    assert_eq!(desk.open(), 0);
    assert!(forget(&desk.path("missing")).is_err());
}

#[test]
fn another_panic_is_not_caught() {
    // In a thread of its own, whose message belongs to the test.
    let caught = thread::spawn(|| catch(|| panic!("a real bug"))).join();
    let payload = caught.expect_err("the panic goes on");
    assert_eq!(payload.downcast_ref(), Some(&"a real bug"));
    assert!(!catch(|| ()));
}

#[test]
fn a_panic_of_the_callback_closes_every_file_and_goes_on() {
    // The files at whose closing it panics, on two ways out.
    for (panics, throws) in
        [("b", false), ("a", false), ("a b", false), ("a b", true)]
    {
        let desk = Desk::new();
        let closed = |path: &Path| {
            desk.closed(path);
            let name = path.file_name().expect("a name").display().to_string();
            if panics.contains(&name) {
                resume_unwind(Box::new("on purpose"));
            }
        };
        let paths = [desk.path("a"), desk.path("b")];
        let work =
            |_: &mut File, _: &mut File| if throws { throw() } else { Ok(()) };
        let ended = catch_unwind(AssertUnwindSafe(|| {
            process([&*paths[0], &*paths[1]], &closed, work)
        }));
        assert!(ended.is_err(), "{panics}");
        assert_eq!(
            (desk.open(), desk.order.borrow().join(" ").as_str()),
            (0, "b a")
        );
    }
}
