r"""The notation of AICCL: what a document is made of, its parser and its writer.

The grammar of the founding documents with its ambiguities settled. Text is a sequence of Unicode characters, `\n`
ends a line, and nothing in it is trimmed but what the grammar says.

```ebnf
document  = { map | code | file | mermaid | prose } ;
map       = "<comp:map" [ ":" NAME ] { attribute } ">" [ "\n" ] { line } "</comp:map" [ ":" NAME ] ">" [ "\n" ] ;
file      = "<comp:file " path ">" "\n" text [ "</comp:file>" [ "\n" ] ] ;
code      = "<comp:code" { attribute } ">" [ "\n" ] text "</comp:code>" [ "\n" ] ;
mermaid   = "<comp:mermaid>" [ "\n" ] text "</comp:mermaid>" [ "\n" ] | "```mermaid\n" text "```\n" ;
prose     = text ;
attribute = ws KEY [ '="' value '"' ] ;
KEY       = "id" | "uses" | "eol"            (* of code *)
          | "uses" | "exact" | "joined" | "holes" | "version" ;   (* of a map *)
uses      = use { "," use } ;
use       = NAME [ "@" VERSION ] ;
NAME      = letter | digit , { letter | digit | "-" | "_" } ;

line      = entry { "," entry } | "//" text | blank ;      (* of a map without `exact` *)
entry     = SYMBOL [ ws ] "=" [ ws ] MEANING ;
SYMBOL    = "{" text "}" | characters without white space, "=", "," ;

line      = SIGIL text | "//" text | text ;                (* of a map with `exact` *)
SIGIL     = a character from U+0080 on ;
```

Settled where the sources leave a choice:

* **`<comp:` in a text.** A backslash after `<` or `</` keeps it from being a tag: `<\comp:code>` is the text
  `<comp:code>`. Where the text has backslashes there, one more is written and one fewer is read. This holds in every
  block and in prose, so any text survives, and `>` needs no care.
* **Where a text begins and ends.** The newline right behind an opening tag and the one right behind a closing tag are
  the notation's own; everything else is the text's. A text without a newline at its end is closed on its last line.
* **Values** stand in double quotes; `\"`, `\\`, `\n` and `\r` stand for what they cannot hold.
* **An `id`** of a file is its path with slashes; of anything else a NAME that a diagram can refer to.
* **A file** is a block of code that uses the map without a name, ends where the next tag begins, whichever that is, and
  whose path holds symbols as its text does. So many small files cost little. Its path has no `<`, `>`, `"` or line end.
* **A block without `uses`** uses the map without a name, where there is one.
* **Entries** are separated by newlines, or by a comma behind which another `SYMBOL =` follows. In braces commas never
  separate. `\,` `\\` and `\n` in a MEANING stand for themselves; white space around it is not part of it.
* **Exact maps.** A line that begins with a SIGIL is an entry: all text up to the next entry is its meaning, white space,
  `=` and further lines included; no sign stands between the two, because it would cost a token an entry. A line of a
  meaning that would itself begin with a character from U+0080 on, with `//` or with a backslash has a backslash before
  it. `\u{d}` as a whole meaning is the character of that number, never a sigil.
* **Joined maps** are exact maps with nothing between the entries: an entry begins with the first occurrence of its
  SIGIL, and as meanings hold only sigils of entries above, every sigil without a meaning yet begins the next entry. All
  else, line ends too, is text of the meaning before it. A backslash before a character from U+0080 on makes that a
  character of the text; where the text itself has backslashes before such a character, each is written twice.
* **Templates** are the meanings of an exact map with `holes`: a name, `=`, and text in which `¹` to `⁹` are holes. Where
  its SIGIL stands in a text, behind it stand as many values as the template has holes, each a word of Latin letters,
  digits, `_` and `$`, one sign from U+0080 on, or any text between `«` and `»`. One space behind a word is not part of
  the text. Templates are filled in before symbols are expanded, and a value holds no template.
* **The map `patterns`**, where it has holes, is used by every block without `uses`, and itself uses the map without a
  name where it names no other.
* **What symbols of an exact map mean**: a SIGIL stands for its meaning wherever it occurs. A meaning may hold the sigils
  of entries above it and of the maps its map uses; so no meaning can hold itself.
* **What symbols of other maps mean**: they are matched on tokens (words and single signs, the longest symbol first),
  never inside a word. A meaning may hold symbols of the maps its map uses, not of its own.
* **`>` and `→`** in flows are the same sign; `>` is written. `:d` is a type only behind a name, `d>` an operation.

The inside of a `code` block is text to this parser: declarations (`F:gU(i){…}`) are read by who expands them.
"""

from aifirst_compiler.aiccl.notation.document import Code, Document, Entry, Map, Mermaid, Part, Prose, Use
from aifirst_compiler.aiccl.notation.parse import parse
from aifirst_compiler.aiccl.notation.write import write

__all__ = ["Code", "Document", "Entry", "Map", "Mermaid", "Part", "Prose", "Use", "parse", "write"]
