"""Why a foreign file is refused, in sentences."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityloop.base.errors import Refused

SENTENCES: Final[Mapping[str, str | Promise]] = {
    "format": _(
        "不支持此格式：%(ending)s。可用：GeoJSON、Shapefile（打包为 zip）、GeoPackage、OSM、CSV，以及含其中一种的 zip"
    ),
    "virtual": _("虚拟文件（VRT）会引用其他文件，不接受；请导入数据本身"),
    "zip_bomb": _("压缩包解压后过大或文件过多，未解压"),
    "zip_slip": _("压缩包内有越出目录的路径或链接，未解压：%(name)s"),
    "zip_broken": _("压缩包已损坏，无法解压"),
    "zip_locked": _("压缩包有密码，请去掉密码后再试"),
    "no_layer": _("文件里没有可导入的图层；Shapefile 须连同 .shx、.dbf 一起打包"),
    "no_such_file": _("压缩包里没有此文件：%(name)s"),
    "damaged": _("文件已损坏或不完整，读不下去：%(why)s"),
    "empty_file": _("文件是空的"),
    "no_rows": _("文件里没有任何记录"),
    "no_columns": _("只有一列，不是以逗号、分号或制表符分隔的 CSV"),
    "column_twice": _("列名重复：%(name)s"),
    "no_coordinates": _("CSV 须有经度、纬度（或东、北坐标）两列，或一列 WKT 图形；请指定 %(name)s"),
    "no_field": _("文件里没有字段：%(name)s"),
    "encoding": _("文字编码既不是 UTF-8 也不是 GBK，请指定编码"),
    "too_many_fields": _("字段超过 %(most)s 个"),
    "too_many_rows": _("记录超过 %(most)s 条，请分几次导入"),
    "image_format": _("不是可以读取的 GeoTIFF 影像：%(why)s"),
    "no_place": _("影像没有坐标参考或地理范围，请先配准"),
    "image_bands": _("只接受 8 位的灰度或彩色影像（1 至 4 个波段），请先转换"),
    "too_many_pixels": _("影像超过 %(most)s 百万像素，请分幅加入"),
    "memory": _("读取时内存超限，文件过大或有异常图形"),
    "time": _("读取超时，文件过大或已损坏"),
    "crashed": _("读取程序异常终止，文件很可能已损坏"),
}


def refused(word: str, values: Mapping[str, Any]) -> Refused:
    """The refusal that the child's word stands for."""
    sentence = str(SENTENCES.get(word, SENTENCES["crashed"]))
    code = "too_large" if word in ("zip_bomb", "too_many_rows", "too_many_pixels", "memory", "time") else "invalid"
    known = {name: str(values.get(name, "")) for name in ("ending", "name", "why", "most")}
    return Refused(code, sentence % known, {"rule": word, "why": str(values.get("why", ""))[:300]})
