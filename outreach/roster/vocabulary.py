"""Words by which cells are told apart: family names, relations, titles, organisations.

All folded, unless said otherwise. Family names: the hundred most frequent ones and those of the
larger minorities; a name beside them is recognised by its capitals.
"""

import re


def _words(text: str, separator: str | None = None) -> list[str]:
    return [word.strip() for word in text.split(separator)]


FAMILY_NAMES = frozenset(
    _words("""
    nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dao doan trinh dinh mai
    truong lam luong luu to ta ha thai cao chau quach ton vuong trieu kieu la lu luc ma nong be chu
    ninh nghiem thach son kim danh tang uong vi lo quang giang sung hang mua thao vang au banh bach
    bo cam cu chuong dam dau dong giap hua khong khuat khuong kha lai lieu mac manh nghi ngan nham
    ong phi phung pho quan tao tiet thieu tieu tong tu tuong van vien vinh xa y a thi doi ngu ong
    huu khau lang leng lau lenh ban trang phu pha po qua ro siu rcom rmah ksor nay nie kpa h'
    k' dieu ka cil lieng lo dong kra jan rahlan ayun eban buon mlo ktul hdok sa chamaleo pinang
    """)
)
MIDDLE_NAMES = frozenset({"van", "thi"})
RELATIONS = frozenset(
    _words(
        """
    chu ho, ch, vo, chong, con, con trai, con gai, con dau, con re, con ruot, con nuoi, con rieng,
    chau, chau noi, chau ngoai, chau ruot, chau dau, chau re, chat, cha, bo, ba, me, ma, tia, u,
    cha ruot, me ruot, bo ruot, cha de, me de, bo de, cha vo, me vo, bo vo, cha chong, me chong,
    bo chong, ong, ong noi, ong ngoai, ba noi, ba ngoai, anh, anh ruot, anh trai, anh re, chi,
    chi ruot, chi gai, chi dau, em, em ruot, em trai, em gai, em dau, em re, anh chi em, co, di,
    chu, bac, cau, mo, thim, duong, co ruot, chu ruot, cau ruot, di ruot, bac ruot, cha me, bo me,
    ong ba, vo chong, anh/chi/em, nguoi than, nguoi giup viec, giup viec, o nho, cung o, khac,
    ban, nguoi o tro, o tro, thue tro, nguoi thue, ban than, chu nha, than nhan, quan he khac,
    nguoi giam ho, giam ho, chau goi bang ong, chau goi bang ba, con vo, con chong, dau, re, noi,
    thanh vien, moi quan he khac, vo 2, con 1, con 2, con 3, con 4, con 5, con ut, con ca
    """,
        ",",
    )
)
MEN = frozenset({"nam", "m", "male", "trai", "ong", "gioi tinh nam"})
WOMEN = frozenset({"nu", "f", "female", "gai", "ba", "gioi tinh nu"})

# What stands beside names and is none, by its first word.
NO_NAMES: dict[str, list[str]] = {}
for _known in _words(
    """
    sinh vien, hoc sinh, cong nhan, huu tri, noi tro, buon ban, giao vien, nong dan, kinh doanh,
    lao dong, tu do, lam thue, lam nong, lam ruong, lam vuon, cong chuc, vien chuc, nhan vien,
    bo doi, cong an, ve huu, gia, con nho, tre em, cao tuoi, nguoi cao tuoi, khuyet tat, tan tat,
    di lam, di hoc, di lam xa, o nha, that nghiep, tai xe, lai xe, tho, ky su, bac si,
    y ta, duoc si, kinh, thuong tru, tam tru, tam vang, vang nha,
    kt3, khong co, khong ro, ho ngheo, ho can ngheo,
    ha noi, ha tinh, ha nam, ha giang, ho chi minh, lam dong, cao bang, thai binh, thai nguyen,
    quang nam, quang ngai, quang ninh, quang tri, vinh long, vinh phuc, dong nai, dong thap,
    xuan hoa, vo gia cu, noi khac, nuoc ngoai, nghe tu do, lam cong, huong tro cap, mat suc,
    chua co, dang o, sdt, so dien thoai, cung dia chi, doc than, da ket hon, con nguoi
    """,
    ",",
):
    NO_NAMES.setdefault(_known.split()[0], []).append(_known)

# With diacritics, in lower case.
DIED = re.compile(
    r"(?:^|\b)(?:đã mất|đã chết|đã qua đời|qua đời|từ trần|đã từ trần|chết|mất(?! sức|\w))\b"
    r"(?! việc| đất| nhà)|^[†+]$"
)
TITLES = re.compile(
    r"^(?:\(\s*(?:ông|bà|ông\s*[/,]\s*bà|cụ|anh|chị|cô|chú)\s*\)\s*"
    r"|(?:ông\s*[/,(]\s*bà\)?|cụ ông|cụ bà|ông|bà|cụ|bác|cô|chú|anh|chị|thầy|mẹ|ong|ba"
    r"|bs|ts|ths|gs|pgs|ls|kts|ks|lm|đ/c|đc)(?:\s*[.:]+\s*|\s+))",
    re.IGNORECASE,
)
ORGANISATION = re.compile(
    r"^(?:công ty|cty|c\.ty|doanh nghiệp|dntn|chi nhánh|xí nghiệp|hợp tác xã|htx|ngân hàng"
    r"|trường(?: |$)|nhà trẻ|nhóm trẻ|lớp mẫu giáo|mầm non|trung tâm|trạm|bệnh viện|phòng khám"
    r"|nhà thuốc|nhà trọ|dãy trọ|khu trọ|phòng trọ|ký túc xá|khách sạn|nhà nghỉ|nhà hàng|quán"
    r"|cửa hàng|cửa hiệu|tiệm|siêu thị|chợ(?: |$)|chùa(?: |$)|nhà thờ|giáo xứ|đình(?: làng| thần)"
    r"|miếu|tịnh xá|thánh thất|ubnd|ủy ban|uỷ ban|văn phòng|trụ sở|nhà văn hóa|nhà văn hoá"
    r"|nhà sinh hoạt|ban điều hành|ban quản lý|kho(?: |$)|xưởng|đất trống|nhà trống|nhà hoang"
    r"|nhà bỏ|nhà khóa|nhà khoá|nhà đóng cửa|đóng cửa|không có người|không người ở|vắng chủ"
    r"|chưa có người|nhà cho thuê|cho thuê|nhà mới xây|đang xây|hộ tập thể|tập thể)"
)
PLAIN_ORGANISATION = re.compile(
    r"^(?:cong ty|cty|dntn|chi nhanh|nha tro|nha tre|ubnd|truong (?:mam non|tieu hoc|thcs|thpt"
    r"|trung hoc|dai hoc|cao dang|mau giao)|ngan hang|nha hang|khach san|nha trong|dat trong)\b"
)
# First words of the titles and organisations above, as they are written.
UNUSUAL_BEGINNINGS = frozenset(
    _words("""
    ông bà cụ bác cô chú anh chị thầy mẹ ong ba bs ts ths gs pgs ls kts ks lm đc công cty doanh dntn
    chi xí hợp htx ngân trường nhà nhóm lớp mầm trung trạm bệnh phòng dãy khu ký khách quán cửa tiệm
    siêu chợ chùa giáo đình miếu tịnh thánh ubnd ủy uỷ văn trụ ban kho xưởng đất đóng không vắng
    chưa cho đang hộ hkd tập cong nha truong ngan khach dat
    """)
)
