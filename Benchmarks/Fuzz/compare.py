"""Feeds mutated texts to `json-verdicts` and to orjson and compares what they accept and what they read.

    compare.py VERDICTS-PROGRAM SECONDS [SEED]

Ends with status 1 at a difference, a crash or a hang; the texts in question are written to standard error.
"""
import json
import os
import pathlib
import random
import select
import struct
import subprocess
import sys
import time

import orjson

DEPTH = 1024  # orjson's own limit
HANG_SECONDS = 60
BATCH = 2000

TOKENS = [
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"\t", b"\r", b"\x00", b"\x1f", b"\x7f", b"\x0b", b"\xa0",
    b"true", b"false", b"null", b"tru", b"nul", b"NaN", b"Infinity", b"-", b"+", b".", b"e", b"E", b"0", b"-0", b"00", b"1e5",
    b"1E+2", b"1.", b".5", b"0.0", b"9223372036854775807", b"-9223372036854775809", b"1e308", b"1e-400", b"0e", b"0x1",
    b"\\u", b"\\u0000", b"\\u00e9", b"\\ud83d\\ude00", b"\\ud800", b"\\udc00", b"\\ud800\\u0041", b"\\uD8", b"\\x", b"\\/",
    b"\\b\\f\\n\\r\\t", b'\\"', b"\\\\", b"//", b"/**/", b"'", b"\xef\xbb\xbf", b"\xc3\xa9", b"\xe2\x82\xac",
    b"\xf0\x9f\x98\x80", b"\xc0\x80", b"\xc3", b"\xe0\x9f\xbf", b"\xe0\xa0\x80", b"\xed\x9f\xbf", b"\xed\xa0\x80", b"\xee\x80\x80",
    b"\xf0\x8f\xbf\xbf", b"\xf0\x90\x80\x80", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5", b"\xff", b"\x80", b"[]", b"{}",
    b'""', b'{"a":1}', b"[1,2]", b'"a":', b"        ", b"abcdefgh", b"abcdefghijklmnop",
]


class Mutator:
    def __init__(self, seed, seeds):
        self.random = random.Random(seed)
        self.seeds = seeds

    def value(self, depth):
        """A random valid text."""
        r = self.random
        kind = r.randrange(9 if depth else 6)
        if kind == 0:
            return r.choice([b"null", b"true", b"false"])
        if kind <= 2:
            return self.number()
        if kind <= 5:
            return self.string()
        space = r.choice([b"", b"", b" ", b"\n  "])
        size = r.randrange(5)
        if kind == 6:
            return b"[" + space + (b"," + space).join(self.value(depth - 1) for _ in range(size)) + b"]"
        members = (self.string() + space + b":" + self.value(depth - 1) for _ in range(size))
        return b"{" + (b"," + space).join(members) + space + b"}"

    def number(self):
        r = self.random
        digits = lambda n: "".join(r.choice("0123456789") for _ in range(r.randrange(1, n)))
        text = r.choice(["", "-"]) + r.choice(["0", str(r.randrange(1, 10)), "1" + digits(22)])
        if r.random() < 0.4:
            text += "." + digits(8)
        if r.random() < 0.3:
            text += r.choice("eE") + r.choice(["", "+", "-"]) + digits(3)
        return text.encode()

    def string(self):
        r = self.random
        parts = [b'"']
        for _ in range(r.choice([0, 1, 1, 2, 4])):
            kind = r.randrange(5)
            if kind <= 1:
                parts.append(b"x" * r.randrange(20))
            elif kind == 2:
                parts.append(chr(r.choice([0x20, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF])).encode())
            elif kind == 3:
                parts.append(r.choice([b"\\n", b'\\"', b"\\\\", b"\\/", b"\\u0041", b"\\ud83d\\ude00", b"\\u0000", b"\\uFFFF"]))
            else:
                parts.append(r.choice([b"name", b"a", b"key", b"kubedl.io/x"]))
        return b"".join(parts) + b'"'

    def next(self):
        r = self.random
        text = bytearray(r.choice(self.seeds) if r.random() < 0.6 else self.value(4))
        for _ in range(r.choice([0, 1, 1, 1, 1, 2, 2, 3, 5, 10])):
            place = r.randrange(len(text) + 1)
            end = min(len(text), place + r.randrange(1, 9))
            kind = r.randrange(10)
            if kind == 0 and place < len(text):
                text[place] ^= 1 << r.randrange(8)
            elif kind == 1 and place < len(text):
                text[place] = r.randrange(256)
            elif kind <= 4:
                text[place:place] = r.choice(TOKENS)
            elif kind == 5:
                text[place:end] = r.choice(TOKENS)
            elif kind == 6:
                del text[place:end]
            elif kind == 7:
                text[place:place] = text[place:end] * r.randrange(1, 4)
            elif kind == 8:
                other = r.choice(self.seeds)
                start = r.randrange(len(other) + 1)
                text[place:place] = other[start:start + r.randrange(40)]
            else:
                del text[place : len(text) if r.random() < 0.3 else place + 1]
        return bytes(text)


def read(pipe, count, deadline):
    data = b""
    while len(data) < count:
        if not select.select([pipe], [], [], max(0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        more = os.read(pipe.fileno(), count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def verdicts(process):
    """The canonical text of each text of a batch, None where it was refused."""
    deadline = time.monotonic() + HANG_SECONDS
    answer = read(process.stdout, struct.unpack("<I", read(process.stdout, 4, deadline))[0], deadline)
    at, found = 0, []
    while at < len(answer):
        if answer[at : at + 1] == b"0":
            found.append(None)
            at += 1
        else:
            size = struct.unpack_from("<I", answer, at + 1)[0]
            found.append(answer[at + 5 : at + 5 + size])
            at += 5 + size
    return found


def load(text):
    """The parser that takes the text, None if it is not valid, and its value.

    orjson refuses numbers that a double cannot hold; JSON allows them and we keep them as they are written. Those texts
    go to Python's own parser, held to the same rules.
    """
    try:
        return orjson.loads, orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "infinity" not in str(error):
            return None, None
    try:
        return load_verbatim, load_verbatim(text)
    except (ValueError, RecursionError):
        return None, None


def load_verbatim(text):
    value = json.loads(text.decode(), parse_float=str, parse_int=str, parse_constant=refuse)
    json.dumps(value, ensure_ascii=False).encode()  # fails for half a surrogate pair
    return value


def refuse(name):
    raise ValueError(name)


def main():
    sys.setrecursionlimit(10 * DEPTH)
    program, seconds = sys.argv[1], float(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time())
    fixtures = pathlib.Path(__file__).parent.parent.parent / "Tests/Fixtures/json"
    seeds = [f.read_bytes() for f in sorted((fixtures / "test_parsing").glob("*.json")) if f.stat().st_size < 2000]
    for name in ("json-patch-tests.json", "json-patch-spec-tests.json"):
        seeds += [orjson.dumps(case) for case in orjson.loads((fixtures / name).read_bytes())]
    # Denser than the tape is first made for, and deep.
    seeds += [b"[" + part * 300 + b"1]" for part in (b"1,", b"[],", b"[0],", b'"",', b'{"":1},', b'{"a":{}},')]
    seeds += [b"[" * depth + b"]" * depth for depth in (10, 500)] + [b'{"a":' * 300 + b"1" + b"}" * 300]
    mutator = Mutator(seed, seeds)
    process = subprocess.Popen([program, str(DEPTH)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    start = report = time.monotonic()
    texts_done = accepted = differences = 0
    print(f"seed {seed}, {len(seeds)} starting texts, orjson {orjson.__version__}", flush=True)
    while time.monotonic() < start + seconds and differences == 0:
        texts = seeds if texts_done == 0 else [mutator.next() for _ in range(BATCH)]
        batch = b"".join(struct.pack("<I", len(t)) + t for t in texts)
        try:
            process.stdin.write(struct.pack("<I", len(batch)) + batch)
            process.stdin.flush()
            expected = [load(text) for text in texts]
            found = verdicts(process)
        except (TimeoutError, EOFError, BrokenPipeError) as error:
            process.kill()
            pathlib.Path("fuzz-json-batch.bin").write_bytes(batch)
            print(f"{type(error).__name__} (status {process.wait()}): see fuzz-json-batch.bin", file=sys.stderr)
            sys.exit(1)
        for text, (parser, value), canonical in zip(texts, expected, found, strict=True):
            is_valid = parser is not None
            same = is_valid == (canonical is not None) and (not is_valid or parser(canonical) == value)
            if not same:
                differences += 1
                print(f"DIFFERENCE: the other parser {'accepts' if is_valid else 'refuses'} {text!r}\n  here: {canonical!r}", file=sys.stderr)
            accepted += is_valid
        texts_done += len(texts)
        if time.monotonic() > report + 60:
            report = time.monotonic()
            print(f"{report - start:.0f} s: {texts_done} texts, {accepted} accepted, {differences} differences", flush=True)
    process.stdin.close()
    status = process.wait(timeout=HANG_SECONDS)
    spent = time.monotonic() - start
    print(f"{spent:.0f} s: {texts_done} texts, {accepted} accepted by both, {differences} differences, exit status {status}")
    sys.exit(1 if differences or status else 0)


main()
