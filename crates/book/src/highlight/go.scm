; Where two patterns meet, the later one wins.
(comment) @c
[(interpreted_string_literal) (raw_string_literal) (rune_literal)] @s
[(int_literal) (float_literal) (true) (false) (nil) (iota)] @n
(type_identifier) @t
(call_expression function: (identifier) @f)
(call_expression function: (selector_expression field: (field_identifier) @f))
(call_expression function: (index_expression operand: (identifier) @f))
(function_declaration name: (identifier) @f)
(method_declaration name: (field_identifier) @f)
(method_elem name: (field_identifier) @f)
(const_spec name: (identifier) @n)
[
  "break" "case" "chan" "const" "continue" "default" "defer" "else" "fallthrough" "for" "func" "go"
  "goto" "if" "import" "interface" "map" "package" "range" "return" "select" "struct" "switch" "type"
  "var"
] @k
