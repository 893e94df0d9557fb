"""What is read to a resident before asking for consent. A wording is never edited: it gets a new
version, and each consent keeps the version and hash of what was read."""

from hashlib import sha256

WORDINGS = {
    1: (
        "Tổ công nghệ số cộng đồng xin phép ghi lại: bác tự làm được việc gì trên điện thoại, "
        "và hôm nay được hướng dẫn việc gì, để lần sau hướng dẫn tiếp cho đúng. "
        "Chỉ tổ và cán bộ phường xem được. Bác có thể từ chối, hoặc đồng ý rồi rút lại bất cứ lúc "
        "nào; từ chối thì vẫn được hướng dẫn như mọi người. "
        "Chúng tôi không bao giờ hỏi mật khẩu, mã OTP, số thẻ hay số căn cước của bác."
    ),
}
CURRENT_VERSION = max(WORDINGS)


def wording_hash(version: int) -> str:
    """SHA-256 of the wording in UTF-8. Raises KeyError for a version that never existed."""
    return sha256(WORDINGS[version].encode()).hexdigest()


def known_wordings() -> dict[int, str]:
    """The hash of each version."""
    return {version: wording_hash(version) for version in WORDINGS}
