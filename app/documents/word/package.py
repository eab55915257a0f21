"""The file around the text: parts, relations, styles, properties. The same parts give the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.package import OpcPackage
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from app.documents.content import OfficialDocument
from app.documents.layout import LayoutRules
from app.documents.word import origin
from app.documents.word.parts import NAMED_STYLES, NAMESPACES, escaped
from app.documents.wording import title_of

FAMILY = "Times New Roman"
LANGUAGE = "vi-VN"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OLDEST = (1980, 1, 1, 0, 0, 0)
_ITEM_ID = "{6E1B1D1C-3B0F-4C0E-9C57-4B4C6B657401}"
CUSTOM_PROPERTIES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties",
    "application/vnd.openxmlformats-officedocument.custom-properties+xml",
)
_STORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"


class _Main(Part):
    """The text of the paper, known only when its headers have their ids."""

    text = b""

    @property
    def blob(self) -> bytes:
        return self.text


class Package:
    """A .docx that is being put together."""

    def __init__(self) -> None:
        self._package = OpcPackage()
        self._main = _Main(PackURI("/word/document.xml"), CT.WML_DOCUMENT_MAIN)
        self._package.relate_to(self._main, RT.OFFICE_DOCUMENT)

    def _part(self, name: str, content_type: str, blob: bytes) -> Part:
        return Part(PackURI(name), content_type, blob)

    def add_header(self, content: str, *, foot: bool = False) -> str:
        """A header or footer of these paragraphs; gives the id by which sections name it."""
        kind, tag = ("footer", "ftr") if foot else ("header", "hdr")
        blob = f"{_DECLARATION}<w:{tag} {NAMESPACES}>{content}</w:{tag}>".encode()
        content_type, relation = (CT.WML_FOOTER, RT.FOOTER) if foot else (CT.WML_HEADER, RT.HEADER)
        return self._main.relate_to(self._part(f"/word/{kind}1.xml", content_type, blob), relation)

    def finish(
        self,
        body: str,
        document: OfficialDocument,
        *,
        created_at: datetime,
        about: str,
        figures: origin.Figures,
        layout: LayoutRules,
    ) -> bytes:
        """The file: the body, its styles, what it says of itself."""
        self._main.text = (
            f"{_DECLARATION}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>".encode()
        )
        for name, content_type, relation, text in (
            ("styles", CT.WML_STYLES, RT.STYLES, _styles(layout)),
            ("settings", CT.WML_SETTINGS, RT.SETTINGS, _settings()),
        ):
            part = self._part(f"/word/{name}.xml", content_type, f"{_DECLARATION}{text}".encode())
            self._main.relate_to(part, relation)
        data = self._part("/customXml/item1.xml", CT.XML, origin.data_part(document, about, figures))
        self._main.relate_to(data, RT.CUSTOM_XML)
        data.relate_to(
            self._part("/customXml/itemProps1.xml", CT.OFC_CUSTOM_XML_PROPERTIES, _item_properties()),
            RT.CUSTOM_XML_PROPS,
        )
        core = self._part("/docProps/core.xml", CT.OPC_CORE_PROPERTIES, _core(document, created_at))
        self._package.relate_to(core, RT.CORE_PROPERTIES)
        relation, content_type = CUSTOM_PROPERTIES
        own = self._part("/docProps/custom.xml", content_type, origin.properties_part(document, about))
        self._package.relate_to(own, relation)
        return _without_times(self._package)


def _without_times(package: OpcPackage) -> bytes:
    """The packed file with every entry dated alike, in the order of its names after the list of types."""
    packed = io.BytesIO()
    package.save(packed)
    result = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return result.getvalue()


def _core(document: OfficialDocument, created_at: datetime) -> bytes:
    """Title, issuing body, language, instant; never a person."""
    at = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = escaped(" ".join(document.issuing_body.split()))
    return (
        f"{_DECLARATION}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(title_of(document))}</dc:title>"
        f"<dc:subject>{escaped(' '.join(document.subject.split()))}</dc:subject>"
        f"<dc:creator>{body}</dc:creator><cp:lastModifiedBy>{body}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified>'
        f"<dc:language>{LANGUAGE}</dc:language></cp:coreProperties>"
    ).encode()


def _item_properties() -> bytes:
    return (
        f'{_DECLARATION}<ds:datastoreItem ds:itemID="{_ITEM_ID}" xmlns:ds="{_STORE}"><ds:schemaRefs>'
        f'<ds:schemaRef ds:uri="{origin.NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    ).encode()


def _settings() -> str:
    return (
        f'<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        f'<w:themeFontLang w:val="{LANGUAGE}"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/>'
        "</w:settings>"
    )


def _styles(layout: LayoutRules) -> str:
    half = round(layout.body_size * 2)
    fonts = " ".join(f'w:{name}="{FAMILY}"' for name in ("ascii", "hAnsi", "eastAsia", "cs"))
    named = "".join(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/></w:style>'
        for key, name in NAMED_STYLES.items()
    )
    return (
        f"<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/>"
        f'<w:color w:val="000000"/><w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
        f'<w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        "</w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr>'
        "</w:style>"
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
        f"{named}</w:styles>"
    )
