"""The inspector's report form: camera, place, and a network that comes and goes."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints
from tests.browser.sample.data import Sample
from tests.browser.sample.photo import draw

pytestmark = pytest.mark.urls("tests.browser.sample.urls")

DATE_TAKEN, EXIF, GPS = 0x9003, 0x8769, 0x8825


@pytest.fixture(scope="module")
def shot() -> dict[str, object]:
    """A camera's photo of 12 megapixels with its time and place."""
    image = Image.open(BytesIO(draw(False, 4000, 3000)))
    exif = image.getexif()
    exif.get_ifd(EXIF)[DATE_TAKEN] = "2026:03:01 08:11:09"
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 13.0, 21.36), 3: "E", 4: (121.0, 29.0, 1.32)})
    out = BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def report(phone: Page, sample_address: str) -> Page:
    """The form on a phone whose browser draws no map."""
    phone.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind === 'webgl2' ? null : get.call(this, kind, ...rest) }"
    )
    phone.goto(f"{sample_address}/report")
    expect(phone.locator("#lon")).to_have_value("121.483700")
    return phone


def test_a_photo_is_scaled_keeps_its_time_and_place_and_goes_at_once(
    report: Page, sample: Sample, shot: dict[str, object], picture: Callable[[Page, str], None]
) -> None:
    report.set_input_files("[data-shoot]", [shot])  # type: ignore[list-item]
    expect(report.locator("[data-shot=sent]")).to_have_count(1)
    picture(report, "report-photo-360")
    sent = sample.evidence[0]
    assert sent["taken_at"] == "2026-03-01T08:11:09"
    assert float(sent["lon"]) == pytest.approx(121.4837, abs=1e-6)
    assert float(sent["lat"]) == pytest.approx(31.2226, abs=1e-6)
    assert sent["width"] == "1600"
    report.fill("#words", "门前暴露垃圾一处")
    report.click("form .btn-primary")
    report.wait_for_url("**/phone")
    assert sample.sent[0]["evidence"] == sent["id"]
    assert sample.sent[0]["lon"] == "121.483700"
    assert sample.sent[0]["address"] == "方浜中路 218 号附近"
    assert sample.sent[0]["accuracy"] == "12"


def test_a_photo_that_did_not_get_through_is_tried_again_and_holds_the_form(
    report: Page, sample: Sample, shot: dict[str, object], complaints: Complaints
) -> None:
    sample.answer = "broken"
    report.set_input_files("[data-shoot]", [shot])  # type: ignore[list-item]
    again = report.locator("[data-shot=failed] [data-again]")
    expect(again).to_contain_text("重试")
    report.click("form .btn-primary")
    expect(report.locator("[data-shots-state]")).to_contain_text("还有照片没有上传完")
    assert sample.sent == []
    sample.answer = "done"
    again.click()
    expect(report.locator("[data-shot=sent]")).to_have_count(1)
    report.click("form .btn-primary")
    report.wait_for_url("**/phone")
    assert len(sample.sent) == 1
    complaints.forgive("503")


def test_no_network_loses_nothing_and_the_retry_is_the_same_report(
    report: Page, sample: Sample, complaints: Complaints, picture: Callable[[Page, str], None]
) -> None:
    report.fill("#words", "门前暴露垃圾一处")
    report.context.set_offline(True)
    report.click("form .btn-primary")
    expect(report.locator("[data-trouble]")).to_contain_text("网络中断")
    picture(report, "report-offline-360")
    client_id = report.input_value("[name=client_id]")
    report.context.set_offline(False)
    report.reload()
    assert report.input_value("#words") == "门前暴露垃圾一处"
    report.click("form .btn-primary")
    report.wait_for_url("**/phone")
    assert [one["client_id"] for one in sample.sent] == [client_id]
    complaints.forgive("ERR_INTERNET_DISCONNECTED")


def test_a_refusal_is_read_on_the_form_and_keeps_its_text(
    report: Page, sample: Sample, complaints: Complaints, assert_accessible: Callable[[Page], None]
) -> None:
    sample.answer = "refused"
    report.fill("#words", "门前暴露垃圾一处")
    report.click("form .btn-primary")
    expect(report.locator("[data-refusal=invalid]")).to_contain_text("请在图上重新选点")
    assert report.input_value("#words") == "门前暴露垃圾一处"
    assert_accessible(report)
    complaints.forgive("422")


def test_the_same_form_works_without_any_script(
    new_page: Callable[..., Page], sample_address: str, sample: Sample
) -> None:
    page = new_page({"width": 360, "height": 800}, java_script_enabled=False)
    page.goto(f"{sample_address}/report")
    page.fill("#words", "门前暴露垃圾一处")
    page.click("text=提交")
    page.wait_for_url("**/phone")
    assert sample.sent[0]["words"] == "门前暴露垃圾一处"
