"""How well the paragraphs that a question needs are found, and how well a model answers from what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aifirst_model.errors import RequestRefusedError, TooLongError
from aifirst_model.evaluation.hotpot import HotpotQuestion, ask_hotpot, rank_paragraphs, score_answer
from aifirst_model.evaluation.result import Item, MetricKind, Result, Score, metrics_over
from aifirst_model.request import Options
from aifirst_model.text_model import TextModel

KINDS = {
    "paragraphs_found": MetricKind(),
    "all_found": MetricKind(is_share=True),
    "answer_exact": MetricKind(is_share=True),
    "answer_f1": MetricKind(),
    "refused": MetricKind("", is_share=True),
}


async def hotpot_result(
    model: TextModel | None, questions: Sequence[HotpotQuestion], keep: int, max_tokens: int,
    report: Callable[[int, int], None],
) -> Result:  # fmt: skip
    """Every figure; without a model those of finding alone. A question that is refused is answered wrongly.

    Raises ModelError where the model cannot be asked any more.
    """
    items: list[Item] = []
    for done, question in enumerate(questions):
        report(done, len(questions))
        shown = rank_paragraphs(question)[:keep]
        found = len(question.needed & {one.title for one in shown}) / len(question.needed)
        scores = {"paragraphs_found": Score(found), "all_found": Score(float(found == 1))}
        if model is not None:
            refused, given = 0.0, ""
            try:
                given = (await model.generate(ask_hotpot(question, shown), Options(max_tokens))).text
            except (RequestRefusedError, TooLongError):
                refused = 1.0
            exact, f1 = score_answer(given, question.answer)
            scores |= {"answer_exact": Score(exact), "answer_f1": Score(f1), "refused": Score(refused)}
        items.append(Item(question.name, scores))
    subject = "BM25" if model is None else model.name
    about = {"asked": f"{len(items)} questions", "shown": f"the {keep} likeliest paragraphs by BM25"}
    return Result("hotpot", subject, metrics_over(items, KINDS), tuple(items), about)
