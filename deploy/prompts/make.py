"""Makes the prompts that ship with Offhook: speech by Pico, music by the few lines below.

Usage: python make.py ../../crates/media/prompts
"""

import pathlib
import struct
import sys

import numpy
from py_nanotts import NanoTTS

RATE = 8_000
SPOKEN = {
    "welcome": "Thank you for calling.",
    "please-hold": "Please hold while we connect you.",
    "closed": "We are closed at the moment. Please call again during our opening hours.",
    "all-busy": "All our agents are busy at the moment. Please stay on the line.",
    "you-are-number": "You are number",
    "in-line": "in line.",
    "connecting": "Connecting you now.",
    "recording-notice": "This call may be recorded for quality purposes.",
    "invalid-choice": "That is not a valid choice.",
    "no-input": "We did not hear anything.",
    "error": "We are sorry, something went wrong. Please call again later.",
    "goodbye": "Thank you for your call. Goodbye.",
    "test-caller": (
        "Hello, I would like to ask about my order. I placed it last Tuesday, and it has not "
        "arrived yet. The order number is four, seven, one, one. Could you please look where it "
        "is, and tell me when I can expect it? I am at home all day, so any time is fine. "
        "Thank you very much for your help."
    ),
}
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()


def main():
    folder = pathlib.Path(sys.argv[1])
    voice = NanoTTS()
    spoken = SPOKEN | {f"number-{n}": word for n, word in enumerate(NUMBERS, 1)}
    for name, text in spoken.items():
        write(folder / f"{name}.wav", speak(voice, text))
    write(folder / "music-on-hold.wav", music())


def speak(voice, text):
    """Speaks at 8 kHz, without the silence around it, as loud as telephone speech is."""
    pcm = numpy.frombuffer(voice.speak(text, voice="en-GB", speed=0.95), dtype="<i2")
    samples = numpy.convolve(pcm.astype(float), low_pass(), "same")[::2]
    loud = numpy.flatnonzero(numpy.abs(samples) > 200)
    samples = samples[max(loud[0] - 400, 0) : loud[-1] + 1_200]
    active = samples[numpy.abs(samples) > 500]
    return samples * (3_300 / numpy.sqrt(numpy.mean(active**2)))


def low_pass(taps=127, cutoff=3_500 / 16_000):
    """A windowed-sinc filter for halving 16 kHz."""
    n = numpy.arange(taps) - (taps - 1) / 2
    kernel = numpy.sinc(2 * cutoff * n) * numpy.blackman(taps)
    return kernel / kernel.sum()


def music():
    """Sixteen seconds of soft broken chords over a pad, whose end flows into its start."""
    chords = [(48, 64, 67, 71, 74), (45, 60, 64, 67, 71), (53, 60, 65, 69, 76), (43, 62, 65, 69, 71)]
    order = [1, 2, 3, 4, 3, 2, 3, 2]
    loop = numpy.zeros(16 * RATE)
    for bar, chord in enumerate(chords):
        start = bar * 4 * RATE
        for step, voice in enumerate(order):
            loudness = 0.8 if step % 4 == 0 else 0.55
            add(loop, start + step * RATE // 2, pluck(chord[voice], loudness))
        add(loop, start, pad(chord[0] + 12, 0.35))
        for note in chord[1:4]:
            add(loop, start, pad(note, 0.16))
    return loop * (7_000 / numpy.abs(loop).max())


def add(loop, start, sound):
    """Mixes a sound in, around the end of the loop if it lasts that long."""
    positions = (start + numpy.arange(len(sound))) % len(loop)
    numpy.add.at(loop, positions, sound)


def pluck(note, loudness, seconds=2.5):
    t = numpy.arange(int(seconds * RATE)) / RATE
    partials = [(1, 1.0), (2, 0.28), (3, 0.09)]
    tone = sum(a * numpy.sin(2 * numpy.pi * pitch(note) * n * t) * numpy.exp(-1.2 * n * t) for n, a in partials)
    return loudness * tone * numpy.minimum(t / 0.012, 1) * numpy.minimum((seconds - t) / 0.2, 1)


def pad(note, loudness, seconds=5.0):
    t = numpy.arange(int(seconds * RATE)) / RATE
    swell = numpy.sin(numpy.pi * t / seconds) ** 2
    drift = 0.8 * numpy.sin(2 * numpy.pi * 0.6 * t)
    return loudness * swell * numpy.sin(2 * numpy.pi * pitch(note) * t + drift)


def pitch(note):
    return 440 * 2 ** ((note - 69) / 12)


def write(path, samples):
    """Writes µ-law in a WAV file (ITU-T G.711; RFC 2361 for the header)."""
    data = mu_law(numpy.clip(samples, -32_635, 32_635).astype(int))
    data += b"\xff" * (len(data) % 2)
    form = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    body = b"WAVE" + chunk(b"fmt ", form) + chunk(b"fact", struct.pack("<I", len(data))) + chunk(b"data", data)
    path.write_bytes(chunk(b"RIFF", body))
    print(f"{path.name}: {len(data) / RATE:.1f} s")


def chunk(name, body):
    return name + struct.pack("<I", len(body)) + body


def mu_law(samples):
    magnitude = numpy.abs(samples) + 132
    segment = numpy.floor(numpy.log2(magnitude)).astype(int) - 7
    mantissa = (magnitude >> (segment + 3)) & 0x0F
    sign = numpy.where(samples < 0, 0x80, 0)
    return bytes((~(sign | (segment << 4) | mantissa) & 0xFF).astype(numpy.uint8))


main()
