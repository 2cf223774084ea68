"""Registrations with learning platforms, and the private keys that prove who we are to them."""

import os
from decimal import Decimal
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy.orm import Session

from grading.domain.errors import HouseFault
from grading.store.ids import new_id
from grading.store.settings import Settings
from grading.store.tables import LineItem, Offering, Platform

KEY_BITS = 2048


def register_platform(
    db: Session,
    settings: Settings,
    *,
    issuer: str,
    client_id: str,
    token_url: str,
    token_audience: str | None = None,
) -> Platform:
    """Register a platform with a new key pair; the private half goes to a file that only the service reads."""
    key_id = new_id()
    platform = Platform(
        id=new_id(),
        issuer=issuer,
        client_id=client_id,
        token_url=token_url,
        token_audience=token_audience,
        key_file=f"lti-{key_id}.pem",
        key_id=key_id,
    )
    settings.key_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(key_path(settings, platform), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    db.add(platform)
    db.flush()
    return platform


def add_line_item(
    db: Session, platform: Platform, offering: Offering, *, url: str, label: str, score_maximum: Decimal
) -> LineItem:
    """Name the gradebook column that an offering's grades go to."""
    line_item = LineItem(id=new_id(), platform_id=platform.id, url=url, label=label, score_maximum=score_maximum)
    db.add(line_item)
    db.flush()
    offering.line_item_id = line_item.id
    return line_item


def private_key(settings: Settings, platform: Platform) -> bytes:
    """The registration's private key, PEM.

    Raises:
        HouseFault: the file is not there or cannot be read.
    """
    try:
        return key_path(settings, platform).read_bytes()
    except OSError as error:
        raise HouseFault(f"the key of {platform.issuer} cannot be read: {error.strerror}; restore it") from error


def public_key(settings: Settings, platform: Platform) -> bytes:
    """The half to give to the platform, PEM."""
    private = serialization.load_pem_private_key(private_key(settings, platform), None)
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def key_path(settings: Settings, platform: Platform) -> Path:
    """Where the private key lies: always directly in the key directory."""
    return settings.key_dir / Path(platform.key_file).name
