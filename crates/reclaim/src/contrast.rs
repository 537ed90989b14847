// Twin: go/reclaim/contrast.go

//! The facts that differ.

use pair::{Counted, Facts, Stop, Tally, heap::Heap};
use reclaim::{Window, allocate_data, filled};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let tally = Tally::new();
    let new_data = || Counted::new(&tally, filled(1024, 1));
    allocate_data(1000, new_data, nothing);
    facts.add(
        "freed of 1000 buffers at the end of their scopes",
        tally.freed(),
    );

    let tally = Tally::new();
    let mut window = Window::new(10);
    for _ in 0..1000 {
        window.keep(Some(Counted::new(&tally, filled(1024, 1))));
    }
    facts.add("freed of 1000 buffers behind a window of 10", tally.freed());

    let before = Heap::now();
    allocate_data(1000, || filled(1024, 1), nothing);
    let given_back = Heap::now().since(before).freed;
    facts.add("bytes given back of 1000 buffers of 1024 bytes", given_back);

    facts.add(
        "collections while 100000 such buffers are made",
        "there are none",
    );
    facts.add("pauses of the whole program meanwhile", "there are none");
    Ok(())
}

fn nothing<B>(_: &B) {}
