"""packbuilder: from YAML manifests to audio packs for SD cards and cheap players."""

from __future__ import annotations

__version__ = "0.1.0"
