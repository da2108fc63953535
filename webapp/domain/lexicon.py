"""The lexicon: phrases in several languages that speak for an article, and where they stand in a text (R18)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

DIGITAL = 0
"""The number under which phrases stand that speak of anything digital, for no article by themselves."""

_WORD = re.compile(r"[^\W_]+")
_ARABIC_FOLDS = str.maketrans("أإآىة", "ااايه", "ـ")
_ARABIC_HEADS = ("ولل", "وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل", "ف")
_TRADITIONAL = (
    "业業专專与與东東个個习習乡鄉书書争爭云雲产產众眾会會传傳伦倫体體价價优優储儲关關农農减減击擊创創务務动動势勢医醫协協单單卫衛厂廠历歷"
    "双雙发發响響员員园園国國图圖块塊坛壇场場备備妇婦学學孪孿实實宽寬对對导導将將层層师師带帶帮幫应應废廢开開异異弃棄录錄征徵态態恶惡"
    "战戰户戶执執扩擴担擔择擇挥揮换換据據数數断斷无無时時术術机機权權条條来來极極构構标標树樹样樣桥橋档檔检檢残殘气氣汇匯沟溝测測济濟"
    "温溫灾災点點热熱环環现現电電疗療监監盖蓋盘盤码碼础礎确確碍礙种種积積称稱税稅稳穩竞競签簽类類级級纤纖约約纪紀纳納纵縱线線组組细細"
    "织織终終经經结結络絡统統维維综綜绿綠缆纜编編网網联聯职職脑腦节節营營虚虛补補见見规規视視览覽计計订訂认認让讓训訓议議记記许許论論"
    "设設访訪证證识識诈詐诊診试試话話询詢详詳语語课課调調谅諒谈談谣謠谋謀负負责責财財败敗货貨质質贫貧购購贷貸贸貿费費资資赋賦践踐车車"
    "转轉软軟轻輕载載较較辅輔边邊达達过過运運进進远遠连連适適选選递遞遥遙邮郵里裡鉴鑑针針钱錢铁鐵银銀链鏈销銷键鍵长長门門问問间間闻聞"
    "队隊阶階际際陆陸险險隐隱难難预預领領频頻题題额額风風飞飛驾駕驶駛验驗骗騙鱼魚鸿鴻龄齡"
)
_TO_SIMPLE = dict(zip(_TRADITIONAL[1::2], _TRADITIONAL[::2], strict=True))
_LONGEST_HAN = 14


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of the lexicon: the article it speaks for, and the article's own words that it stands for."""

    article: int
    says: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase as it stands in a text, from `start` to before `end`, in characters."""

    phrase: Phrase
    start: int
    end: int


@dataclass(slots=True)
class Lexicon:
    """All phrases, ordered so that a text is gone through once whatever their number."""

    phrases: tuple[Phrase, ...]
    _by_words: dict[str, list[tuple[tuple[str, ...], bool, Phrase]]] = field(default_factory=dict)
    _by_heads: dict[str, list[Phrase]] = field(default_factory=dict)
    _han: dict[str, list[Phrase]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for phrase in self.phrases:
            open_ended = phrase.text.endswith("*")
            folded = fold(phrase.text)[0]
            if _is_han(folded[:1]) or any(_is_han(char) for char in folded):
                self._han.setdefault(folded, []).append(phrase)
                continue
            words = tuple(_bare(word) for word in _WORD.findall(folded))
            if len(words) == 1 and open_ended:
                self._by_heads.setdefault(words[0], []).append(phrase)
            else:
                is_open = "*" in phrase.text
                first = words[0][:3] if is_open else words[0]
                self._by_words.setdefault(first, []).append((words, is_open, phrase))

    def find(self, text: str) -> tuple[Hit, ...]:
        """Every phrase of the lexicon that stands in the text, in the order of the text."""
        folded, places = fold(text)
        words = [(_bare(m.group()), m.start(), m.end()) for m in _WORD.finditer(folded)]
        found = [*self._find_words(words), *self._find_han(folded)]
        hits = (Hit(phrase, places[start], places[end - 1] + 1) for phrase, start, end in found)
        return tuple(sorted(hits, key=lambda hit: (hit.start, hit.end, hit.phrase.article, hit.phrase.text)))

    def _find_words(self, words: list[tuple[str, int, int]]) -> Iterator[tuple[Phrase, int, int]]:
        for at, (word, start, end) in enumerate(words):
            for length in range(2, len(word) + 1):
                for phrase in self._by_heads.get(word[:length], ()):
                    yield phrase, start, end
            for key in {word, word[:3], word.removesuffix("s"), word.removesuffix("es")}:
                for wanted, is_open, phrase in self._by_words.get(key, ()):
                    there = words[at : at + len(wanted)]
                    if len(there) == len(wanted) and _fits([one[0] for one in there], wanted, is_open):
                        yield phrase, start, there[-1][2]

    def _find_han(self, folded: str) -> Iterator[tuple[Phrase, int, int]]:
        for start, char in enumerate(folded):
            if not char.isascii() or char.isdigit():
                for length in range(1, _LONGEST_HAN + 1):
                    for phrase in self._han.get(folded[start : start + length], ()):
                        if start + length <= len(folded):
                            yield phrase, start, start + length


def _fits(there: list[str], wanted: tuple[str, ...], is_open: bool) -> bool:
    """Whether words of a text are those of a phrase; each may carry a plural ending, any ending where it is open."""
    return all(
        word == want or (is_open and len(want) > 2 and word.startswith(want)) or word in (want + "s", want + "es")
        for word, want in zip(there, wanted, strict=True)
    )


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


@lru_cache(maxsize=20_000)
def _bare(word: str) -> str:
    """An Arabic word without the article and what is written together with it; other words as they are."""
    if "\u0600" <= word[:1] <= "\u06ff":
        for head in _ARABIC_HEADS:
            if word.startswith(head) and len(word) - len(head) >= 3:
                return word[len(head) :]
    return word


@lru_cache(maxsize=20_000)
def _fold(char: str) -> str:
    simple = _TO_SIMPLE.get(char, char)
    bare = "".join(c for c in unicodedata.normalize("NFKD", simple.lower()) if not unicodedata.combining(c))
    return bare.replace("’", "'").translate(_ARABIC_FOLDS)


def fold(text: str) -> tuple[str, list[int]]:
    """The text without capitals, accents and variants of letters; and for each character its place in the text."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for letter in _fold(char):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def parse_lexicon(lines: Iterable[str]) -> Lexicon:
    """The lexicon as its file writes it: `[article]`, `= the article's words`, `language: phrase; phrase`."""
    article, says, phrases = DIGITAL, "", []
    for line in (raw.strip() for raw in lines):
        if line.startswith("["):
            article, says = _number(line), ""
        elif line.startswith("="):
            says = line[1:].strip()
        elif line and not line.startswith("#"):
            language, _, texts = line.partition(":")
            texts_found = (text.strip() for text in texts.split(";"))
            phrases += [Phrase(article, says, language, text) for text in texts_found if text]
    return Lexicon(tuple(phrases))


def parse_examples(lines: Iterable[str]) -> tuple[tuple[int, str], ...]:
    """Descriptions of imagined projects with the article each serves; DIGITAL (0) where it serves none."""
    article, found = DIGITAL, []
    for line in (raw.strip() for raw in lines):
        if line.startswith("["):
            article = _number(line)
        elif line and not line.startswith("#"):
            found.append((article, line))
    return tuple(found)


def _number(line: str) -> int:
    name = line.strip("[]")
    return int(name) if name.isdigit() else DIGITAL
