import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSrgbProfile } from '../../src/render/srgb.ts';

/** Tags by name, read as the format says. */
function readTags(profile: Buffer): Map<string, Buffer> {
  const rows = Array.from({ length: profile.readUInt32BE(128) }, (_, index) => 132 + index * 12);
  return new Map(
    rows.map((row) => {
      const [from, length] = [profile.readUInt32BE(row + 4), profile.readUInt32BE(row + 8)];
      assert.ok(from % 4 === 0 && from + length <= profile.length);
      return [profile.toString('latin1', row, row + 4), profile.subarray(from, from + length)];
    }),
  );
}

describe('createSrgbProfile', () => {
  const profile = createSrgbProfile();
  const tags = readTags(profile);

  it('has the length it states, and all tags of a display with a matrix', () => {
    assert.equal(profile.readUInt32BE(0), profile.length);
    const names = ['bTRC', 'bXYZ', 'cprt', 'desc', 'gTRC', 'gXYZ', 'rTRC', 'rXYZ', 'wtpt'];
    assert.deepEqual([...tags.keys()].sort(), names);
  });

  it('has primaries that add up to white', () => {
    const read = (name: string) =>
      [0, 1, 2].map((index) => (tags.get(name)?.readInt32BE(8 + index * 4) ?? 0) / 0x10000);
    const white = read('wtpt');
    for (const index of [0, 1, 2]) {
      const sum = ['rXYZ', 'gXYZ', 'bXYZ'].reduce((total, name) => total + (read(name)[index] ?? 0), 0);
      assert.ok(Math.abs(sum - (white[index] ?? 0)) < 0.001);
    }
  });

  it('has the tone curve of sRGB', () => {
    const curve = tags.get('rTRC');
    const at = (value: number) => (curve?.readUInt16BE(12 + Math.round(value * 255) * 2) ?? 0) / 0xffff;
    assert.deepEqual([at(0), at(1)], [0, 1]);
    // A third of the way is linear light of 9 per cent; the foot is a straight line.
    assert.ok(Math.abs(at(85 / 255) - 0.0908) < 0.0001);
    assert.ok(Math.abs(at(5 / 255) - 5 / 255 / 12.92) < 0.0001);
  });
});
