"""What stands in a journal, read as the loader reads it."""

from pathlib import Path

from linkstar.events.journal import is_as_sealed, sealed_segments, sound_frames


def payloads_in(directory: Path) -> list[bytes]:
    """Of all finished segments, in order; each must be what was sealed."""
    payloads: list[bytes] = []
    for sealed in sealed_segments(directory):
        data = sealed.path.read_bytes()
        frames, sound = sound_frames(data)
        assert sound == len(data)
        assert is_as_sealed(sealed, data)
        payloads += [frame.payload for frame in frames]
    return payloads
