"""Progress of an old table is done, not done, or asked: a part is never taken for the whole."""

from __future__ import annotations

import pytest

from app.conversion.old_progress import done


@pytest.mark.parametrize(
    "text",
    [
        "Đã hoàn thành",
        "ĐÃ HOÀN THÀNH.",
        "đã  hoàn thành;",
        "Da hoan thanh",
        "Hoàn thành",
        "Hoàn thành 100%",
        "Đã hoàn thành (100%)",
        "Hoàn thành quá hạn",
        "Hoàn thành trong hạn",
        "Hoàn thành đúng hạn",
        "Đã hoàn thành đúng hạn",
        "Đã hoàn thành quá hạn",
        "Hoàn thành quá hạn 05 ngày",
        "Hoàn thành trước hạn",
        "Hoàn thành - quá hạn",
        "Đã hoàn thành, quá hạn",
        "Đã hoàn thành trễ hạn",
        "HT",
        "Đã HT",
        "ht đúng hạn",
        "HT quá hạn",
        "xong",
        "Đã xong",
        "Xong.",
        "Đã thực hiện xong",
        "đã khắc phục xong",
        "Hoàn tất",
        "Đã hoàn thành toàn bộ",
    ],
)
def test_what_says_done_is_done(text: str) -> None:
    assert done(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "Đang thực hiện",
        "Đang thực hiện trong hạn",
        "Đang thực hiện quá hạn",
        "Đang triển khai",
        "Chưa",
        "Chưa thực hiện",
        "chưa hoàn thành",
        "Chưa hoàn thành.",
        "CHƯA XONG",
        "Chưa đến hạn",
        "Chờ thẩm tra",
        "Chờ xác nhận",
        "Đã báo cáo, chờ thẩm tra",
        "Thực hiện lại",
        "Cần bổ sung",
        "Thường xuyên",
        "Chờ điều kiện",
        "Quá hạn",
        "Quá hạn 12 ngày",
        "Trong hạn",
        "Còn 05 ngày làm việc",
        "Không hoàn thành",
        "Đang thực hiện (60%)",
        "Đang th",
    ],
)
def test_what_says_open_is_open(text: str) -> None:
    assert done(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tốt",
        "đã hoàn thành một phần",
        "Hoàn thành một phần",
        "đã hoàn thành 2/3",
        "Đã hoàn thành 60%",
        "Đã thực hiện 60%",
        "Đã thực hiện",
        "Hoàn thành 80/92",
        "Cơ bản hoàn thành",
        "Gần xong",
        "Sắp hoàn thành",
        "Đã hoàn thành bước 1",
        "Hoàn thành ngày 20/12/2026",
        "xong phần niêm yết",
        "Đã hoàn thành? ",
        "60%",
        "x",
        "Đang thực hiện, đã hoàn thành 2/3",
        "Đã nộp báo cáo quá hạn",
        "Phấn đấu hoàn thành trong hạn",
        "Dự kiến hoàn thành đúng hạn",
        "Đảng ủy đã cho ý kiến",
        "Cho phép gia hạn",
        "HT 2/3",
        "Hoàn thành <100%",
        "Không hoàn thành đúng hạn",
        "Hoàn thành quá nửa",
    ],
)
def test_what_is_not_sure_is_asked(text: str) -> None:
    assert done(text) is None
