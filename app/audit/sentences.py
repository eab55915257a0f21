"""What each event says to people: name -> Vietnamese sentence. One table for every timeline and list of news.

A sentence has no subject: who did it stands beside it. `{key}` takes a value of the event's data; a sentence
whose key is missing falls back to its words without it (see `text_of`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sentence:
    """Words of an event. `kind`: "" an act, "key" a document or a decision; `sealed` adds the red ring.

    `detail` names the key of the event's data whose text is set after the words ("reason", "comment");
    `people`: keys that hold names of persons, left out where a page shows none.
    """

    text: str
    kind: str = ""
    sealed: bool = False
    detail: str = ""
    people: tuple[str, ...] = ()


SENTENCES: dict[str, Sentence] = {
    # units, accounts
    "units_imported": Sentence("Nhập danh mục đơn vị từ tệp", "key"),
    "unit_created": Sentence("Thêm đơn vị"),
    "unit_version_added": Sentence("Ghi thay đổi của đơn vị"),
    "unit_ended": Sentence("Ghi đơn vị kết thúc hoạt động"),
    "succession_recorded": Sentence("Ghi việc kế thừa giữa các đơn vị"),
    "succession_undone": Sentence("Bỏ ghi việc kế thừa giữa các đơn vị"),
    "successions_imported": Sentence("Nhập việc kế thừa giữa các đơn vị từ tệp", "key"),
    "person_created": Sentence("Thêm cán bộ"),
    "appointment_started": Sentence("Ghi chức vụ mới"),
    "appointment_ended": Sentence("Ghi thôi giữ chức vụ"),
    "account_created": Sentence("Cấp tài khoản"),
    "account_disabled": Sentence("Ngừng tài khoản"),
    "password_changed": Sentence("Đổi mật khẩu"),
    "calendar_feed_opened": Sentence("Tạo địa chỉ lịch thời hạn"),
    "calendar_feed_renewed": Sentence("Đổi địa chỉ lịch thời hạn; địa chỉ cũ hết hiệu lực"),
    "calendar_feed_closed": Sentence("Thu hồi địa chỉ lịch thời hạn"),
    "people_imported": Sentence("Nhập danh mục cán bộ từ tệp", "key"),
    "focal_point_appointed": Sentence("Cử đầu mối của đơn vị: {name}", "key", detail="reference"),
    "focal_point_ended": Sentence("Thôi làm đầu mối của đơn vị: {name}, hết ngày {to}"),
    "appointment_roles_changed": Sentence("Đổi vai trò"),
    "account_enabled": Sentence("Mở lại tài khoản"),
    "password_reset": Sentence("Cấp mật khẩu tạm"),
    "signed_in": Sentence("Đăng nhập"),
    "signed_out": Sentence("Đăng xuất"),
    "sign_in_failed": Sentence("Nhập sai mật khẩu"),
    "signer_registered": Sentence("Thêm vào danh sách ký số"),
    "signer_changed": Sentence("Thay đổi khóa ký, hình chữ ký"),
    "certificate_registered": Sentence("Đăng ký chứng thư số của {name}"),
    "certificate_withdrawn": Sentence("Ngừng dùng chứng thư số của {name}"),
    "deadline_rule_changed": Sentence("Thay đổi thời hạn của một bước", "key"),
    "example_chapter_told": Sentence("Nạp ví dụ, phần {chapter}"),
    # settings, forms
    "calendar_published": Sentence("Công bố lịch làm việc", "key"),
    "setting_changed": Sentence("Thay đổi cài đặt của cơ quan"),
    "settings_seeded": Sentence("Thiết lập cài đặt ban đầu"),
    "rule_profile_seeded": Sentence("Thiết lập bộ thời hạn ban đầu"),
    "form_published": Sentence("Ban hành phiên bản phiếu kiểm tra", "key"),
    "form_imported": Sentence("Ban hành phiên bản phiếu kiểm tra", "key"),
    # inspections
    "inspection_created": Sentence("Lập cuộc kiểm tra"),
    "inspection_edited": Sentence("Sửa thông tin cuộc kiểm tra"),
    "inspection_decided": Sentence("Ghi nhận quyết định kiểm tra", "key"),
    "inspection_started": Sentence("Bắt đầu kiểm tra"),
    "inspection_fieldwork_ended": Sentence("Kết thúc kiểm tra tại các đơn vị"),
    "inspection_reported": Sentence("Có báo cáo kết quả kiểm tra của Đoàn", "key"),
    "inspection_concluded": Sentence("Có thông báo kết luận cho toàn bộ đơn vị", "key"),
    "inspection_conclusion_recalled": Sentence("Thông báo đã thu hồi, chờ kết luận lại", "key"),
    "inspection_closed": Sentence("Kết thúc theo dõi", "key"),
    "inspection_suspended": Sentence("Tạm dừng kiểm tra", "key", detail="reason"),
    "inspection_resumed": Sentence("Tiếp tục kiểm tra", "key"),
    "inspection_terminated": Sentence("Đình chỉ kiểm tra", "key", detail="reason"),
    "inspection_partly_terminated": Sentence("Đình chỉ một phần: {told}", "key", detail="reason"),
    "inspection_units_added": Sentence("Thêm đơn vị được kiểm tra"),
    "inspection_unit_removed": Sentence("Bỏ đơn vị được kiểm tra: {unit}"),
    "inspection_scope_set": Sentence("Chọn phạm vi kiểm tra: {items} nội dung"),
    "inspection_piece_dropped": Sentence("Bỏ khỏi phạm vi phần của {unit}"),
    "inspection_piece_taken_back": Sentence("Lấy lại vào phạm vi phần của {unit}"),
    "inspection_scope_followed": Sentence("Cập nhật phạm vi theo đơn vị cũ, đơn vị kế thừa: {units}"),
    "inspection_recut": Sentence("Cắt lại phạm vi theo việc sắp xếp {unit}", "key", detail="told"),
    "inspection_period_stopped": Sentence(
        "Không kéo dài thời kỳ của {count} nội dung do trùng cuộc kiểm tra khác"
    ),
    "inspection_remainder_accepted": Sentence("Nhận phạm vi còn lại sau rà soát chồng chéo", "key"),
    "inspection_higher_reason_given": Sentence(
        "Ghi lý do kiểm tra nội dung cấp dưới đã kết luận", detail="reason"
    ),
    "inspection_term_extended": Sentence("Gia hạn kiểm tra {days} ngày làm việc", "key", detail="citation"),
    "team_member_added": Sentence("Đưa vào Đoàn kiểm tra: {name}", detail="citation"),
    "team_member_removed": Sentence("Đưa ra khỏi Đoàn kiểm tra: {name}", detail="citation"),
    "team_leader_replaced": Sentence("Thay Trưởng đoàn: {name}", "key", detail="citation"),
    "team_assigned": Sentence("Phân công nhóm nội dung cho thành viên"),
    "unit_report_recorded": Sentence("Ghi nhận báo cáo của đơn vị {unit}", detail="citation"),
    "unit_fieldwork_started": Sentence("Bắt đầu kiểm tra tại đơn vị"),
    "unit_fieldwork_ended": Sentence("Kết thúc kiểm tra tại đơn vị"),
    "unit_reported": Sentence("Ghi nhận kết quả của đơn vị trong báo cáo của Đoàn"),
    "unit_concluded": Sentence("Đơn vị đã có thông báo kết luận", "key"),
    "unit_conclusion_recalled": Sentence("Thông báo đã thu hồi, kết luận lại đơn vị", "key"),
    "unit_terminated": Sentence("Đình chỉ kiểm tra tại đơn vị", detail="reason"),
    "visit_scheduled": Sentence("Lập lịch làm việc với đơn vị: {unit}"),
    "visit_announced": Sentence("Thông báo lịch làm việc cho đơn vị: {unit}", detail="citation"),
    "visit_opened": Sentence("Công bố quyết định, bắt đầu buổi làm việc"),
    "visit_minutes_signed": Sentence("Ký biên bản làm việc", "key"),
    "visit_not_held": Sentence("Không thực hiện buổi làm việc", detail="reason"),
    # claims, register
    "reopening_requested": Sentence("Đề nghị mở lại {count} nội dung đã kết luận", detail="reason"),
    "reopening_granted": Sentence("Quyết định mở lại số {decision}", "key"),
    "reopening_refused": Sentence("Không đồng ý mở lại nội dung đã kết luận", detail="reason"),
    "reopening_used": Sentence("Nội dung mở lại đã có kết luận mới", "key"),
    "reopening_open_again": Sentence("Nội dung mở lại chờ kết luận lại"),
    "reopening_ended": Sentence("Kết thúc việc mở lại nội dung đã kết luận", detail="reason"),
    "claims_reopened": Sentence("Mở lại {count} phần nội dung đã kết luận", "key"),
    "claims_restored": Sentence("Khôi phục {count} phần nội dung đã kết luận", "key"),
    "reservation_made": Sentence("Giữ chỗ {count} nội dung đến hết ngày {day}"),
    "reservation_updated": Sentence("Giữ chỗ cả phần mới thêm của phạm vi: {count} nội dung"),
    "reservation_extended": Sentence("Gia hạn giữ chỗ đến hết ngày {day}"),
    "reservation_cut": Sentence("Trả lại {count} nội dung giữ chỗ không còn trong phạm vi"),
    "reservation_released": Sentence("Bỏ giữ chỗ, trả lại {count} nội dung", detail="reason"),
    "reservation_lapsed": Sentence("Hết thời hạn giữ chỗ, trả lại {count} nội dung"),
    "reservation_used": Sentence("Chuyển nội dung đã giữ chỗ cho Đoàn kiểm tra"),
    "claims_overrun": Sentence("Trùng {count} nội dung với {notice} của {body}", "key"),
    "claims_taken": Sentence("Nhận phạm vi kiểm tra theo quyết định"),
    "claims_recut": Sentence("Cắt lại {count} phần nội dung theo việc sắp xếp đơn vị", "key"),
    "claims_lapsed": Sentence("Trả lại nội dung hết thời hạn giữ chỗ"),
    "claims_returned": Sentence("Trả {count} phần nội dung về Đoàn đã kiểm tra", "key"),
    "claims_not_returned": Sentence("Bỏ {count} phần nội dung đã có kết luận của cấp trên"),
    "claims_moved": Sentence("Chuyển {count} phần nội dung sang kết luận thay thế", "key"),
    "claims_released": Sentence("Trả lại nội dung chưa kiểm tra"),
    "claims_concluded": Sentence("Ghi nhận nội dung đã kết luận", "key"),
    "claims_end_fixed": Sentence("Xác định ngày kết thúc thời kỳ kiểm tra"),
    "coverage_recorded": Sentence("Ghi nhận phạm vi đã kết luận", "key"),
    "conclusion_recorded": Sentence("Ghi nhận thông báo kết luận vào danh mục", "key"),
    "conclusions_imported": Sentence("Nhập kết luận vào danh mục từ tệp", "key"),
    "calendar_imported": Sentence("Nhập ngày nghỉ, ngày làm bù từ tệp", "key"),
    "past_tasks_imported": Sentence("Nhập nội dung khắc phục còn lại từ tệp", "key"),
    "old_table_brought": Sentence("Tải lên bảng theo dõi cũ {file}", "key"),
    "old_table_read": Sentence("Đọc bảng theo dõi cũ: {rows} dòng"),
    "old_row_left_out": Sentence("Không nhập dòng {line} của bảng theo dõi cũ"),
    "old_row_restored": Sentence("Xem lại dòng {line} của bảng theo dõi cũ"),
    "old_row_corrected": Sentence("Sửa dòng {line} của bảng theo dõi cũ khi chuyển đổi"),
    "conclusion_unit_named": Sentence("Ghi thêm đơn vị được nêu trong thông báo cũ: {unit}"),
    "conclusion_paper_attached": Sentence("Gắn văn bản vào kết luận đã ghi nhận", "key"),
    "conclusion_mapped": Sentence("Gắn kết luận với nội dung của phiếu kiểm tra", "key"),
    "conclusion_replaced": Sentence("Thay thế kết luận", "key"),
    "conclusion_recalled": Sentence("Thu hồi kết luận", "key", detail="reason"),
    "conclusion_voided": Sentence("Hủy ghi nhận kết luận, nội dung được kiểm tra lại", "key"),
    "document_voided": Sentence("Hủy ghi nhận văn bản"),
    "overlap_sent": Sentence("Gửi kế hoạch để xử lý chồng chéo"),
    "overlap_answered": Sentence("Ghi nhận kết quả xử lý chồng chéo"),
    # findings
    "finding_added": Sentence("Thêm tồn tại, hạn chế"),
    "finding_edited": Sentence("Sửa tồn tại, hạn chế"),
    "finding_removed": Sentence("Bỏ tồn tại, hạn chế dự kiến"),
    "finding_opinion_taken": Sentence("Ghi nhận ý kiến của đơn vị"),
    "finding_agreed": Sentence("Thống nhất trong Đoàn"),
    "finding_reopened": Sentence("Xem xét lại tồn tại của {notice}", "key"),
    "finding_left_out": Sentence("Không đưa vào kết luận", detail="reason"),
    "finding_passed_on": Sentence("Chuyển cơ quan có thẩm quyền", "key"),
    "finding_reconsidered": Sentence("Xem xét lại trong Đoàn"),
    "finding_merged": Sentence("Gộp tồn tại, hạn chế"),
    "finding_concluded": Sentence("Đưa vào thông báo kết luận", "key"),
    "finding_needs_no_task": Sentence("Ghi lý do không giao nội dung khắc phục", detail="reason"),
    "finding_needs_task": Sentence("Bỏ ghi không giao nội dung khắc phục"),
    "finding_evidence_added": Sentence("Thêm minh chứng của tồn tại, hạn chế"),
    "finding_dissented": Sentence("Bảo lưu ý kiến"),
    "proposal_recorded": Sentence("Ghi kiến nghị của đơn vị"),
    "proposal_sent": Sentence("Gửi kiến nghị của đơn vị"),
    "proposal_removed": Sentence("Bỏ kiến nghị ghi nhầm"),
    "proposal_routed": Sentence("Xác định cơ quan, thời hạn trả lời kiến nghị", detail="told"),
    "proposal_answered": Sentence("Trả lời kiến nghị của đơn vị", "key", detail="reference"),
    # fieldwork
    "answer_recorded": Sentence("Ghi kết quả kiểm tra nội dung"),
    "answer_evidence_added": Sentence("Thêm ảnh, tệp của nội dung"),
    "strengths_recorded": Sentence("Ghi kết quả đạt được của nhóm"),
    "clean_group_explained": Sentence("Ghi lý do, mẫu đã xem của nhóm không có tồn tại, hạn chế"),
    "sampled_applications_saved": Sentence("Cập nhật bảng kê hồ sơ nhóm {group}: {rows} hồ sơ"),
    "journal_written": Sentence("Ghi nhật ký Đoàn"),
    "part_reported": Sentence("Báo cáo phần việc được phân công: nhóm {group}"),
    "minutes_composed": Sentence("Lập biên bản làm việc"),
    "minutes_edited": Sentence("Sửa biên bản"),
    "minutes_printed": Sentence("In biên bản để ký"),
    "minutes_signed": Sentence("Ghi nhận chữ ký biên bản", "key"),
    "minutes_refused": Sentence("Ghi nhận đơn vị không ký biên bản", "key"),
    "minutes_scanned": Sentence("Tải lên biên bản đã ký", "key"),
    # documents
    "document_created": Sentence("Soạn dự thảo văn bản"),
    "document_recorded": Sentence("Ghi nhận văn bản {number}", "key"),
    "number_reserved": Sentence("Lấy số {n}"),
    "number_voided": Sentence("Hủy số {n}", detail="reason"),
    "series_opened": Sentence("Mở sổ văn bản {symbol}", "key"),
    "series_serves": Sentence("Xếp loại văn bản vào sổ, từ năm {year}", detail="kinds"),
    "book_begun": Sentence("Sổ năm {year} bắt đầu từ số {first}", "key", detail="reason"),
    "book_closed": Sentence("Khóa sổ năm {year} ở số {last}", "key"),
    "notice_drafted": Sentence("Soạn thông báo kết luận"),
    "notice_edited": Sentence("Sửa câu chữ của thông báo", detail="where"),
    "notice_recomposed": Sentence("Lấy lại câu chữ từ hồ sơ", detail="where"),
    "notice_finding_added": Sentence("Đưa thêm tồn tại, hạn chế vào thông báo"),
    "notice_finding_left_out": Sentence("Bỏ tồn tại, hạn chế khỏi thông báo"),
    "notice_settings_changed": Sentence("Sửa trích yếu, người ký, cách ban hành"),
    "notice_units_changed": Sentence("Chọn lại đơn vị của thông báo", detail="units"),
    "notice_reassigned": Sentence("Giao người soạn khác", detail="reason"),
    "paper_drafted": Sentence("Soạn dự thảo {kind}"),
    "letter_begun": Sentence("Đến mốc nhắc: lập dự thảo công văn đôn đốc gồm {tasks} nội dung"),
    "letter_extended": Sentence("Đến mốc nhắc: đưa thêm {tasks} nội dung vào dự thảo"),
    "paper_reworded": Sentence("Sửa câu chữ của dự thảo", detail="where"),
    "paper_recomposed": Sentence("Lấy lại câu chữ từ hồ sơ", detail="where"),
    "paper_brought_in_line": Sentence("Cập nhật hồ sơ theo bản đã ban hành", "key", detail="where"),
    "paper_settings_changed": Sentence("Sửa trích yếu, người ký, cách ban hành"),
    "signing_delegated": Sentence("Ghi nhận ủy quyền ký", detail="told"),
    "document_reassigned": Sentence("Giao người soạn khác", detail="reason"),
    "notice_brought_in_line": Sentence("Cập nhật hồ sơ theo bản đã ban hành", "key", detail="where"),
    "document_submitted": Sentence("Trình kiểm tra nội dung"),
    "document_content_checked": Sentence("Kiểm tra nội dung, trình tiếp"),
    "document_form_checked": Sentence("Kiểm tra thể thức, trình duyệt"),
    "document_approved": Sentence("Duyệt bản thảo", "key"),
    "document_returned": Sentence("Trả lại để hoàn thiện", detail="reason"),
    "document_abandoned": Sentence("Bỏ dự thảo", "key", detail="reason"),
    "document_taken_back": Sentence("Hủy bản đã ký", "key", detail="reason"),
    "document_signed": Sentence("Ký văn bản", "key"),
    "paper_prepared": Sentence("Tải tệp để ký"),
    "annex_signed": Sentence("Ký số phụ lục {name}"),
    "signed_file_refused": Sentence("Tệp đã ký không được tiếp nhận"),
    "document_sealed": Sentence("Đóng dấu, chờ ban hành", "key"),
    "document_issued": Sentence("Ban hành văn bản", "key", sealed=True),
    "document_issue_recorded": Sentence("Ghi nhận văn bản đã ban hành", "key", sealed=True),
    "document_corrected": Sentence("Đính chính văn bản", "key", detail="paper"),
    "document_replaced": Sentence("Thay thế văn bản", "key", detail="paper"),
    "document_recalled": Sentence("Thu hồi văn bản", "key", detail="paper"),
    "delivery_removed": Sentence("Xác nhận đã xóa, thu hồi bản đã nhận"),
    "delivery_removal_recorded": Sentence("Ghi nhận {unit} đã xóa, thu hồi bản đã nhận", detail="reference"),
    "notice_published": Sentence("Công khai ngày {on}", "key", detail="place"),
    "notice_not_published": Sentence("Không công khai thông báo", detail="reason"),
    "notice_batch_started": Sentence("Soạn thông báo cho từng đơn vị, {units} đơn vị"),
    "notice_replacement_drafted": Sentence("Soạn thông báo thay thế {notice}", detail="reason"),
    "notice_task_dropped": Sentence("Không chuyển tiếp {code} sang thông báo thay thế", detail="reason"),
    "notice_task_kept": Sentence("Chuyển tiếp {code} sang thông báo thay thế"),
    "recall_requested": Sentence("Đề nghị thu hồi {notice}", detail="reason"),
    "recall_refused": Sentence("Không đồng ý thu hồi {notice}", detail="reason"),
    "recall_granted": Sentence("Thu hồi {notice} theo văn bản số {paper}", "key"),
    "document_delivered": Sentence("Gửi văn bản đến đơn vị"),
    "document_delivery_taken_back": Sentence("Bỏ việc gửi văn bản nhầm đến {unit}"),
    "document_sent": Sentence("Ghi nhận đã gửi {count} nơi nhận", detail="told"),
    "document_sending_taken_back": Sentence("Bỏ ghi nhận đã gửi {name}", detail="reason"),
    "delivery_handed_on": Sentence("Bàn giao việc tiếp nhận cho {to}", detail="from"),
    "delivery_acknowledged": Sentence("Xác nhận đã nhận thông báo", "key"),
    "receipt_recorded": Sentence("Ghi nhận việc tiếp nhận thông báo", "key"),
    # remediation
    "task_proposed": Sentence("Dự kiến nội dung khắc phục"),
    "task_added": Sentence("Thêm nội dung khắc phục"),
    "task_edited": Sentence("Sửa nội dung khắc phục"),
    "task_merged": Sentence("Gộp nội dung khắc phục"),
    "task_removed": Sentence("Bỏ nội dung khắc phục dự kiến"),
    "task_common_date_set": Sentence("Áp dụng thời hạn chung"),
    "task_dates_recounted": Sentence("Tính lại thời hạn theo ngày dự kiến ban hành"),
    "task_issued": Sentence("Giao nội dung khắc phục", "key"),
    "task_assigned": Sentence("Giao người thực hiện: {officers}", people=("officers",)),
    "task_progress_reported": Sentence("Cập nhật kết quả", detail="status"),
    "task_submitted": Sentence("Gửi kết quả khắc phục", "key", detail="reference"),
    "task_result_accepted": Sentence("Công nhận sản phẩm {product}"),
    "task_result_returned": Sentence("Đề nghị bổ sung sản phẩm {product}", detail="comment"),
    "task_returned": Sentence("Đề nghị bổ sung", detail="comment"),
    "task_accepted": Sentence("Công nhận hoàn thành", "key"),
    "task_watch_started": Sentence("Công nhận kết quả, theo dõi việc duy trì", "key"),
    "task_recurred": Sentence("Phát hiện tái diễn, đề nghị khắc phục lại", "key", detail="comment"),
    "past_task_entered": Sentence("Nhập nội dung khắc phục còn lại của thông báo cũ", "key", detail="number"),
    "converted_task_entered": Sentence("Nhập dữ liệu chuyển đổi từ bảng theo dõi cũ", "key", detail="number"),
    "converted_task_filled": Sentence("Bổ sung dữ liệu chuyển đổi: {what}"),
    "past_task_removed": Sentence("Bỏ nội dung khắc phục {code} nhập nhầm"),
    "task_seen_on_visit": Sentence("Đoàn kiểm tra ghi nhận tại đơn vị: {seen}", "key", detail="text"),
    "task_taken_over": Sentence("Tiếp tục thực hiện theo Thông báo số {notice} thay thế", "key"),
    "task_withdrawn": Sentence("Rút nội dung khắc phục", "key", detail="reason"),
    "task_extended": Sentence("Gia hạn từ {old} đến {new}", "key", detail="reason"),
    "unit_plan_recorded": Sentence("Ghi kế hoạch khắc phục của {unit}", "key", detail="reference"),
    "task_scheduled": Sentence("Lập lộ trình {number} bước đến {last}", "key", detail="reason"),
    "task_step_done": Sentence("Xong một bước của lộ trình ngày {on}", detail="step"),
    "task_extension_requested": Sentence("Đề nghị gia hạn đến {new}", "key", detail="reason"),
    "task_extension_requested_late": Sentence("Đề nghị gia hạn sau hạn, đến {new}", "key", detail="reason"),
    "task_extension_refused": Sentence("Không đồng ý gia hạn theo {paper}", "key", detail="reason"),
    "task_extension_lapsed": Sentence("Đề nghị gia hạn không còn phải quyết định", detail="reason"),
    "task_extension_left_out": Sentence("Không gia hạn được nữa theo {paper}"),
    "task_follow_up_edited": Sentence("Cập nhật dòng theo dõi"),
    "task_reviewed": Sentence("Rà soát: {outcome}", detail="reason"),
    "task_urged": Sentence("Đôn đốc", detail="reference"),
    "task_reminded_outside": Sentence("Nhắc ngoài hệ thống ngày {on}"),
    "task_urging_corrected": Sentence("Sửa ngày của văn bản đôn đốc", detail="reference"),
    "task_handed_over": Sentence("Giao đơn vị kế thừa: {to}", "key", detail="from"),
    "task_handover_acknowledged": Sentence("Xác nhận nhận bàn giao", "key", detail="reference"),
    "task_followed_on": Sentence("Nhận bàn giao theo dõi: {to}", "key", detail="from", people=("to", "from")),
    "task_head_changed": Sentence(
        "Người đứng đầu nhận bàn giao: {to}", "key", detail="from", people=("to", "from")
    ),
    "task_directed": Sentence("Chỉ đạo {act}, trả lời chậm nhất {answer_due}", "key", detail="text"),
    "answerable_added": Sentence("Xác định trách nhiệm", detail="who"),
    "answerable_changed": Sentence("Sửa việc xác định trách nhiệm", detail="who"),
    "answerable_removed": Sentence("Bỏ việc xác định trách nhiệm nhập nhầm", detail="who"),
    "answerable_decided": Sentence("Ghi kết quả xử lý trách nhiệm: {measure}", "key", detail="reference"),
    "answerable_decision_corrected": Sentence("Sửa kết quả xử lý: {measure}", "key", detail="reference"),
    "answerable_names_viewed": Sentence("Xem họ tên người chịu trách nhiệm ({number} người)"),
    "referral_recorded": Sentence("Ghi văn bản chuyển cơ quan có thẩm quyền", "key", detail="reference"),
    "referral_changed": Sentence("Sửa văn bản chuyển cơ quan có thẩm quyền", "key", detail="reference"),
    "referral_answered": Sentence("Ghi trả lời của cơ quan có thẩm quyền", "key", detail="reference"),
    "task_directive_answered": Sentence("Trả lời chỉ đạo: {act}", detail="answer"),
    "task_follower_changed": Sentence(
        "Giao lại người theo dõi: {follower}", detail="reason", people=("follower",)
    ),
}

DRAFTING = frozenset(
    {
        "task_proposed", "task_added", "task_edited", "task_merged", "task_removed", "task_common_date_set",
        "task_dates_recounted",
    }
)  # fmt: skip
"""What the team did to a task before it was issued: for the office only."""

_PLACE = re.compile(r"\s*:?\s*\{(\w+)\}")
UNKNOWN = Sentence("Cập nhật hồ sơ")


def sentence_of(name: str) -> Sentence:
    """The sentence kept for event `name`; a plain one for an event that has none."""
    return SENTENCES.get(name, UNKNOWN)


def text_of(name: str, data: Mapping[str, Any], *, names: bool = True) -> str:
    """The words of one event; figures have two digits at least, a place without a value is left out.

    `names=False` leaves out who is named in it.
    """
    sentence = sentence_of(name)
    if not names:
        data = {key: value for key, value in data.items() if key not in sentence.people}

    def fill(place: re.Match[str]) -> str:
        value = data.get(place[1])
        shown = f"{value:02d}" if type(value) is int else str(value)
        return place[0].replace(f"{{{place[1]}}}", shown) if value else ""

    words = _PLACE.sub(fill, sentence.text)
    detail = data.get(sentence.detail) if sentence.detail else None
    return f"{words}: {detail}" if detail else words
