"""What a sample is on disk, and that a dataset's folder is whole or refused."""

from __future__ import annotations

import resource
from pathlib import Path

import msgspec
import pytest
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.folder import MANIFEST, DatasetWriter, open_dataset
from aifirst_model.dataset.lines import SampleWriter, read_samples
from aifirst_model.dataset.record import (
    About,
    Conversation,
    Gap,
    Message,
    Preference,
    Role,
    Sample,
    Text,
    answer_of,
    sample_id,
    texts_of,
)
from aifirst_model.dataset.sample_file import SampleFile
from aifirst_model.dataset.settings_file import read_settings
from aifirst_model.dataset.similar.benchmark_texts import read_problems
from aifirst_model.dataset.step_report import StepReport
from hypothesis import given, settings
from hypothesis import strategies as st


def _conversation(turns: tuple[Message, ...], last: str, about: About) -> Sample:
    return Conversation((*turns, Message("assistant", last)), about)


def _preference(first: str, chosen: str, about: About) -> Sample:
    return Preference((Message("user", first),), chosen, chosen + "!", about)


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
_ABOUT = st.builds(About, task=_WORDS, language=_WORDS, tokens=st.integers(0, 10**9))
_ROLES: list[Role] = ["system", "user", "assistant", "tool"]
_TURNS = st.lists(st.builds(Message, role=st.sampled_from(_ROLES), content=_WORDS), max_size=3).map(tuple)
_SAMPLES: st.SearchStrategy[Sample] = st.one_of(
    st.builds(Text, text=_WORDS, about=_ABOUT),
    st.builds(_conversation, _TURNS, _WORDS, _ABOUT),
    st.builds(Gap, before=_WORDS, middle=_WORDS, after=_WORDS, about=_ABOUT),
    st.builds(_preference, _WORDS, _WORDS, _ABOUT),
)


def _text(number: int) -> Text:
    return Text(f"value = {number}\n", About(task="code", language="python"))


def _make(folder: Path, count: int = 10) -> Path:
    with DatasetWriter(folder) as writer:
        for number in range(count):
            writer.write("validation" if number % 5 == 4 else "train", _text(number))
        writer.finish([StepReport("collect", 12, count, {"generated": 2})])
    return folder


@settings(derandomize=True, max_examples=60)
@given(sample=_SAMPLES)
def test_a_sample_survives_being_written_and_read(sample: Sample) -> None:
    line = msgspec.json.encode(sample)
    assert b"\n" not in line
    assert msgspec.json.decode(line, type=Sample) == sample


@settings(derandomize=True, max_examples=60)
@given(one=_SAMPLES, other=_SAMPLES)
def test_an_id_stands_for_what_a_sample_says_and_not_for_what_is_said_about_it(
    one: Sample, other: Sample
) -> None:
    assert sample_id(one) == sample_id(msgspec.structs.replace(one, about=About()))
    same = type(one) is type(other) and msgspec.structs.replace(one, about=other.about) == other
    assert (sample_id(one) == sample_id(other)) == same


def test_an_id_is_the_same_in_every_process() -> None:
    assert sample_id(Text("x = 1\n")) == "dd7f0b9f42c7702a"


def test_texts_that_join_alike_have_ids_of_their_own() -> None:
    assert sample_id(Gap("ab", "c", "")) != sample_id(Gap("a", "bc", ""))
    assert sample_id(Gap("a\0001:b", "c", "")) != sample_id(Gap("a", "1:b\0c", ""))


def test_the_answer_is_what_is_to_be_learned() -> None:
    turns = (Message("user", "ask"), Message("assistant", "answer"))
    assert answer_of(Conversation(turns)) == "answer"
    assert answer_of(Gap("a", "b", "c")) == "b"
    assert answer_of(Preference(turns[:1], "good", "bad")) == "good"
    assert texts_of(Preference(turns[:1], "good", "bad")) == ("ask", "good", "bad")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"kind":"text"}', "missing required field `text`"),
        ('{"kind":"txt","text":"x"}', "Invalid value 'txt'"),
        ('{"text":"x"}', "missing required field `kind`"),
        ('{"kind":"text","text":"x","abuot":{}}', "unknown field `abuot`"),
        ('{"kind":"text","text":"x","about":{"langauge":"go"}}', "unknown field `langauge`"),
        ('{"kind":"text","text":""}', "`text` is empty"),
        ('{"kind":"chat","messages":[{"role":"user","content":"x"}]}', "turn of the assistant"),
        ('{"kind":"chat","messages":[]}', "turn of the assistant"),
        (
            '{"kind":"preference","messages":[{"role":"user","content":"x"}],"chosen":"a","rejected":"a"}',
            "the same",
        ),
        ('{"kind":"infill","before":"a","middle":"","after":"b"}', "`middle` is empty"),
        ('{"kind":"text","text":"x"', "truncated"),
        ("[1]", "Expected"),
        ("\udcff", "malformed"),
    ],
)
def test_a_bad_line_is_told_by_its_place_and_what_is_wrong(tmp_path: Path, line: str, wrong: str) -> None:
    path = tmp_path / "train.jsonl"
    good = msgspec.json.encode(_text(1))
    path.write_bytes(good + b"\n\n" + line.encode("utf-8", "surrogateescape") + b"\n" + good)
    reader = read_samples(path)
    assert next(reader) == _text(1)
    with pytest.raises(DatasetError, match=r"train\.jsonl:3 is no sample: ") as caught:
        next(reader)
    assert wrong in str(caught.value)
    bad: list[DatasetError] = []
    assert list(read_samples(path, "tell", bad.append)) == [_text(1), _text(1)]
    assert [str(one) for one in bad] == [str(caught.value)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"instruction":"Add","input":"1 2","output":"3","category":"math","meta":{"quality_score":0.9,"source":"us"}}',
         Conversation((Message("user", "Add\n\n1 2"), Message("assistant", "3")),
                      About(category="math", quality=0.9, source="us"))),
        ('{"prompt":"Add","completion":"3","system":"Be brief"}',
         Conversation((Message("system", "Be brief"), Message("user", "Add"), Message("assistant", "3")))),
        ('{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}]}',
         Conversation((Message("user", "a"), Message("assistant", "b")))),
        ('{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}',
         Conversation((Message("user", "a"), Message("assistant", "b")))),
        ('{"question":"a","chosen":"b","rejected":"c"}', Preference((Message("user", "a"),), "b", "c")),
        ('{"chosen":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],'
         '"rejected":[{"role":"user","content":"a"},{"role":"assistant","content":"c"}]}',
         Preference((Message("user", "a"),), "b", "c")),
        ('{"text":"a","url":"x"}', Text("a")),
        ('{"kind":"text","text":"a"}', Text("a")),
        ('{"instruction":"a"}', "none of the forms that are known"),
        ('{"messages":[{"role":"user","content":"a"}]}', "assistant"),
        ('{"messages":[{"role":"wizard","content":"a"}]}', "turn 1 has no role"), ("[]", "Expected"),
        ('{"prompt":"a","chosen":[],"rejected":"b"}', "has no turns"),
        ('{"messages":' + "[" * 100_000, "recursion"),
        ('{"instruction":"a","output":""}', "last turn"), ('{"kind":"txt","text":"a"}', "txt"), ("{", "truncated"),
    ],
)  # fmt: skip
def test_samples_in_the_forms_of_others_are_read_and_what_is_none_is_told(
    tmp_path: Path, line: str, found: Sample | str
) -> None:
    path = tmp_path / "given.jsonl"
    path.write_text(line + "\n", "utf-8")
    source = SampleFile(path)
    if isinstance(found, str):
        with pytest.raises(DatasetError, match=rf"given\.jsonl:1 is no sample: .*{found}"):
            list(source.samples())
        return
    assert list(source.samples()) == [found]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"kind":"text","text":"a"}\r\n\n{"kind":"text","text":"b"}')
    assert [sample.text for sample in read_samples(path) if isinstance(sample, Text)] == ["a", "b"]
    path.write_bytes(b"\xef\xbb\xbf")
    assert list(read_samples(path)) == []
    benchmark = tmp_path / "humaneval.jsonl"
    benchmark.write_bytes(
        '\ufeff{"task_id":"1","prompt":"say \u2028 so","canonical_solution":"x"}\n'.encode()
    )
    assert [problem.prompt for problem in read_problems(benchmark)] == ["say \u2028 so"]
    chosen = tmp_path / "make.toml"
    chosen.write_text("near = false\n", "utf-8-sig")
    assert not read_settings(chosen, {}).near


def test_a_file_without_ends_of_lines_is_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aifirst_model.dataset.lines.LONGEST_LINE", 1000)
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"x" * 5000)
    with pytest.raises(DatasetError, match=r"train\.jsonl:1 is longer than"):
        list(read_samples(path))


def test_a_dataset_is_read_as_it_was_written(tmp_path: Path) -> None:
    dataset = open_dataset(_make(tmp_path / "data"))
    assert [dataset.count(split) for split in ("train", "validation", "test")] == [8, 2, 0]
    assert list(dataset.samples("validation")) == [_text(4), _text(9)]
    assert list(dataset.samples("test")) == []
    assert dataset.manifest.steps[0].dropped == {"generated": 2}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_the_same_samples_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = _make(tmp_path / "one"), _make(tmp_path / "other")
    assert (one / "train.jsonl").read_bytes() == (other / "train.jsonl").read_bytes()


def _interrupted(folder: Path) -> None:
    with DatasetWriter(folder) as writer:
        writer.write("train", _text(0))
        raise KeyboardInterrupt


def test_a_folder_that_was_not_finished_is_gone_and_the_one_before_stays(tmp_path: Path) -> None:
    folder = _make(tmp_path / "data")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(folder)
    with DatasetWriter(folder) as writer:
        writer.write("train", _text(0))
    assert open_dataset(folder).manifest.samples == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_folder_left_by_a_kill_is_refused_with_the_next_step(tmp_path: Path) -> None:
    part = _make(tmp_path / "data").rename(tmp_path / "data.part")
    (part / MANIFEST).unlink()
    with pytest.raises(DatasetError, match="not finished: run the command"):
        open_dataset(part)
    assert open_dataset(_make(tmp_path / "data")).manifest.samples == 10
    assert not part.exists()


def test_a_file_that_was_cut_or_changed_is_refused(tmp_path: Path) -> None:
    folder = _make(tmp_path / "data")
    train = folder / "train.jsonl"
    whole = train.read_bytes()
    train.write_bytes(whole[:-1])
    with pytest.raises(DatasetError, match="the manifest says"):
        open_dataset(folder, verify=False)
    train.write_bytes(whole.replace(b"value = 0", b"value = 9"))
    with pytest.raises(DatasetError, match="SHA-256 differs: it was changed"):
        open_dataset(folder)
    train.unlink()
    with pytest.raises(DatasetError, match="cannot be read"):
        open_dataset(folder)


def test_what_is_no_dataset_is_refused_and_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years")
    with pytest.raises(DatasetError, match=r"no dataset, there is no dataset\.json"):
        open_dataset(folder)
    with pytest.raises(DatasetError, match="which would be lost: give another folder"):
        DatasetWriter(folder)
    assert (folder / "thesis.txt").read_text() == "years"
    with pytest.raises(DatasetError, match="is no folder"):
        open_dataset(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"thesis\.txt is no folder: give the folder of a dataset"):
        open_dataset(folder / "thesis.txt")
    folder = _make(tmp_path / "data")
    manifest = folder / MANIFEST
    manifest.write_text(manifest.read_text().replace('"train":', '"../../etc/passwd":'))
    with pytest.raises(DatasetError, match="names a split"):
        open_dataset(folder)
    manifest.write_text("{")
    with pytest.raises(DatasetError, match="make the dataset again"):
        open_dataset(folder)


def _write_much(folder: Path, count: int) -> None:
    with DatasetWriter(folder) as writer:
        for number in range(count):
            writer.write("train", _text(number))
        writer.finish()


def test_a_disk_that_takes_no_more_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, hard))
    try:
        with pytest.raises(DatasetError, match=r"train\.jsonl cannot be written: .*: make room"):
            _write_much(tmp_path / "data", 60_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_half_a_surrogate_pair_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="surrogate"), SampleWriter(tmp_path / "x.jsonl") as writer:
        writer.write(Text("\ud800"))
