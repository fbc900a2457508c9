#!/usr/bin/env python3
"""Checks, offline, that one journal entry was in a district's journal on its day.

    python3 check_proof.py proof.json [published-root]

Needs nothing but Python. The proof comes from `yuanba prove ENTRY` or from a page; the published root from
anybody who wrote it down, such as the district's journal page or a newspaper. The tree is that of RFC 6962.
"""

import json
import sys
from hashlib import sha256


def root_from_path(leaf, index, size, path):
    """The root that a leaf hash and its siblings give (RFC 9162, 2.1.3.2); None if they don't fit."""
    place, last, digest = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place % 2 or place == last:
            digest = sha256(b"\x01" + sibling + digest).digest()
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            digest = sha256(b"\x01" + digest + sibling).digest()
        place, last = place >> 1, last >> 1
    return digest if last == 0 else None


def faults(proof, published):
    """Everything that is wrong with a proof; nothing when it holds."""
    entry, index, size = bytes.fromhex(proof["hash"]), int(proof["index"]), int(proof["entries"])
    leaf, path = sha256(b"\x00" + entry).digest(), [bytes.fromhex(text) for text in proof["siblings"]]
    if sha256(proof["document"].encode()).digest() != entry:
        yield "the document is not the one that was hashed"
    if not 0 <= index < size or root_from_path(leaf, index, size, path) != bytes.fromhex(proof["root"]):
        yield "the entry and its siblings do not give the day's root"
    if published and published.strip().lower() != proof["root"].lower():
        yield "the day's root in the proof is not the published one"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            proof = json.load(file)
        found = list(faults(proof, sys.argv[2] if len(sys.argv) == 3 else ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"this is no proof: {type(error).__name__}: {error}")
    if found:
        sys.exit("does NOT hold: " + "; ".join(found))
    print(f"holds: {proof['document']}\nin the journal of {proof['day']} under root {proof['root']}")


if __name__ == "__main__":
    main()
