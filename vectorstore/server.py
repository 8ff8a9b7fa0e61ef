"""ChromaServer: where a Chroma server is, and how it lets us in."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vectorstore.errors import StoreError

TOKEN_HEADERS = ("Authorization", "X-Chroma-Token")


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A server's address and credentials; none of these is ever shown but the address.

    `token` goes into the header `token_header`; else `user` and `password` are told by
    basic authentication. `authority` is a file with the certificate of who signed the
    server's own, where that is not one the system knows.
    """

    host: str
    port: int
    secure: bool = False
    token: str = field(default="", repr=False)
    token_header: str = TOKEN_HEADERS[0]
    user: str = ""
    password: str = field(default="", repr=False)
    authority: Path | None = None
    tenant: str = "default_tenant"
    database: str = "default_database"

    @classmethod
    def parse(
        cls,
        url: str,
        *,
        token: str = "",
        token_header: str = TOKEN_HEADERS[0],
        authority: Path | None = None,
        tenant: str = "default_tenant",
        database: str = "default_database",
    ) -> ChromaServer:
        """Read `http[s]://[user:password@]host[:port]`.

        Raises:
            StoreError: it is not such an address, or a setting beside it is wrong.
        """
        wrong = "Chroma 服务的地址应当形如 http://主机:8000 或 https://用户:密码@主机"
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            port = parts.port
        except ValueError as error:
            raise StoreError(f"{wrong}；地址读不懂：{error}。") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StoreError(f"{wrong}，而不是 {parts.scheme}://{parts.hostname or ''}。")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise StoreError(f"{wrong}，后面不能再有 {parts.path}。")
        if token_header not in TOKEN_HEADERS:
            raise StoreError(
                f"令牌只能放在 {' 或 '.join(TOKEN_HEADERS)} 里，而不是 {token_header}。"
            )
        if authority is not None and not authority.is_file():
            raise StoreError(f"找不到证书文件 {authority}（REPORT_QA_CHROMA_CA）。")
        secure = parts.scheme == "https"
        return cls(
            host=parts.hostname,
            port=port or (443 if secure else 8000),
            secure=secure,
            token=token,
            token_header=token_header,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            authority=authority,
            tenant=tenant,
            database=database,
        )

    @property
    def url(self) -> str:
        """The address without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"

    def headers(self) -> dict[str, str]:
        """Return the HTTP headers that let us in."""
        if self.token:
            bearer = self.token_header == TOKEN_HEADERS[0]
            return {self.token_header: f"Bearer {self.token}" if bearer else self.token}
        if self.user:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}
