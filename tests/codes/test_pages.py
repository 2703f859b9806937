"""The pages of the handbook: look up, upload, read the report, confirm."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cityloop.codes.catalogue import EditionNode
from cityloop.codes.models import Standard
from cityloop.codes.sheets import SHEET, read_sheet
from cityloop.journal.models import Entry
from tests.codes.test_sheets import GOOD, workbook
from tests.world import World


def sign_in(client: Client, world: World, username: str) -> Client:
    client.force_login(world.people[username])
    return client


@pytest.fixture
def admin(client: Client, world: World, codes: EditionNode) -> Client:
    """The system administrator's browser."""
    return sign_in(client, world, "system_admin")


def upload(client: Client, content: bytes, **fields: str) -> str:
    file = SimpleUploadedFile("book.xlsx", content)
    sent = {"edition": "2013", "on": "2026-06-01", "source": "第1号", **fields}
    return client.post("/handbook/import", {"file": file, **sent}).content.decode()


def sealed_in(page: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("username", ["inspector", "operator", "dispatcher"])
def test_everybody_reads_and_only_administrators_import(client: Client, world: World, username: str) -> None:
    sign_in(client, world, username)
    assert client.get("/handbook/").status_code == 200
    for address in ("import", "import/template", "export"):
        assert client.get(f"/handbook/{address}").status_code == 403


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "上水井盖"),
        ("?q=bllj", "公共场所生活垃圾未入容器"),
        ("?q=bllj", "4 工作时"),
        ("?q=zzzz", "没有找到"),
        ("?edition=2007&q=0501", "无照经营游商"),
        ("?q=电力井盖", "尚无立案条件"),
        ("?major=999999", "上水井盖"),
    ],
)
def test_look_up(admin: Client, query: str, says: str) -> None:
    assert says in admin.get(f"/handbook/{query}").content.decode()


def test_upload_report_confirm(admin: Client) -> None:
    page = upload(admin, workbook(GOOD))
    assert "变更" in page
    assert not Standard.objects.filter(condition="积存半天以上").exists()
    done = admin.post("/handbook/import", {"sealed": sealed_in(page)}).content.decode()
    assert "自 2026-06-01 起生效" in done
    row = Standard.objects.get(condition="积存半天以上")
    assert (row.valid_from.isoformat(), row.source) == ("2026-06-01", "第1号")
    entry = Entry.objects.filter(what="codes.handbook_imported").latest("id")
    assert entry.by_name == "韩系统"


def test_a_wrong_line_cannot_be_confirmed(admin: Client) -> None:
    page = upload(admin, workbook(GOOD, {**GOOD, "A类时限": "2小时"}))
    assert "单位“小时”应为" in page
    assert 'name="sealed"' not in page


@pytest.mark.parametrize(
    ("content", "fields", "says"),
    [
        (b"nothing", {}, "不是 .xlsx 文件"),
        (b"x" * (2 * 1024 * 1024 + 1), {}, "请用命令行导入"),
        (workbook(GOOD), {"on": "2010-01-01"}, "早于该版标准的起用日期"),
        (workbook(GOOD), {"on": "soon"}, "日期"),
        (workbook(GOOD), {"edition": "1999"}, "1999"),
    ],
)
def test_uploads_refused_whole(admin: Client, content: bytes, fields: dict[str, str], says: str) -> None:
    page = upload(admin, content, **fields)
    assert says in page
    assert 'name="sealed"' not in page


def test_a_sealed_upload_is_the_uploader_s_alone(admin: Client, world: World) -> None:
    sealed = sealed_in(upload(admin, workbook(GOOD)))
    for text in (sealed + "x", "x", ""):
        assert admin.post("/handbook/import", {"sealed": text}).status_code == 409
    other = sign_in(Client(), world, "operator")
    assert other.post("/handbook/import", {"sealed": sealed}).status_code == 403
    assert not Standard.objects.filter(condition="积存半天以上").exists()


def test_template_and_export(admin: Client) -> None:
    template = admin.get("/handbook/import/template")
    assert "attachment" in template["Content-Disposition"]
    assert read_sheet(template.content) == ([], [])
    rows, problems = read_sheet(BytesIO(admin.get("/handbook/export?edition=2007").content).getvalue())
    assert (len(rows), problems) == (323, [])
    assert SHEET.title == "立案标准"


class TestApi:
    """The same over the API."""

    def send(self, client: Client, content: bytes, query: str) -> Any:
        file = SimpleUploadedFile("book.xlsx", content)
        return client.post(f"/api/v1/handbook/import?{query}", {"file": file})

    def test_limits_of_the_catalogue(self, admin: Client) -> None:
        body = admin.get("/api/v1/handbook/limits").json()
        majors = admin.get("/api/v1/codes").json()["majors"]
        offered = {str(row["id"]) for major in majors for minor in major["minors"] for row in minor["standards"]}
        assert offered <= set(body["limits"])
        assert set(body["limits"][min(offered)]) == {"A", "B", "C"}

    def test_dry_run_then_import(self, admin: Client) -> None:
        book = workbook(GOOD)
        dry = self.send(admin, book, "edition=2013&on=2026-06-01&dry_run=true").json()
        assert (dry["imported"], dry["counts"]["changed"]) == (False, 1)
        done = self.send(admin, book, "edition=2013&on=2026-06-01").json()
        assert (done["imported"], done["lines"][0]["code"]) == (True, "0110")
        again = self.send(admin, book, "edition=2013&on=2026-06-01").json()
        assert again["counts"]["same"] == 1

    def test_a_wrong_line_is_told(self, admin: Client) -> None:
        body = self.send(admin, workbook({**GOOD, "小类代码": "9999"}), "").json()
        assert (body["imported"], body["lines"][0]["verdict"]) == (False, "wrong")

    def test_refusals(self, client: Client, world: World, codes: EditionNode) -> None:
        sign_in(client, world, "operator")
        for answer in (self.send(client, workbook(GOOD), ""), client.get("/api/v1/handbook/export")):
            assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
        assert client.get("/api/v1/handbook/limits").status_code == 200
