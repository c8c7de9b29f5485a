"""Generates mutants of a header: each changes one place, by rules that know nothing of the library.

The rules work on tokens. Comments, preprocessor lines and config.hpp have no mutants. A mutant that does not compile
counts as neither killed nor alive. Some mutants are left out because they always mean the same as the original:

- `x <= 0` for `x == 0`, `x > 0` for `x != 0` and `x != 0` for `x > 0`, because what the library compares with 0 is unsigned;
  the same for the least and the greatest value of an enumeration
- `i != n` for `i < n` in a loop that counts up from 0 and changes `i` nowhere else
- exchanged arguments of a symmetric function
- another width of a bool
- a defaulted function without noexcept, which follows from the members, or a deleted one
- a lambda without noexcept, which the gate does not read
- a function without [[nodiscard]] if its result has a type that is [[nodiscard]], or if no user can call it

The condition of a static_assert has no mutants either: no test can contain what it refuses. tests/compile_fail does.
"""

import collections
import itertools
import pathlib
import re

# `line` is the text of the line without its indent, `nth` counts equal changes of equal lines: both survive an edit elsewhere.
Mutant = collections.namedtuple("Mutant", "header line nth kind old new begin end")
Token = collections.namedtuple("Token", "kind text begin end")

TOKEN = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<char>'(?:[^'\\\n]|\\.)+')
  | (?P<number>\d(?:'?[\w.])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<operator><<=|>>=|<=>|->\*|\.\.\.|::|->|\+\+|--|<<|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\[\[|\]\]|[^\s\w"'])
""", re.VERBOSE | re.MULTILINE | re.DOTALL)

RELATIONS = {"<": ["<=", "!="], "<=": ["<", "=="], ">": [">=", "!="], ">=": [">", "=="],
             "==": ["!=", "<=", ">="], "!=": ["==", "<", ">"]}
ARITHMETIC = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "&": ["|"], "|": ["&"], "^": ["|"],
              "<<": [">>"], ">>": ["<<"], "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="], "^=": ["|="],
              "++": ["--"], "--": ["++"]}
ASSIGNMENTS = ("=", "+=", "-=", "|=", "&=", "^=", "<<=", ">>=")
OPENING = {"(": ")", "{": "}", "[": "]"}
SYMMETRIC = {"same_word", "same_letter", "same_address", "is_same_pointer", "equal", "within"}  # in the first two arguments
NOT_A_FUNCTION = {"if", "while", "for", "switch", "return", "sizeof", "alignof", "decltype", "requires", "static_assert",
                  "noexcept", "catch", "operator", "defined"}


def tokens_of(text):
    return [Token(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(text)
            if m.lastgroup not in ("comment", "directive")]


class Types:
    """What the generator has to know of the types of the library."""

    def __init__(self, tree):
        self.enumerators = {}  # of each enumeration, by its name
        self.least, self.greatest = set(), set()  # (enumeration, enumerator): no value of the type is less, or greater
        self.nodiscard, others = set(), set()
        for path in sorted((tree / "include" / "socks").rglob("*.hpp")):
            text = re.sub(r"//[^\n]*", "", path.read_text())
            for name, body in re.findall(r"enum class (\w+)[^{;]*\{([^}]*)\}", text):
                self.add(name, re.findall(r"(\w+)(?: = ([^,]+?))?\s*(?:,|$)", body))
            self.nodiscard |= set(re.findall(r"class \[\[nodiscard\]\] (\w+)", text))
            others |= set(re.findall(r"(?:class|struct|using) (\w+)(?: final)? [{:=]", text))
        self.nodiscard -= others

    def add(self, name, enumerators):
        names, numbers = zip(*enumerators)
        is_closed = not any(numbers)  # an enumeration with numbers of its own may have other values
        if is_closed or numbers[0] in ("0", "0x00"):
            self.least.add((name, names[0]))
        if is_closed or numbers[-1] == "0xff":
            self.greatest.add((name, names[-1]))
        if name in self.enumerators:  # two enumerations of the same name: the rules cannot tell them apart
            self.least = {e for e in self.least if e[0] != name}
            self.greatest = {e for e in self.greatest if e[0] != name}
        self.enumerators.setdefault(name, []).extend(names)


class Generator:
    def __init__(self, header, text, types):
        self.header, self.text, self.types = header, text, types
        self.tokens = tokens_of(text)
        self.partner = self.partners()
        self.found = []

    def partners(self):
        stack, partner = [], {}
        for i, t in enumerate(self.tokens):
            if t.text in OPENING or t.text == "[[":
                stack.append(i)
            elif t.text in OPENING.values() or t.text == "]]":
                j = stack.pop()
                partner[i], partner[j] = j, i
        return partner

    def add(self, kind, begin, end, new):
        self.found.append((kind, begin, end, new))

    def put(self, kind, i, new):
        self.add(kind, self.tokens[i].begin, self.tokens[i].end, new)

    def at(self, i):
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def operand_end(self, i):
        """The token at which the operand that begins at i ends: a separator of this nesting."""
        while i < len(self.tokens):
            t = self.at(i)
            if t in OPENING:
                i = self.partner[i] + 1
            elif t in (")", "}", "]", ";", ",", "&&", "||", "?", ":", "=", "return", "]]"):
                return i
            else:
                i += 1
        return i

    def operand_begin(self, i):
        """The first token of the operand that ends before i."""
        i -= 1
        while i >= 0:
            t = self.at(i)
            if t in OPENING.values() and i in self.partner:
                i = self.partner[i] - 1
            elif t in ("(", "{", "[", ";", ",", "&&", "||", "?", ":", "=", "return", "}"):
                return i + 1
            else:
                i -= 1
        return 0

    def is_angle(self, i):
        """Whether this is the bracket of a template instead of a relation."""
        before, after = self.tokens[i - 1], self.tokens[i + 1]
        return self.text[before.end:self.tokens[i].begin] == "" or self.text[self.tokens[i].end:after.begin] == ""

    def is_spaced(self, i):
        """Whether token i stands between spaces. Otherwise it is a sign, or belongs to a pointer or a reference."""
        before, t, after = self.tokens[i - 1:i + 2]
        return before.end < t.begin and t.end < after.begin

    def is_binary(self, i):
        before = self.tokens[i - 1]
        return before.kind in ("number", "char", "string") or before.text in (")", "]") or \
            (before.kind == "word" and before.text not in ("return", "case", "auto", "const", "operator"))

    def is_same_relation(self, i, old, new):
        """Whether the relation at token i and the new one compare with a limit of the type and so mean the same."""
        if (old, new) == (">", "!="):
            return self.at(i + 1) == "0" and self.operand_end(i + 1) == i + 2
        if old not in ("==", "!="):
            return False
        if self.at(i + 1) == "0":
            least, greatest = self.operand_end(i + 1) == i + 2, False
        else:
            end = self.operand_end(i + 1)
            value = (self.at(end - 3), self.at(end - 1))  # of the enumeration::enumerator
            least, greatest = (value in v and self.at(end - 2) == "::" for v in (self.types.least, self.types.greatest))
        return (least and new in ("<=", ">")) or (greatest and new in (">=", "<"))

    def counts_up(self, i):
        """Whether token i is the < of a loop that counts up to the right operand, or from one number to a greater one."""
        name, opening = self.at(i - 1), i - 7
        if self.at(opening - 1) != "for" or self.at(i - 5) != name or self.at(i - 4) != "=":
            return False
        starts_below = self.at(i - 3) == "0" or (self.tokens[i - 3].kind == "number" == self.tokens[i + 1].kind)
        close = self.partner[opening]
        end = self.partner[close + 1] if self.at(close + 1) == "{" else self.operand_end(close + 1)
        changes = [j for j in range(close, end) if self.at(j) == name and
                   (self.at(j + 1) in ASSIGNMENTS or {self.at(j - 1), self.at(j + 1)} & {"++", "--"})]
        return starts_below and self.at(close - 1) == name and self.at(close - 2) == "++" and not changes

    def is_public(self, i):
        """Whether users can name what is declared at token i."""
        is_labelled = False
        while i > 0:
            i -= 1
            if self.at(i) in OPENING.values() and i in self.partner:
                i = self.partner[i]
            elif self.at(i) == "{":
                if self.at(i - 1) == "detail":
                    return False
                is_labelled = False
            elif self.at(i) == ":" and self.at(i - 1) in ("private", "public") and not is_labelled:
                if self.at(i - 1) == "private":
                    return False
                is_labelled = True
        return True

    def needs_nodiscard(self, i):
        """Whether the mark at token i changes which calls are warned about: a public one, and a type that has no mark."""
        is_type = self.at(i - 2) in ("class", "struct")
        declaration = [t.text for t in itertools.takewhile(lambda t: t.text not in ("(", "{", ";"), self.tokens[i:])]
        return is_type or (self.is_public(i) and not self.types.nodiscard & set(declaration[:-1]))

    def generate(self):
        refusals = [range(i + 1, self.partner[i + 1]) for i, t in enumerate(self.tokens) if t.text == "static_assert"]
        for i, t in enumerate(self.tokens):
            if any(i in r for r in refusals):
                continue
            if t.kind == "operator":
                self.of_operator(i, t.text)
            elif t.kind == "number":
                self.of_number(i, t.text)
            elif t.kind == "char":
                self.put("literal", i, "'b'" if t.text == "'a'" else "'a'")
            elif t.kind == "string":
                self.of_string(i, t.text)
            else:
                self.of_word(i, t.text)
        self.of_statements()
        return self.mutants()

    def of_operator(self, i, t):
        if t in RELATIONS and self.at(i - 1) != "operator" and not (t in "<>" and self.is_angle(i)):
            for new in RELATIONS[t]:
                if not self.is_same_relation(i, t, new) and not (new == "!=" and self.counts_up(i)):
                    self.put("relational", i, new)
        elif t in ("++", "--") and self.at(i - 1) != "operator":
            self.put("arithmetic", i, ARITHMETIC[t][0])
        elif t in ARITHMETIC and self.is_binary(i) and self.at(i + 1) not in (")", ",", ">", "&&"):
            if self.is_spaced(i):
                for new in ARITHMETIC[t]:
                    self.put("arithmetic", i, new)
                if t in "+-*/|&^%":
                    self.add("dropped operand", self.tokens[i - 1].end, self.tokens[self.operand_end(i + 1) - 1].end, "")
        elif t in ("&&", "||") and self.at(i - 1) != "operator" and self.is_binary(i) and self.is_spaced(i):
            begin, end = self.operand_begin(i), self.operand_end(i + 1)
            self.put("logic", i, "||" if t == "&&" else "&&")
            self.add("dropped operand", self.tokens[i - 1].end, self.tokens[end - 1].end, "")
            self.add("dropped operand", self.tokens[begin].begin, self.tokens[i + 1].begin, "")
        elif t == "!":
            self.put("negation", i, "")
        elif t == "?":
            begin = self.operand_begin(i)
            self.negate(begin, i)
        elif t == "(" and self.tokens[i - 1].kind == "word" and self.at(i - 1) not in NOT_A_FUNCTION:
            self.swap_arguments(i)

    def negate(self, begin, end):
        """Negates, and settles, the condition of the tokens [begin, end)."""
        if begin >= end:
            return
        first, last = self.tokens[begin].begin, self.tokens[end - 1].end
        self.add("negation", first, last, f"!({self.text[first:last]})")
        self.add("condition", first, last, "true")
        self.add("condition", first, last, "false")

    def swap_arguments(self, i):
        """Exchanges neighbours in the list of arguments that token i opens."""
        commas = [i]
        j = i + 1
        while j < self.partner[i]:
            if self.at(j) in OPENING:
                j = self.partner[j]
            elif self.at(j) == ",":
                commas.append(j)
            j += 1
        commas.append(self.partner[i])
        for a, b, c in zip(commas, commas[1:], commas[2:]):
            begin, end = self.tokens[a + 1].begin, self.tokens[c - 1].end
            first = self.text[begin:self.tokens[b - 1].end]
            second = self.text[self.tokens[b + 1].begin:end]
            parameter = re.compile(r"^[\w:<>&* .]+[ &*]\w+( = .*)?$")  # a declaration has names after types
            if a == i and self.at(i - 1) in SYMMETRIC:
                continue
            if first != second and not (parameter.match(first) and parameter.match(second)):
                self.add("swapped argument", begin, end, f"{second}, {first}")

    def of_number(self, i, t):
        digits = re.fullmatch(r"(0[xX][0-9a-fA-F']+|[0-9']+)([uUlLzZ]*)", t)
        if not digits:
            return
        if self.at(i - 1) == ":" and self.at(i - 3) == "bool":
            return
        value = int(digits.group(1).replace("'", ""), 0)
        for new in (value + 1, value - 1):
            if new >= 0:
                self.put("literal", i, (hex(new) if t[:2] in ("0x", "0X") else str(new)) + digits.group(2))

    def of_string(self, i, t):
        if len(t) < 3 or self.inside(i, "deprecated"):
            return
        words = t[1:-1].split(" ")
        if len(words) > 1:
            self.put("text", i, '"' + " ".join(words[1:]) + '"')
        if t[1] != "\\":
            self.put("text", i, '"' + ("b" if t[1] == "a" else "a") + t[2:])

    def is_lambda(self, i):
        """Whether the parameters before token i are those of a lambda."""
        return self.at(i - 1) == ")" and self.at(self.partner[i - 1] - 1) == "]"

    def inside(self, i, word):
        """Whether token i stands directly in the parentheses of `word`."""
        while i > 0:
            i -= 1
            if self.at(i) in OPENING.values():
                i = self.partner[i]
            elif self.at(i) == "(":
                return self.at(i - 1) == word
            elif self.at(i) in (";", "{"):
                return False
        return False

    def of_word(self, i, t):
        if t in ("true", "false"):
            self.put("literal", i, "false" if t == "true" else "true")
        elif t in ("if", "while"):
            opening = i + 2 if self.at(i + 1) == "constexpr" else i + 1
            if self.at(opening) == "(":
                close = self.partner[opening]
                begins = [j for j in range(opening + 1, close) if self.at(j) == ";"]
                self.negate(begins[-1] + 1 if begins else opening + 1, close)
        elif t == "noexcept" and self.at(i + 1) != "(" and self.at(i + 2) not in ("default", "delete") and \
                not self.is_lambda(i):
            self.put("noexcept", i, "")
        elif t == "SOCKS_LIFETIMEBOUND":
            self.put("lifetimebound", i, "")
        elif t == "nodiscard" and self.at(i - 1) == "[[" and self.needs_nodiscard(i):
            self.add("nodiscard", self.tokens[i - 1].begin, self.tokens[i + 1].end, "")
        elif t in self.types.enumerators and self.at(i + 1) == "::" and self.at(i - 1) != "case" and \
                self.at(i + 2) in self.types.enumerators[t]:
            names = self.types.enumerators[t]
            now = names.index(self.at(i + 2))
            for step in (1, len(names) // 2):
                new = names[(now + step) % len(names)]
                if new != self.at(i + 2):
                    self.put("enumerator", i + 2, new)
        elif t == "else" and self.at(i + 1) == "if":
            self.put("removed else", i, "")

    def of_statements(self):
        """Removes each statement that is an expression, and each assertion."""
        for i, t in enumerate(self.tokens):
            if t.text != ";" or i == 0:
                continue
            begin = i
            while begin > 0 and self.at(begin - 1) not in (";", "{", "}", ":"):
                begin = self.partner[begin - 1] if self.at(begin - 1) in (")", "]") and begin - 1 in self.partner else begin - 1
                if self.at(begin - 1) in ("if", "for", "while", "switch", "constexpr") and self.at(begin) == "(":
                    begin = self.partner[begin] + 1
                    break
            if begin >= i or self.at(begin) in ("return", "break", "continue", "using", "static_assert", "friend", "template",
                                                "constexpr", "static", "const", "inline", "[[", "namespace", "class", "struct",
                                                "enum", "case", "default", "typedef", "extern", "else", "requires"):
                continue
            words = self.tokens[begin:i]
            kind = "removed assert" if words[0].text == "SOCKS_ASSERT" else "removed statement"
            is_call = words[-1].text == ")" or words[-1].text in ("++", "--") or words[0].text in ("++", "--")
            is_assignment = any(w.text in ASSIGNMENTS for w in words)
            declares = len(words) > 1 and words[0].kind == "word" and words[1].kind == "word"
            if (is_call or is_assignment) and not declares:
                self.add(kind, words[0].begin, words[-1].end, "")

    def mutants(self):
        seen = collections.Counter()
        result = []
        for kind, begin, end, new in sorted(set(self.found), key=lambda f: (f[1], f[2], f[0], f[3])):
            old = self.text[begin:end]
            line = self.text[self.text.rfind("\n", 0, begin) + 1:]
            line = " ".join(line[:line.find("\n")].split())
            key = line, kind, old, new
            if old != new:
                seen[key] += 1
                result.append(Mutant(self.header, line, seen[key], kind, old, new, begin, end))
        return result


def generate(tree):
    """Every mutant of every header, in the order of the headers."""
    types = Types(tree)
    root = tree / "include" / "socks"
    result = []
    for path in sorted(root.rglob("*.hpp")):
        if path.name in ("socks.hpp", "config.hpp"):
            continue
        result += Generator(str(path.relative_to(root)), path.read_text(), types).generate()
    return result


def mutated(tree, *mutants):
    """The text of a header with some of its mutants at once."""
    text = (tree / "include" / "socks" / mutants[0].header).read_text()
    for m in sorted(mutants, key=lambda m: m.begin, reverse=True):
        text = text[:m.begin] + m.new + text[m.end:]
    return text


if __name__ == "__main__":
    every = generate(pathlib.Path(__file__).resolve().parent.parent.parent)
    for kind, number in sorted(collections.Counter(m.kind for m in every).items()):
        print(f"{number:6} {kind}")
    print(f"{len(every):6} mutants")
