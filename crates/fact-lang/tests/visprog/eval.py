"""Writes eval.tsv: what VisProg's EVAL gives, which writes values into the text of an expression and
has Python evaluate that: python3 eval.py > eval.tsv
"""


def spelled(value):
    if not isinstance(value, str):
        return str(value)
    if value in ("yes", "no"):
        return str(value == "yes")
    return value if value.isdecimal() else f"'{value}'"


def visprog(state, expr):
    text = expr.replace("xor", "!=").format(**{name: spelled(value) for name, value in state.items()})
    return eval(text, {})


exprs = [
 "{A}", "not {A}", "{A} == 2", "{A} == '2'", "{A} == 'dog'", "{A} != 'dog'", "'{A}' == 'True'", "'{A}' == '2'",
 "'yes' if {A} else 'no'", "'yes' if {A} == True else 'no'", "{A} and {B}", "{A} or {B}", "{A} xor {B}",
 "{B} xor {C}", "{N} + 1", "{N} // 2", "{N} * {N}", "{N} > 2 and {B}", "{N} == 3 xor {C}",
 "'{N}' + ' dogs'", "'{B}'", "'{C} or {N}'", "{N} - 5", "-{N}", "{N} ** 2", "{N} / 2", "{N} % 2 == 1",
 "'a' if {N} > 5 else 'b' if {B} else 'c'", "{A} in ['dog', 'cat']", "[{N}, {B}][0]", "len({A})",
 "{A} + {A}", "str({N})", "int({A})", "{N} >= {N} >= 1", "({A} == 'dog') + {N}", "{N} == 3 == {B}",
 "\"{A}\" == \"'dog'\"", "\"{N}\"", "{F}", "{F} > 2", "'{F}'", "{L}", "{L}[1]", "'b' in {L}", "len({L})", "'{L}'",
 "max({N}, 5)", "'x' * {N}", "{Z}", "not {Z}", "{Z} == ''",
]
values = ["yes", "no", "2", "dog", "2.5", "a dog", "Yes", "10"]
out = []
for a in values:
    for e in exprs:
        state = dict(A=a, B=True, C=False, N=3, F=2.5, L=['a', 'b'], Z='')
        uses_a = '{A}' in e
        if not uses_a and a != "yes":
            continue
        try:
            r = repr(visprog(state, e))
        except Exception as x:
            r = type(x).__name__
        out.append(f"{a if uses_a else '-'}\t{e}\t{r}")
print("\n".join(out))
