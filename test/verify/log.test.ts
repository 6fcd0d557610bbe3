/** An exported evidence log: whatever is done to it is found, and found where it was done. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { exportKey } from '../../src/domain/log-export.ts';
import type { LogFinding } from '../../src/domain/log-report.ts';
import { growTree, hashLeaf } from '../../src/domain/merkle-tree.ts';
import { verifyLog } from '../../src/verify/log.ts';
import { type ExportedLog, makeExport, newEvidenceKey, newLine, sourceOf } from '../support/evidence-log.ts';

const SIZES = [1, 40, 700, 701, 1500, 2048, 3000, 4999, 5000];
const LEAVES = 5000;

let log: ExportedLog;
before(async () => {
  log = await makeExport(SIZES);
});

type Objects = Map<string, Buffer>;

const check = (objects: Objects) => verifyLog(sourceOf(objects), { keys: log.keys });

/** The segment of a leaf. */
function segmentOf(leaf: number) {
  const end = SIZES.find((size) => size > leaf) ?? LEAVES;
  return { first: SIZES.findLast((size) => size <= leaf) ?? 0, end };
}

function linesOf(objects: Objects, key: string): string[] {
  return (objects.get(key) ?? Buffer.alloc(0)).toString('utf8').split('\n').slice(0, -1);
}

function changeLines(objects: Objects, leaf: number, change: (lines: string[], at: number) => void): void {
  const segment = segmentOf(leaf);
  const lines = linesOf(objects, exportKey.leaves(segment));
  change(lines, leaf - segment.first);
  objects.set(exportKey.leaves(segment), Buffer.from(lines.map((line) => `${line}\n`).join('')));
}

function flipBit(objects: Objects, key: string, bit: number): void {
  const bytes = Buffer.from(objects.get(key) ?? []);
  const at = Math.floor(bit / 8) % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit % 8)), at);
  objects.set(key, bytes);
}

/** A tamper: does it to the objects, and says what must be found. */
type Tamper = (objects: Objects, random: (below: number) => number) => (finding: LogFinding) => boolean;

const at =
  (fault: LogFinding['fault'], position: number) =>
  (finding: LogFinding): boolean =>
    finding.fault === fault && finding.position === position;

const TAMPERS: Readonly<Record<string, Tamper>> = {
  'edits a leaf': (objects, random) => {
    const leaf = random(LEAVES);
    changeLines(objects, leaf, (lines, place) => {
      lines[place] = newLine('forged');
    });
    return at('edited', leaf);
  },
  'flips a bit of a leaf': (objects, random) => {
    const leaf = random(LEAVES);
    changeLines(objects, leaf, (lines, place) => {
      const line = Buffer.from(lines[place] ?? '');
      const where = random(line.length);
      // A bit that makes a line end of it would cut the line in two, which the next tamper does.
      line.writeUInt8(line.readUInt8(where) ^ 1, where);
      lines[place] = line.toString('latin1');
    });
    return at('edited', leaf);
  },
  'flips any bit of the leaves': (objects, random) => {
    const leaf = random(LEAVES);
    const segment = segmentOf(leaf);
    const key = exportKey.leaves(segment);
    const before = objects.get(key) ?? Buffer.alloc(0);
    const bit = random(before.length * 8);
    flipBit(objects, key, bit);
    const position =
      segment.first + before.subarray(0, Math.floor(bit / 8)).filter((byte) => byte === 10).length;
    return (finding) => finding.position === position;
  },
  'deletes leaves': (objects, random) => {
    const segment = segmentOf(random(LEAVES - 1));
    const leaf = segment.first + random(segment.end - segment.first);
    const count = 1 + random(Math.min(5, segment.end - leaf));
    changeLines(objects, leaf, (lines, place) => lines.splice(place, count));
    return (finding) =>
      finding.position === leaf &&
      finding.count === count &&
      finding.fault === (leaf + count === LEAVES ? 'truncated' : 'deleted');
  },
  'inserts a leaf': (objects, random) => {
    const leaf = random(LEAVES);
    changeLines(objects, leaf, (lines, place) => lines.splice(place, 0, newLine('inserted')));
    return at('inserted', leaf);
  },
  'copies a leaf': (objects, random) => {
    const segment = segmentOf(700 + random(4000));
    if (segment.end - segment.first < 2) return at('inserted', -1);
    const leaf = segment.first + 1 + random(segment.end - segment.first - 1);
    changeLines(objects, leaf, (lines, place) => lines.splice(place, 0, lines[0] ?? ''));
    return at('inserted', leaf);
  },
  'moves a leaf': (objects, random) => {
    const segment = segmentOf(2048);
    const [from, to] = [random(500), 500 + random(400)];
    changeLines(objects, segment.first, (lines) => lines.splice(to, 0, ...lines.splice(from, 1)));
    return at('moved', segment.first + from);
  },
  'swaps two leaves': (objects, random) => {
    const segment = segmentOf(2048);
    const [from, to] = [random(400), 500 + random(400)];
    changeLines(objects, segment.first, (lines) => {
      [lines[from], lines[to]] = [lines[to] ?? '', lines[from] ?? ''];
    });
    return at('moved', segment.first + from);
  },
  'cuts off the end': (objects, random) => {
    const leaf = 1 + random(LEAVES - 1);
    for (const size of [0, ...SIZES.slice(0, -1)]) {
      const segment = segmentOf(size);
      if (segment.first >= leaf) objects.delete(exportKey.leaves(segment));
      if (segment.first >= leaf) objects.delete(exportKey.hashes(segment));
      if (segment.first >= leaf || segment.end <= leaf) continue;
      changeLines(objects, leaf, (lines, place) => lines.splice(place));
      const hashes = objects.get(exportKey.hashes(segment)) ?? Buffer.alloc(0);
      objects.set(exportKey.hashes(segment), hashes.subarray(0, 32 * (leaf - segment.first)));
    }
    return (finding) => finding.position === leaf && ['truncated', 'deleted'].includes(finding.fault);
  },
  'removes a segment': (objects, random) => {
    const segment = segmentOf(random(LEAVES));
    objects.delete(exportKey.leaves(segment));
    return (finding) => finding.position === segment.first;
  },
  'changes a hash': (objects, random) => {
    const leaf = random(LEAVES);
    const segment = segmentOf(leaf);
    flipBit(objects, exportKey.hashes(segment), (leaf - segment.first) * 256 + random(256));
    return at('hashesAltered', leaf);
  },
  'rewrites a leaf with its hash': (objects, random) => {
    const leaf = random(LEAVES);
    const segment = segmentOf(leaf);
    const line = newLine('forged');
    changeLines(objects, leaf, (lines, place) => {
      lines[place] = line;
    });
    const hashes = Buffer.from(objects.get(exportKey.hashes(segment)) ?? []);
    hashLeaf(Buffer.from(line)).copy(hashes, 32 * (leaf - segment.first));
    objects.set(exportKey.hashes(segment), hashes);
    return ({ fault, position = -1, count = 0 }) =>
      fault === 'rewritten' && position <= leaf && leaf < position + count;
  },
  'changes a head': (objects, random) => {
    const number = 1 + random(SIZES.length);
    flipBit(objects, exportKey.head(number), random(1_000_000));
    return at('headAltered', number);
  },
  'removes a head': (objects, random) => {
    const number = 1 + random(SIZES.length - 1);
    objects.delete(exportKey.head(number));
    return at('headMissing', number);
  },
};

/** Numbers that look like chance and are the same on every run (Park and Miller). */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

describe('verifyLog', () => {
  it('finds nothing in a log as it was exported', async () => {
    const report = await check(new Map(log.objects));
    assert.deepEqual(report.findings, []);
    assert.deepEqual(
      [report.isWhole, report.heads, report.sealedLeaves, report.unsealedLeaves],
      [true, SIZES.length, LEAVES, 0],
    );
  });

  it('finds each of 1 000 tampers where it was done', async () => {
    const kinds = Object.entries(TAMPERS);
    const random = sequence(20_260_302);
    let done = 0;
    for (let round = 0; done < 1000; round += 1) {
      const [what, tamper] = kinds[round % kinds.length] ?? assert.fail();
      const objects = new Map(log.objects);
      const isFound = tamper(objects, random);
      if (isUnchanged(objects)) continue;
      const { isWhole, findings } = await check(objects);
      assert.equal(isWhole, false, `round ${round}: ${what} was not found`);
      assert.ok(findings.some(isFound), `round ${round}: ${what}: ${JSON.stringify(findings)}`);
      done += 1;
    }
  });

  it('lists several tampers, each in its place', async () => {
    const objects = new Map(log.objects);
    changeLines(objects, 4000, (lines, place) => lines.splice(place, 2));
    changeLines(objects, 3500, (lines, place) => {
      lines[place] = newLine('forged');
    });
    changeLines(objects, 100, (lines, place) => lines.splice(place, 0, newLine('forged')));
    const { findings } = await check(objects);
    assert.deepEqual(
      findings.map(({ fault, position, count = 1 }) => [fault, position, count]),
      [
        ['inserted', 100, 1],
        ['edited', 3500, 1],
        ['deleted', 4000, 2],
      ],
    );
  });

  it('takes heads of no key that is not given', async () => {
    const { findings, sealedLeaves } = await verifyLog(sourceOf(log.objects), {
      keys: (await makeExport([1], await newEvidenceKey())).keys,
    });
    assert.deepEqual([sealedLeaves, findings.length], [0, SIZES.length]);
    assert.ok(findings.every(({ fault }) => fault === 'headAltered'));
  });

  it('counts leaves that no head covers yet, and does not mind them', async () => {
    const objects = new Map(log.objects);
    objects.set(
      exportKey.leaves({ first: 5000, end: 5002 }),
      Buffer.from(`${newLine('a')}\n${newLine('b')}\n`),
    );
    const { isWhole, unsealedLeaves } = await check(objects);
    assert.deepEqual([isWhole, unsealedLeaves], [true, 2]);
  });

  describe('when a head is known from elsewhere', () => {
    const rootAt = (size: number) => {
      const tree = growTree();
      for (const end of SIZES.filter((one) => one <= size))
        for (const line of linesOf(new Map(log.objects), exportKey.leaves(segmentOf(end - 1))))
          tree.append(hashLeaf(Buffer.from(line)));
      return tree.root().toString('base64url');
    };

    it('finds that the end was cut off together with its heads', async () => {
      const objects = new Map(log.objects);
      const segment = segmentOf(LEAVES - 1);
      for (const key of [exportKey.leaves(segment), exportKey.hashes(segment), exportKey.head(SIZES.length)])
        objects.delete(key);
      assert.equal((await check(objects)).isWhole, true);
      const witness = { number: SIZES.length, root: rootAt(LEAVES) };
      const { findings } = await verifyLog(sourceOf(objects), { keys: log.keys, witness });
      assert.deepEqual(
        findings.map(({ fault, position }) => [fault, position]),
        [['truncated', 4999]],
      );
      assert.equal((await verifyLog(sourceOf(log.objects), { keys: log.keys, witness })).isWhole, true);
    });

    it('finds that another log took its place', async () => {
      const witness = { number: 3, root: rootAt(40) };
      const { findings } = await verifyLog(sourceOf(log.objects), { keys: log.keys, witness });
      assert.deepEqual(
        findings.map(({ fault, position }) => [fault, position]),
        [['headAltered', 3]],
      );
    });
  });
});

function isUnchanged(objects: Objects): boolean {
  return (
    objects.size === log.objects.size &&
    [...objects].every(([key, bytes]) => log.objects.get(key)?.equals(bytes) === true)
  );
}
