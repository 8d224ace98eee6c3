"""Findings for other programs: annotations of GitHub, SARIF 2.1.0, JUnit. Pure: data in, text out.

SARIF is https://docs.oasis-open.org/sarif/sarif/v2.1.0/; what GitHub reads of it, and its annotations, are in its own
documentation ("SARIF support for code scanning", "Workflow commands"). JUnit's XML has no standard; this is what
Jenkins and GitLab read.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from builder import __version__
from builder.findings import Finding, Rule, rules
from builder.text import printable

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def github_text(findings: Iterable[Finding]) -> str:
    """One line per finding, which GitHub shows at the line of the file."""
    return "\n".join(map(_annotation, findings))


def _annotation(finding: Finding) -> str:
    place = finding.place
    values: dict[str, str | int] = {"file": place.file}
    if not place.is_binary:
        values |= {"line": place.line, "col": place.column, "endColumn": place.column + place.width}
    values["title"] = finding.code
    shown = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in values.items())
    return f"::{finding.severity} {shown}::{_escaped(_sentences(finding))}"


def _escaped(text: str, signs: str = "") -> str:
    """As the command reads it back; `signs` end a value of it."""
    for sign in f"%\r\n{signs}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return printable(text)


def _sentences(finding: Finding) -> str:
    return f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message


def sarif(findings: Sequence[Finding], reasons: Mapping[Finding, str]) -> dict[str, Any]:
    """A SARIF log of one run. `reasons` are why the manifest waives some of the findings."""
    codes = sorted({finding.code for finding in findings})
    seen: Counter[str] = Counter()
    results = []
    for finding in findings:
        reason = reasons.get(finding)
        said = {"kind": "inSource", "status": "accepted", "justification": printable(reason or "")}
        results.append(_result(finding, codes, seen) | {"suppressions": [said] if reason is not None else []})
    driver = {
        "name": "packbuilder",
        "version": __version__,
        "rules": [_rule(rules()[code]) for code in codes],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.text},
        "help": {"text": rule.text},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, codes: Sequence[str], seen: Counter[str]) -> dict[str, Any]:
    """A result. Its fingerprint is that of the code and the facts, so that it is the same finding on another line."""
    known = repr((finding.code, finding.place.file, finding.track, finding.facts or finding.message))
    digest = sha256(known.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    seen[digest] += 1
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": finding.severity,
        "message": {"text": printable(_sentences(finding), "\t\n")},
        "locations": [{"physicalLocation": _location(finding)}],
        "partialFingerprints": {"packbuilder/v1": f"{digest}:{seen[digest]}"},
        "properties": {"track": finding.track or None, "facts": finding.facts},
    }


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.place
    found: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
    if not place.is_binary:
        end = place.column + place.width
        found["region"] = {"startLine": place.line, "startColumn": place.column, "endColumn": end}
    elif finding.offset is not None:
        found["region"] = {"byteOffset": finding.offset}
    return found


def _uri(file: str) -> str:
    """A path as a reference: relative ones stay so, which GitHub needs."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def junit_text(files: Mapping[str, Sequence[Finding]], reasons: Mapping[Finding, str]) -> str:
    """A document of JUnit: a suite for each file that was checked, a case for each finding. Only errors fail; what is
    waived is skipped, with its reason.
    """
    root = Xml.Element("testsuites", name="packbuilder check")
    for file, findings in files.items():
        waived = {one: reason for one, reason in reasons.items() if one in findings}
        _suite(root, printable(file), [one for one in findings if one not in waived], waived)
    for name in ("tests", "failures", "skipped"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in root)))
    Xml.indent(root)
    text: bytes = Xml.tostring(root, encoding="us-ascii", xml_declaration=True)
    return text.decode("ascii")


def _suite(root: Xml.Element, file: str, findings: Sequence[Finding], waived: Mapping[Finding, str]) -> None:
    suite = Xml.SubElement(root, "testsuite", name=file)
    for finding in (*findings, *waived):
        where = "" if finding.place.is_binary else f" {finding.place.line}:{finding.place.column}"
        case = Xml.SubElement(suite, "testcase", classname=file, name=f"{finding.code}{where}")
        kind, message = finding.severity, printable(finding.message)
        text = f"{printable(finding.place.file)}{where}: {finding.code} {printable(_sentences(finding), chr(10))}"
        if finding in waived:
            Xml.SubElement(case, "skipped", message=printable(waived[finding]))
        elif kind == "error":
            Xml.SubElement(case, "failure", type=finding.code, message=message).text = text
        else:
            Xml.SubElement(case, "system-out").text = f"warning: {text}"
    if not findings and not waived:
        Xml.SubElement(suite, "testcase", classname=file, name="no findings")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(sum(finding.severity == "error" for finding in findings)))
    suite.set("skipped", str(len(waived)))
