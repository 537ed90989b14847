//! Forms that put the commands together which measure a load of one's own; without scripts each is an example.

use maud::{Markup, html};

/// A command with the fields that make it.
struct Form {
    id: &'static str,
    /// What the command is, for those who do not see it.
    label: &'static str,
    /// The command without its options.
    command: &'static str,
    fields: &'static [Field],
}

/// An option of a command.
struct Field {
    name: &'static str,
    label: &'static str,
    value: &'static str,
    hint: &'static str,
}

const POINT: Form = Form {
    id: "point",
    label: "The command for your load",
    command: "cargo lab point",
    fields: &[
        Field {
            name: "live-objects",
            label: "Live objects",
            value: "2000000",
            hint: "objects that stay in memory, as in a cache",
        },
        Field {
            name: "rate",
            label: "Requests a second",
            value: "800",
            hint: "of your service at its peak",
        },
        Field {
            name: "payload",
            label: "Memory of a request",
            value: "64KiB",
            hint: "that it allocates and writes: 64KiB, 1MiB",
        },
        Field {
            name: "slo",
            label: "Latency target",
            value: "p99<20ms",
            hint: "such as p99<20ms or p99=0.5ms; several with commas, or none",
        },
    ],
};

const URL: Form = Form {
    id: "point-url",
    label: "The command for your own server",
    command: "cargo lab point",
    fields: &[
        Field {
            name: "url",
            label: "URL",
            value: "http://127.0.0.1:8080/",
            hint: "of your own server, with http or https",
        },
        Field {
            name: "rate",
            label: "Requests a second",
            value: "",
            hint: "half of its capacity if none are given",
        },
        Field {
            name: "slo",
            label: "Latency target",
            value: "p99<20ms",
            hint: "such as p99<20ms or p99=0.5ms; several with commas, or none",
        },
    ],
};

/// Both forms.
pub fn html() -> Markup {
    html! {
        p {
            "This measures the two servers of this project under your figures, on your machine, in about 3 minutes, and says first whether the difference is larger than that of a server from itself. "
            "Below 700 requests a second, or for percentiles beyond p99, it takes longer: it says how long before it begins."
        }
        (POINT.html())
        p #fill hidden { "Or fill this cell of the map, at a share of each server’s own capacity: " code {} }
        h3 #own-server { "Your own server" }
        p { "In place of these two servers: its capacity, then the same load twice, which shows how far a run is from itself, in about 40 seconds." }
        (URL.html())
    }
}

impl Form {
    fn html(&self) -> Markup {
        html! {
            form.point data-command=(self.command) data-for=(self.id) {
                @for field in self.fields {
                    @let hint = format!("{}-{}-hint", self.id, field.name);
                    label {
                        span { (field.label) }
                        input name=(field.name) value=(field.value) aria-describedby=(hint) autocomplete="off" spellcheck="false";
                        small id=(hint) { (field.hint) }
                    }
                }
            }
            div.cmdbox {
                pre.output id=(self.id) role="status" aria-label=(self.label) { (self.text()) }
                button.take.needs-js type="button" aria-label={ "Copy: " (self.label) } { "Copy" }
            }
        }
    }

    /// The command with the values that the fields begin with.
    fn text(&self) -> String {
        let option = |field: &Field| {
            let (name, value) = (field.name, field.value);
            match (name, value) {
                (_, "") => String::new(),
                // A shell takes < for a file.
                ("slo", value) => format!(" --{name} '{value}'"),
                (name, value) => format!(" --{name} {value}"),
            }
        };
        let options: String = self.fields.iter().map(option).collect();
        format!("{}{options}", self.command)
    }
}
