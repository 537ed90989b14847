//! What the search finds in a chapter: a title, an address, a text.

use super::Chapter;

impl Chapter {
    /// The chapter, its prose section by section, and the items of every room with their code.
    pub fn entries(&self) -> Vec<[String; 3]> {
        let (page, topic) = (self.path(), &self.topic);
        let intro = topic.intro.replace('`', "");
        let mut entries = vec![[topic.title.clone(), page.clone(), intro]];
        for section in &self.prose.sections {
            let (title, place) = match section.heading.as_str() {
                "" => (&topic.title, page.clone()),
                _ => (&section.heading, format!("{page}#{}", section.id)),
            };
            let title = format!("{title} · {}", topic.name);
            entries.push([title, place, section.text.clone()]);
        }
        for (room, (_, pair)) in self.rooms.iter().enumerate() {
            let page = if room == 0 {
                self.path()
            } else {
                self.more_path()
            };
            for row in pair.rows().iter().filter(|row| !row.id.is_empty()) {
                entries.push([
                    format!("{} · {}", row.title(), topic.name),
                    format!("{page}#{}", row.id),
                    pair.text(row),
                ]);
            }
        }
        entries
    }
}
