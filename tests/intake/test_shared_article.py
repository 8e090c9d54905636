"""The one real file of scrambled Hebrew at hand: how many of its lines end up with their words in the right order.

The file is not the project's, so its text is not here. Each of its lines was put in order by hand, by reading it; what
follows is the start of the SHA-256 of each of them, in order.
"""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from claims_app.intake.readers import read_file
from claims_app.intake.reading import Reading
from claims_app.intake.scrambled import unscramble
from claims_app.intake.tidy import collapse, split_lines

DIGESTS = """
    12c51550 20125be8 5a692209 cd267a73 709ce53d 0a2fe7d8 4530152c 5b5796cc 400620cb eb31a909 cbccfb30 543324bc
    47b0ad8e cb8bf28f 0052879f d5d623d8 3ef79e53 7200fc27 b90f9609 eb9a95b8 90112fe1 25b1072e dbe4187d fc091504
    6926f59d 5c85f43c ae9fad60 00a6c9fb 8b0b9cd3 c014d9fd 82910e48 889b97b3 a88f7232 d83a204e fae35656 945d0d4c
    fc042d08 8dd8a2d6 0dd7eea2 e743f8e0 09442ad7 78ff1ef4 b3b1c85d 6ec3ced8 060867d9 d7e121f9 fd192be9 0c5f30ec
    4f93c09a 3dd1acce 07f04256 c66a66ce 4a69b512 8e0dfc48 a140c085 e4f2d02b f552b603 6fb98016 1a0d69e0 396cd906
    149ff713 aacc3f6f f0941314 27cf3fd4 40e84d85 83f6eb14 5bd3c186 d143c900 dbc95264 d42f9b33 325617d6 b4500845
    a985ffc4 33234d4c f540b9c8 75aecb14 64eecc73 cfca3be0 6d8ae4e7 f1b71e73 e8b76b2f 655b256e ef629b28 a8f7b3a8
    61890b5f b5a6d481 090fabb1 18198a16 b588a246 4c91ab32 7259136a cf62aa1b 8c92330a d3515ad5 17512310 f367017e
    99b4bf88 91b3b005 2c208365 be52b5cf 2763bea5 79d7bfe2 06c4fa5f 0d66ffd5 994bcca6 f39e15e3 3c222e07 00190b82
    78e1f125 248b3aed 4e4372db 3673a811 5eaf498e 364b86e5 1e2a0e1e 5f2dfe0d bf4957e4 55e215de 47862e6c 16c11f84
    23e7f4ac cabc1001 89107a59 9e9a9099 0d5ec75d bc378e74 14647ebc 473f73ca b629fe98 9c85cfc4 29665624 6ce0c9a4
    990a4e44 ac351fa9 bf327547 5f75002e b58ad3ca af58db93 7f87bf69 0cb77eca 63c14c95 647a224e 21c70a2a 2c5f076a
    9e7cf634 d23f37d0 61c35f22 33446d40 bb69cc14 26ff9b28 8c42d8ea 86d57363 22469d85 c76dbc2d f0794ebe b67df375
    54664f6b dd3a72dd ff05f528 2382bab9 3f4b7878 c257c05a b998561d a06b1cb3 607d956d 4dd83274 c3936c67 0ef4c4a1
    fdf8eb43 f02c36f7 d66e5876 0560853d b2b10346 6cb6d1e2 9e9a7886 387b96eb 1650691b 58feef3e af971b0b d27ded8a
    77db1cad 874354a0 ecc4bc25 34655d1d db02d6a4 9691ef8c e03622bb e46f68bf 0a5dc1e0 b9d0a989 5ca1537c 6d5f56e5
    8a0d2c92 403699be 7e652cb7 d76ca894 be5b1874 38787f0f 127c9bf1 9e939f85 e7d09ac6 9309dcd1 df797427 3e8a74c6
    5cae4dc2 37f92e4c 8d65344c ffc930a3 c256a303 eeaf6a59 65be52b2 32a7d22c 3d57d443 bca8a585
"""
IN_ORDER = DIGESTS.split()
ARTICLE = Path(os.environ.get("DESK_TEST_SHARED", "nowhere")) / "article" / "article-he.txt"

pytestmark = pytest.mark.skipif(not ARTICLE.exists(), reason="DESK_TEST_SHARED has no article/article-he.txt")


@pytest.fixture(scope="module")
def article() -> Reading:
    return read_file(ARTICLE.read_bytes(), name=ARTICLE.name)


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return [line for line in split_lines(ARTICLE.read_text(encoding="utf-8")) if line.strip()]


def is_right(text: str, digest: str) -> bool:
    return sha256(text.encode()).hexdigest().startswith(digest)


def test_nearly_every_line_has_its_words_in_order(lines: list[str]) -> None:
    repaired = unscramble(lines)
    before = sum(is_right(collapse(line), digest) for line, digest in zip(lines, IN_ORDER, strict=True))
    right = [is_right(line.text, digest) for line, digest in zip(repaired, IN_ORDER, strict=True)]
    wrong_and_sure = [line for line, good in zip(repaired, right, strict=True) if not good and not line.is_unsure]
    unsure = sum(line.is_unsure for line in repaired)
    print(f"of {len(lines)} lines {before} were in order, {sum(right)} are; {unsure} are marked")  # noqa: T201
    assert before == 135
    assert sum(right) >= 213
    assert wrong_and_sure == []
    assert unsure <= 14


def test_its_lines_become_its_paragraphs(article: Reading) -> None:
    texts = [paragraph.text for paragraph in article.paragraphs]
    assert (len(texts), article.language, article.unsure) == (40, "he", 14)
    headings = [text for text in texts if text[-1] not in ".?:" and len(text) < 30]
    assert len(headings) == 3
    assert sum(text[-1] in ".?" for text in texts) == 36
    assert article.title == texts[0]
    assert "  " not in article.text


def test_what_it_says_of_itself_is_taken(article: Reading) -> None:
    assert len(article.links) == 6
    assert "http" not in article.text
    assert article.published_on == "2025-05-27"
    assert article.outlet is not None
    assert len(article.notes) == 2
