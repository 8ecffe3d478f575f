"""Words that say nothing about the subject: of English, and of programming texts in general.

Also a few function words each of other languages, by which a text is recognised as not English.
"""

from __future__ import annotations

from typing import Final

_ENGLISH = """
a about above after again against all already also always an and another any are aren as at away back be
became because become becomes been before being below between both but by came can cannot come comes could
couldn currently did didn do does doesn doing don done down during each either else enough etc even ever
every few first for from further gave get gets getting give given gives go goes going gone got had hadn
has hasn have haven having he hence her here hers him his how however if in indeed instead into is isn it
its itself just keep keeps kept know known knows last later least less let lets like likely look looks
made mainly make makes making many may maybe me might mine more most mostly much must my near nearly need
needed needs neither never new next no none nor not nothing now of off often old on once one only onto or
other others otherwise our out over own per perhaps possible possibly put quite rather really same second
see seem seems seen several shall she should shouldn simply since so some something sometimes soon still
such sure take taken takes than that the their them then there therefore these they thing things this
those though three through thus together too two under unless until up upon us use used useful user uses
using usual usually various very via want wants was wasn way ways we well went were weren what whatever
when whenever where whether which while who whole whom whose why will with within without won would wouldn
yes yet you your
"""

_PROGRAMMING = """
arg args argument arguments bool boolean bug call callable called calls case cases class classes cls code
const constructor def default dict docs elif eg enum example examples except false field file fixme float
foo bar baz func function functions hack ie impl implementation implement implemented implements import
imports inst instance instances int integer interface kwargs lambda len list method methods module name
none note null number obj object objects optional param parameter parameters params pass private property
public raise raised raises return returned returning returns rtype self set sets static str string struct
super tmp todo true try tuple type types undefined usage val value values var variable variables void work
works xxx
"""

STOP_WORDS: Final = frozenset(_ENGLISH.split()) | frozenset(_PROGRAMMING.split())

ENGLISH_MARKS: Final = (
    b"the", b"of", b"to", b"is", b"and", b"for", b"that", b"this", b"with", b"be", b"not", b"if", b"it",
)  # fmt: skip

OTHER_MARKS: Final = tuple(
    tuple(word.encode() for word in words.split())
    for words in (
        "der die das und nicht ist ein eine wird mit auf den dem",
        "le la les des est une dans pour pas que qui sur et",
        "el los las una para con por que del se es como y",
        "il di che per non della sono una con gli si e",
        "o os da das uma para com por que do em na um",
        "het een van niet voor op met zijn wordt naar bij",
        "i w nie na do jest z dla oraz lub przez jako",
    )
)
"""German, French, Spanish, Italian, Portuguese, Dutch and Polish."""
