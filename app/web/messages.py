"""Vietnamese for the messages of WTForms and Flask-WTF, which have no Vietnamese catalogue."""

import re
from collections.abc import Mapping

from app.vietnamese import file_size

_CSRF = "Trang đã mở quá lâu hoặc phiên làm việc đã đổi. Gửi lại một lần nữa; phần vừa nhập vẫn được giữ."
_CHOICE = "Chọn một giá trị trong danh sách."

# Flask-WTF fills in the numbers before it asks for a translation
_FILE_SIZE = re.compile(r"File must be between ([0-9]+) and ([0-9]+) bytes\.")

MESSAGES: Mapping[str, str] = {
    # validators
    "Invalid field name '%s'.": "Không có ô “%s”.",
    "Field must be equal to %(other_name)s.": "Nội dung ô này phải giống ô %(other_name)s.",
    "Field must be at least %(min)d character long.": "Nhập ít nhất %(min)d ký tự.",
    "Field must be at least %(min)d characters long.": "Nhập ít nhất %(min)d ký tự.",
    "Field cannot be longer than %(max)d character.": "Nhập không quá %(max)d ký tự.",
    "Field cannot be longer than %(max)d characters.": "Nhập không quá %(max)d ký tự.",
    "Field must be exactly %(max)d character long.": "Nhập đúng %(max)d ký tự.",
    "Field must be exactly %(max)d characters long.": "Nhập đúng %(max)d ký tự.",
    "Field must be between %(min)d and %(max)d characters long.": "Nhập từ %(min)d đến %(max)d ký tự.",
    "Number must be at least %(min)s.": "Nhập số từ %(min)s trở lên.",
    "Number must be at most %(max)s.": "Nhập số không quá %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Nhập số từ %(min)s đến %(max)s.",
    "Date must be at least %(min)s.": "Chọn ngày từ %(min)s trở đi.",
    "Date must be at most %(max)s.": "Chọn ngày không sau %(max)s.",
    "Date must be between %(min)s and %(max)s.": "Chọn ngày từ %(min)s đến %(max)s.",
    "This field is required.": "Cần nhập nội dung này.",
    "Invalid input.": "Nội dung chưa đúng dạng.",
    "Invalid email address.": "Nhập địa chỉ thư điện tử, ví dụ ten@coquan.gov.vn.",
    "Invalid IP address.": "Nhập địa chỉ IP, ví dụ 10.0.0.1.",
    "Invalid Mac address.": "Nhập địa chỉ MAC, ví dụ 00:1a:2b:3c:4d:5e.",
    "Invalid URL.": "Nhập địa chỉ trang, ví dụ https://coquan.gov.vn.",
    "Invalid UUID.": "Mã nhận dạng chưa đúng dạng.",
    "Invalid value, must be one of: %(values)s.": "Chỉ nhận một trong các giá trị: %(values)s.",
    "Invalid value, can't be any of: %(values)s.": "Không nhận các giá trị: %(values)s.",
    "This field cannot be edited.": "Nội dung này không sửa ở đây.",
    "This field cannot be edited": "Nội dung này không sửa ở đây.",
    "This field is disabled and cannot have a value.": "Ô này đang để trống, không nhận giá trị.",
    "This field is disabled and cannot have a value": "Ô này đang để trống, không nhận giá trị.",
    # fields
    "Invalid Choice: could not coerce.": _CHOICE,
    "Choices cannot be None.": "Danh sách để chọn đang trống.",
    "Choices cannot be None": "Danh sách để chọn đang trống.",
    "Not a valid choice.": _CHOICE,
    "Invalid choice(s): one or more data inputs could not be coerced.": "Chọn các giá trị trong danh sách.",
    "'%(value)s' is not a valid choice for this field.": "“%(value)s” không có trong danh sách.",
    "'%(value)s' are not valid choices for this field.": "“%(value)s” không có trong danh sách.",
    "Not a valid datetime value.": "Nhập ngày và giờ, ví dụ 23/9/2026 10:42.",
    "Not a valid date value.": "Nhập theo dạng ngày/tháng/năm, ví dụ 23/9/2026.",
    "Not a valid time value.": "Nhập giờ và phút, ví dụ 10:42.",
    "Not a valid week value.": "Nhập tuần, ví dụ 2026-W39.",
    "Not a valid integer value.": "Nhập số nguyên, ví dụ 45.",
    "Not a valid decimal value.": "Nhập số, ví dụ 98,4.",
    "Not a valid float value.": "Nhập số, ví dụ 98,4.",
    # file fields of Flask-WTF
    "File does not have an approved extension: {extensions}": "Chỉ nhận tệp có phần mở rộng: {extensions}",
    "File does not have an approved extension.": "Loại tệp này không được nhận.",
    # forgery protection, of WTForms and of Flask-WTF
    "CSRF token missing.": _CSRF,
    "CSRF failed.": _CSRF,
    "CSRF token expired.": _CSRF,
    "Invalid CSRF Token.": _CSRF,
    "The CSRF token is missing.": _CSRF,
    "The CSRF session token is missing.": _CSRF,
    "The CSRF token has expired.": _CSRF,
    "The CSRF token is invalid.": _CSRF,
    "The CSRF tokens do not match.": _CSRF,
    "The referrer header is missing.": _CSRF,
    "The referrer does not match the host.": _CSRF,
}


class Vietnamese:
    """A WTForms translations object; a message it does not know stays as it is (ours are Vietnamese)."""

    def gettext(self, string: str) -> str:
        """Return ``string`` in Vietnamese."""
        if sizes := _FILE_SIZE.fullmatch(string):
            smallest, largest = (file_size(int(size)) for size in sizes.groups())
            return f"Tệp phải có dung lượng từ {smallest} đến {largest}."
        return MESSAGES.get(string, string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the message for ``n`` things; Vietnamese has one form for all numbers."""
        return self.gettext(singular if n == 1 else plural)


VIETNAMESE = Vietnamese()


def csrf_message(_reason: str | None = None) -> str:
    """Return what the page for 400 says when a form came without a good token; the reason is not shown."""
    return _CSRF
