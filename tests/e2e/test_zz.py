import pytest
from tests.e2e.test_pages import *
NAMES={"link_sign","link_code","link_priorities"}
BROWSER = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
class TestEveryPage:
    pytestmark = BROWSER
    def test_mine(self, browse, live_server, world, memory):
        windows = {language: browse(language, refuses=True) for language in DIRECTIONS}
        looker = Looker(windows, live_server.url, world, memory)
        mine=[p for p in EVERY_PAGE if p.name in NAMES or p.variant in ("sign","priorities") ]
        assert len(mine)>6
        found = [told for one in mine for told in looker.problems(one)]
        assert {whose: problems for whose, problems in found if problems} == {}
