"""How the memory store keeps much in little room: what belongs together lies in a folder, and folders are packed.

A folder that nobody used for a while is packed, to about a fifth of its size, and unpacked when somebody asks.
Nothing here locks; whoever holds the account's lock sees to that.
"""

import zlib
from collections import OrderedDict
from typing import NamedTuple

from msgspec import Struct, field

from gateway_mock.adapters.codec import decode, encode

OPEN_MAX = 256
"""How many folders of an account lie open: a few times as many as there are transactions in work at once."""

_SAMPLE = 6_000
"""Bytes of a sample: about two transactions of seven requests. A longer one costs time and saves nothing more."""

_LEVEL = 6
"""Beyond it zlib saves nothing more."""

_WINDOW = 13
"""Look back 2**13 bytes, over the sample and most of a folder."""


class Cell(NamedTuple):
    """A record as it lies in memory."""

    data: bytes
    version: int
    owner: str


class Folder(Struct, array_like=True):
    """A record without an owner, the records that it owns, and the streams that are named after it."""

    name: str
    shelves: dict[str, dict[str, Cell]] = field(default_factory=dict)
    """Records by kind, then by key."""
    logs: dict[str, list[bytes]] = field(default_factory=dict)
    """The entries of each stream, oldest first."""
    journalled: dict[str, int] = field(default_factory=dict)
    """How many entries a stream was given that the journal may have evicted."""

    def put(self, kind: str, key: str, cell: Cell | None) -> None:
        """Set a record, or remove it with None."""
        if cell is not None:
            self.shelves.setdefault(kind, {})[key] = cell
        elif shelf := self.shelves.get(kind):
            shelf.pop(key, None)
            if not shelf:
                del self.shelves[kind]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.shelves or self.logs or self.journalled)


class Press:
    """Packs folders. They resemble each other, so each is told in terms of a sample of those before it."""

    def __init__(self) -> None:
        self._samples = [b"\0"]
        self._recent = b""
        self._packed = 0

    def pack(self, folder: Folder) -> bytes:
        """The folder as few bytes: the number of the sample, then what is left to say."""
        plain = encode(folder)
        self._packed += 1
        self._recent = (self._recent + plain)[-_SAMPLE:]
        if self._packed.bit_count() == 1:  # after 1, 2, 4, 8, … folders: the latest ones are the best sample
            self._samples.append(self._recent)
        packer = zlib.compressobj(_LEVEL, wbits=_WINDOW, zdict=self._samples[-1])
        return bytes((len(self._samples) - 1,)) + packer.compress(plain) + packer.flush()

    def unpack(self, packed: bytes) -> Folder:
        """The folder again."""
        unpacker = zlib.decompressobj(_WINDOW, zdict=self._samples[packed[0]])
        return decode(Folder, unpacker.decompress(packed[1:]))


class Cabinet:
    """The folders of an account: those in use lie open, the others are packed."""

    __slots__ = ("_open", "_open_max", "_packed", "_press")

    def __init__(self, open_max: int) -> None:
        self._open_max = open_max
        self._open: OrderedDict[str, Folder] = OrderedDict()
        self._packed: dict[str, bytes] = {}
        self._press = Press()

    def open(self, name: str) -> Folder:
        """The folder of that name to read and to write in, until the next one is opened; a new one if need be."""
        folder = self._open.get(name)
        if folder is None:
            folder = self._open[name] = self.look(name)
            folder.name = name  # one text for all who speak of it
            self._packed.pop(name, None)
            if len(self._open) > self._open_max:
                self._put_away()
        else:
            self._open.move_to_end(name)
        return folder

    def look(self, name: str) -> Folder:
        """The folder of that name to read in only; it is left where it lies."""
        folder = self._open.get(name)
        if folder is not None:
            return folder
        packed = self._packed.get(name)
        return Folder(name) if packed is None else self._press.unpack(packed)

    def _put_away(self) -> None:
        name, folder = self._open.popitem(last=False)
        if not folder.is_empty:
            self._packed[name] = self._press.pack(folder)
