// Twin: go/allocator/script.go

//! The demo and the operations of scripts, over an arena of 64 KiB.

use std::{
    collections::{BTreeMap, BTreeSet},
    hint::black_box,
};

use allocator::{Arena, requests_of};
use pair::{Line, Operation, Out, Part, Script, Stop, id, quote, whole};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "alloc",
        operands: &[whole("SIZE", 1, 65_536), whole("ALIGN", 1, 4096)],
        part: Part::None,
        says: "hands out SIZE of the arena's 65536 bytes at the next multiple of ALIGN and prints the block's number, from 1, and place, or no room; refused if ALIGN is no power of two",
    },
    Operation {
        word: "fill",
        operands: &[id("BLOCK"), whole("BYTE", 0, 255)],
        part: Part::None,
        says: "writes BYTE into every byte of a block",
    },
    Operation {
        word: "sum",
        operands: &[id("BLOCK")],
        part: Part::None,
        says: "prints the sum of a block's bytes, which an arena does not clear",
    },
    Operation {
        word: "free",
        operands: &[id("BLOCK")],
        part: Part::None,
        says: "forgets a block; its bytes come back with \"reset\" only, and within a mark it stays forgotten after it",
    },
    Operation {
        word: "mark",
        operands: &[],
        part: Part::None,
        says: "remembers how far the arena is used, at most 100 marks at once",
    },
    Operation {
        word: "reset",
        operands: &[],
        part: Part::None,
        says: "returns to the last mark and removes it, or to the start if there is no mark; forgets all blocks since",
    },
    Operation {
        word: "stats",
        operands: &[],
        part: Part::None,
        says: "prints the number of used bytes, gaps included, and the number and bytes of live blocks",
    },
];

/// The size of a script's arena.
const SIZE: usize = 1 << 16;

/// Where it starts: at a multiple of this, so that places are the same in both languages.
const PAGE: usize = 4096;

/// How many marks may be open.
const MAX_MARKS: usize = 100;

/// How many blocks the demo asks for, and of what size.
const COUNT: usize = 1000;
const BLOCK: usize = 64;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let mut memory = vec![0; SIZE + PAGE];
    let mut arena = on_a_page(&mut memory)?;
    for (size, align) in [(5, 1), (8, 8), (3, 1), (16, 64)] {
        let place = place(arena.alloc(size, align).as_deref(), &arena);
        out.line(format_args!(
            "{size} bytes at a multiple of {align}: {place}"
        ));
    }

    let mut scope = arena.scope();
    let place_in_scope = place(scope.alloc(1000, 8).as_deref(), &scope);
    out.line(format_args!("1000 bytes in a scope: {place_in_scope}"));
    let place_after = place(arena.alloc(8, 8).as_deref(), &arena);
    out.line(format_args!("8 bytes after the scope: {place_after}"));
    let place = place(arena.alloc(SIZE, 1).as_deref(), &arena);
    out.line(format_args!("{SIZE} bytes more: {place}"));

    let mut arena = on_a_page(&mut memory)?;
    let from_arena = requests_of(|| {
        for _ in 0..COUNT {
            black_box(arena.alloc(BLOCK, 8));
        }
    });
    let used = SIZE - arena.left();
    let from_heap = requests_of(|| {
        for _ in 0..COUNT {
            black_box(Box::new([0_u8; BLOCK]));
        }
    });
    out.line(format_args!(
        "{COUNT} blocks from the arena: {used} bytes of it, {} requests to the heap",
        from_arena.blocks
    ));
    out.line(format_args!(
        "{COUNT} blocks from the heap: {} bytes in {} requests",
        from_heap.bytes, from_heap.blocks
    ));
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut memory = vec![0; SIZE + PAGE];
    let mut made = 0;
    loop {
        let scope = Scope {
            arena: on_a_page(&mut memory)?,
            blocks: BTreeMap::new(),
            marks: 0,
        };
        if scope.run(script, &mut made, out)?.is_none() {
            return Ok(());
        }
    }
}

/// What a script has since a mark. A mark is a call of `run` and a reset its return: the compiler
/// proves that no block outlives it.
struct Scope<'m> {
    arena: Arena<'m>,
    blocks: BTreeMap<usize, &'m mut [u8]>,
    marks: usize,
}

impl Scope<'_> {
    /// Performs lines up to a reset, and tells which blocks are alive then; none at the script's end.
    fn run(
        mut self,
        script: &mut Script,
        made: &mut usize,
        out: &Out,
    ) -> Result<Option<BTreeSet<usize>>, Stop> {
        self.report(script);
        while let Some(line) = script.read_line()? {
            match line.word {
                "mark" => {
                    if self.marks == MAX_MARKS {
                        return Err(script
                            .refuse(format!("more than {MAX_MARKS} marks")));
                    }
                    let Some(alive) = self.mark().run(script, made, out)?
                    else {
                        return Ok(None);
                    };
                    self.blocks.retain(|number, _| alive.contains(number));
                }
                "reset" => return Ok(Some(self.blocks.into_keys().collect())),
                _ => self.perform(script, &line, made, out)?,
            }
            self.report(script);
        }
        Ok(None)
    }

    /// Tells a trace what the arena has used up, and how many blocks live.
    fn report(&self, script: &mut Script) {
        script.figure("bytes", SIZE - self.arena.left());
        script.figure("blocks", self.blocks.len());
    }

    fn mark(&mut self) -> Scope<'_> {
        let lent = self.blocks.iter_mut();
        Scope {
            arena: self.arena.scope(),
            blocks: lent
                .map(|(&number, block)| (number, &mut **block))
                .collect(),
            marks: self.marks + 1,
        }
    }

    fn perform(
        &mut self,
        script: &Script,
        line: &Line,
        made: &mut usize,
        out: &Out,
    ) -> Result<(), Stop> {
        match line.word {
            "alloc" => {
                let (size, align) = (line.whole(0), line.whole(1));
                if !align.is_power_of_two() {
                    let shown = quote(align.to_string().as_bytes());
                    return Err(script.refuse(format!(
                        "ALIGN: {shown} is not a power of two"
                    )));
                }
                let block = self.arena.alloc(size, align);
                let place = place(block.as_deref(), &self.arena);
                match block {
                    Some(block) => {
                        *made += 1;
                        self.blocks.insert(*made, block);
                        out.line(format_args!("block {made} {place}"));
                    }
                    None => out.line(place),
                }
            }
            "fill" => {
                let byte = line.whole(1) as u8;
                self.block(script, line.whole(0))?.fill(byte);
            }
            "sum" => {
                let block = self.block(script, line.whole(0))?;
                let sum: usize =
                    block.iter().map(|&byte| usize::from(byte)).sum();
                out.line(format_args!("sum {sum}"));
            }
            "free" => {
                self.block(script, line.whole(0))?;
                self.blocks.remove(&line.whole(0));
            }
            "stats" => {
                let alive: usize =
                    self.blocks.values().map(|block| block.len()).sum();
                out.line(format_args!(
                    "{} of {SIZE} bytes used, {} blocks of {alive} bytes alive",
                    SIZE - self.arena.left(),
                    self.blocks.len()
                ));
            }
            other => return Err(script.unknown(other)),
        }
        Ok(())
    }

    fn block(
        &mut self,
        script: &Script,
        number: usize,
    ) -> Result<&mut [u8], Stop> {
        match self.blocks.get_mut(&number) {
            Some(block) => Ok(block),
            None => Err(script.not_alive(number)),
        }
    }
}

/// An arena of `SIZE` bytes that starts at a multiple of `PAGE`.
fn on_a_page(memory: &mut [u8]) -> Result<Arena<'_>, Stop> {
    let block = Arena::new(memory).alloc(SIZE, PAGE);
    let block = block
        .ok_or_else(|| Stop::Failed("no room for the arena".to_owned()))?;
    Ok(Arena::new(block))
}

/// Where the block that was handed out last lies, or that there was no room.
fn place(block: Option<&[u8]>, arena: &Arena) -> String {
    match block {
        Some(block) => format!("at {}", SIZE - arena.left() - block.len()),
        None => "no room".to_owned(),
    }
}
