//! The outline of a Go file.

use tree_sitter::Node;

use super::{
    Item, Kind, Language,
    scan::{Naming, Outline, Scan, children, is_comment},
};

/// Finds the items of a file.
pub(super) fn outline<'a>(root: Node<'a>, text: &'a str) -> Outline {
    let mut scan = Scan::new(text, Language::Go);
    for node in children(root) {
        match node.kind() {
            _ if is_directive(&scan, node) => scan.attribute(node),
            _ if is_comment(node) => scan.comment(node, None),
            "package_clause" => scan.file_doc(node),
            "import_declaration" => scan.import(node),
            "function_declaration" => function(&mut scan, node),
            "method_declaration" => method(&mut scan, node),
            "const_declaration" | "var_declaration" | "type_declaration" => {
                declaration(&mut scan, node);
            }
            _ => {}
        }
    }
    variants(&mut scan.items);
    scan.end()
}

/// `//go:noinline` and its like belong to the code.
fn is_directive(scan: &Scan, node: Node) -> bool {
    let word = scan.text(node).strip_prefix("//").unwrap_or_default();
    let (tool, rest) = word.split_once(':').unwrap_or_default();
    is_comment(node)
        && !tool.is_empty()
        && tool
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && rest.starts_with(|c: char| c.is_ascii_lowercase())
}

fn function(scan: &mut Scan, node: Node) {
    let name = scan.field(node, "name");
    let index = scan.add_leaf(node, naming(Kind::Function, name, None, None));
    scan.items[index].parameters = parameters(scan, node, "parameters");
}

fn method(scan: &mut Scan, node: Node) {
    let receiver = scan.field(node, "receiver");
    let receiver = receiver.split('[').next().unwrap_or_default();
    let owner = receiver.rsplit(['*', ' ', '(']).next().unwrap_or_default();
    let owner = owner.trim_end_matches(')').to_owned();
    let name = scan.field(node, "name");
    let index = scan.add_leaf(node, naming(Kind::Method, name, Some(owner), None));
    let mut names = parameters(scan, node, "receiver");
    names.extend(parameters(scan, node, "parameters"));
    scan.items[index].parameters = names;
}

fn parameters(scan: &Scan, node: Node, field: &str) -> Vec<String> {
    let mut names = Vec::new();
    let list = node.child_by_field_name(field);
    for parameter in list.map(children).unwrap_or_default() {
        for name in parameter.children_by_field_name("name", &mut parameter.walk()) {
            names.push(scan.text(name).to_owned());
        }
    }
    names
}

/// `const`, `var` or `type`: one, or several in parentheses.
fn declaration(scan: &mut Scan, node: Node) {
    let mut specs = children(node);
    if let Some(list) = specs.iter().find(|part| part.kind() == "var_spec_list") {
        specs = children(*list);
    }
    if !specs.iter().any(|part| part.kind() == "(") {
        for part in specs.into_iter().filter(|part| !is_comment(*part)) {
            spec(scan, part, node, None);
        }
        return;
    }
    let group = scan.add(node, naming(Kind::Group, String::new(), None, None));
    for part in specs {
        if is_comment(part) {
            scan.comment(part, Some(group));
        } else {
            spec(scan, part, part, Some(group));
        }
    }
    scan.close(Some(group));
    let members = &scan.items[group + 1..];
    scan.items[group].exported = members.iter().any(|item| item.exported);
}

fn spec(scan: &mut Scan, node: Node, whole: Node, within: Option<usize>) {
    match node.kind() {
        "type_spec" | "type_alias" => declared_type(scan, node, whole, within),
        "const_spec" | "var_spec" => {
            for name in node.children_by_field_name("name", &mut node.walk()) {
                let name = scan.text(name).to_owned();
                let kind = match name.as_str() {
                    "_" => Kind::Other,
                    "," => continue,
                    _ => Kind::Constant,
                };
                // The type for now; `variants` keeps it where this file declares it.
                let owner = (node.kind() == "const_spec").then(|| spec_type(scan, node));
                scan.add_leaf(whole, naming(kind, name, owner.flatten(), within));
            }
        }
        _ => {}
    }
}

/// A constant's type: its own, or that of the constant above whose value it repeats.
fn spec_type(scan: &Scan, node: Node) -> Option<String> {
    let own = scan.field(node, "type");
    if !own.is_empty() {
        return Some(own);
    }
    let repeats = node.child_by_field_name("value").is_none();
    let above = scan.items.last().filter(|_| repeats)?;
    above.owner.clone()
}

/// Constants of a type that the file declares are its variants; others have no owner.
fn variants(items: &mut [Item]) {
    let types: Vec<_> = items
        .iter()
        .filter(|item| item.kind == Kind::Type)
        .map(|item| item.name.clone())
        .collect();
    for item in items.iter_mut().filter(|item| item.kind == Kind::Constant) {
        item.owner = item.owner.take().filter(|owner| types.contains(owner));
        if item.owner.is_some() {
            item.kind = Kind::Variant;
        }
    }
}

fn declared_type(scan: &mut Scan, node: Node, whole: Node, within: Option<usize>) {
    let name = scan.field(node, "name");
    let naming = naming(Kind::Type, name.clone(), None, within);
    let members = node
        .child_by_field_name("type")
        .and_then(|of| match of.kind() {
            "struct_type" => of.named_child(0),
            "interface_type" => Some(of),
            _ => None,
        });
    let Some(members) = members else {
        scan.add_leaf(whole, naming);
        return;
    };
    let index = scan.add(whole, naming);
    for part in children(members) {
        match part.kind() {
            _ if is_comment(part) => scan.comment(part, Some(index)),
            "field_declaration" => fields(scan, part, &name, index),
            "method_elem" => {
                let method = scan.field(part, "name");
                let owner = Some(name.clone());
                scan.add_leaf(part, self::naming(Kind::Method, method, owner, Some(index)));
            }
            _ => {}
        }
    }
    scan.close(Some(index));
}

fn fields(scan: &mut Scan, node: Node, owner: &str, within: usize) {
    let mut cursor = node.walk();
    let names = node.children_by_field_name("name", &mut cursor);
    let mut names: Vec<_> = names.map(|name| scan.text(name).to_owned()).collect();
    if names.is_empty() {
        // An embedded field is called like its type.
        let of = scan.field(node, "type");
        let of = of.split('[').next().unwrap_or_default();
        names.push(of.rsplit(['.', '*']).next().unwrap_or_default().to_owned());
    }
    for name in names {
        let owner = Some(owner.to_owned());
        scan.add_leaf(node, naming(Kind::Field, name, owner, Some(within)));
    }
}

fn naming(kind: Kind, name: String, owner: Option<String>, within: Option<usize>) -> Naming {
    Naming {
        kind,
        exported: name.starts_with(char::is_uppercase),
        owner,
        name,
        within,
    }
}
