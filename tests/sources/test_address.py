"""One page, one address: what may be dropped from an address, and what may not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims_app.errors import DomainError
from claims_app.sources.address import canonical_address, read_domain, site_of, sites_of

PAGE = "https://example.org/news/bridge"
PLAIN = "abz019-._~%/=&;+?:@!$'()*,[]ÄאשK"
TRACKED = st.sampled_from(["utm_source=x", "UTM_Medium=y", "fbclid=1", "gclid", "spm=a.b.c", "mc_eid=4", ""])
ADDRESSES = st.builds(
    lambda scheme, host, port, path, query, fragment: f"{scheme}://{host}{port}{path}{query}{fragment}",
    st.sampled_from(["http", "https"]),
    st.sampled_from(
        ["example.org", "Example.ORG.", "xn--4dbrk0ce.example", "[2001:DB8::1]", "u:p@Example.org", "a..b"]
    ),
    st.sampled_from(["", ":", ":80", ":443", ":8080"]),
    st.text(PLAIN.replace("?", ""), max_size=12).map(lambda text: f"/{text}") | st.just(""),
    st.lists(TRACKED | st.text(PLAIN, max_size=6), max_size=5).map(lambda pieces: "?" + "&".join(pieces)) | st.just(""),
    st.text(PLAIN + "#", max_size=8).map(lambda text: f"#{text}")
    | st.sampled_from(["", "#:~:text=a", "#!/a:~:text=b"]),
)


def path_of(address: str) -> str:
    found = re.match(r"[a-z]+://[^/?#]*([^?#]*)", address)
    assert found is not None
    return found[1]


class TestWhatAnAddressIs:
    @settings(max_examples=400, derandomize=True, deadline=None)
    @given(ADDRESSES)
    def test_it_is_found_once_and_for_all_and_keeps_its_path(self, address: str) -> None:
        canonical = canonical_address(address)
        assert canonical_address(canonical) == canonical
        assert path_of(canonical) == path_of(address)
        assert len(canonical) <= len(address)

    @pytest.mark.parametrize(
        ("given_", "kept"),
        [
            (f"{PAGE}?utm_source=letter&UTM_medium=mail", PAGE),
            (f"{PAGE}?fbclid=IwAR0&id=7&gclid=1&lang=he", f"{PAGE}?id=7&lang=he"),
            (f"{PAGE}?b=2&a=1&mc_cid=4", f"{PAGE}?b=2&a=1"),
            (f"{PAGE}?utm%5Fsource=letter", PAGE),
            (f"{PAGE}?spm=a2g0o.home.1000.1", PAGE),
            (f"{PAGE}?", PAGE),
            (f"{PAGE}#", PAGE),
            (f"{PAGE}#comments", PAGE),
            (f"{PAGE}#page=4", PAGE),
            (f"{PAGE}#xtor=RSS-1", PAGE),
            (f"{PAGE}#:~:text=the%20bridge", PAGE),
            ("https://Example.ORG:443/News", "https://example.org/News"),
            ("http://example.org:80/", "http://example.org/"),
            ("https://example.org./a", "https://example.org/a"),
            ("https://User@Example.org/a", "https://User@example.org/a"),
            ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
            ("https://youtu.be/Abc?si=xyz&t=40", "https://youtu.be/Abc?t=40"),
            ("https://www.youtube.com/watch?v=Abc&si=xyz", "https://www.youtube.com/watch?v=Abc"),
            ("https://x.com/someone/status/12?s=20&t=ab", "https://x.com/someone/status/12"),
        ],
    )
    def test_what_only_follows_a_reader_is_dropped(self, given_: str, kept: str) -> None:
        assert canonical_address(given_) == kept

    @pytest.mark.parametrize(
        "address",
        [
            f"{PAGE}?id=7&page=2",
            f"{PAGE}?ref=7&source=4&session=2&campaign=bridge&eid=1",
            f"{PAGE}?spm=7",
            f"{PAGE}?id=7;utm_source=letter",
            f"{PAGE}?utm_source=letter;id=7",
            f"{PAGE}?a=&b&&c",
            f"{PAGE}?q=utm_source",
            f"{PAGE}?si=4&s=2&t=9",
            "https://x.com/search?q=bridge&t=9",
            "https://youtube.com.example.org/watch?si=1",
            f"{PAGE}/",
            "https://example.org",
            "http://example.org:443/",
            "https://example.org:8443/",
            "https://www.example.org/",
            "https://xn--4dbrk0ce.example/",
            "https://example.org/%D7%90?x=%2B",
            "https://example.org/#!/news/7",
            "https://example.org/#/news/7",
            "https://example.org/sheet#gid=7",
        ],
    )
    def test_what_may_name_a_page_stays(self, address: str) -> None:
        assert canonical_address(address) == address


class TestDomains:
    @pytest.mark.parametrize(
        ("address", "sites"),
        [
            ("https://www.news.example.co.il/a", ["www.news.example.co.il", "news.example.co.il", "example.co.il"]),
            ("https://Example.com./a", ["example.com"]),
            ("https://someone.github.io/a", ["someone.github.io"]),
            ("https://co.il/", []),
            ("https://192.0.2.1/", []),
            ("https://[2001:db8::1]/", []),
            ("https://localhost/", []),
        ],
    )
    def test_an_address_is_under_the_domains_that_somebody_can_own(self, address: str, sites: list[str]) -> None:
        assert sites_of(address) == sites
        assert site_of(address) == (sites[-1] if sites else None)

    @pytest.mark.parametrize(
        ("typed", "domain"),
        [
            ("example.co.il", "example.co.il"),
            (" HTTPS://www.Example.co.il:443/news?x=1 ", "example.co.il"),
            ("news.example.com.", "news.example.com"),
            ("", None),
            (" ", None),
            (None, None),
        ],
    )
    def test_a_domain_is_read_out_of_what_was_typed(self, typed: str | None, domain: str | None) -> None:
        assert read_domain(typed) == domain

    @pytest.mark.parametrize(
        "typed",
        ["co.il", "www.co.il", "github.io", "localhost", "192.0.2.1", "a b.com", "[", "http://", "a" * 300 + ".com"],
    )
    def test_what_nobody_can_own_is_refused(self, typed: str) -> None:
        with pytest.raises(DomainError) as refusal:
            read_domain(typed)
        assert refusal.value.field == "domain"
