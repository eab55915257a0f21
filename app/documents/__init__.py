"""Official documents: kinds, series and numbers, rendering, signing, delivery, correction.

Invariants:

- What a document says is an `OfficialDocument` (`content`): frozen, made of primitives only, NFC. Its
  canonical JSON and SHA-256 are what people check, approve and sign; the PDF is drawn from it and from
  nothing else.
- `rendering` reads neither database, network nor files outside `templates/documents`; the same content and
  the same instant give the same bytes.
- What NĐ 30/2020/NĐ-CP fixes (capitals, leading zeros, punctuation, the closing mark, rules) is put there by
  the layout (`layout`, `wording`), never typed into the content, so a text cannot get it wrong.
"""
