/** Reads the leaves of an exported evidence log, and the hashes that go with them, head by head. */
import { exportKey, parseSegment } from '../domain/log-export.ts';
import type { LogFinding } from '../domain/log-report.ts';
import { hashLeaf, type LeafRange } from '../domain/merkle-tree.ts';
import type { LogSource } from './log-heads.ts';

/** What is there of the leaves between two heads. */
export interface Group extends LeafRange {
  /** The hashes of the lines in their order, however many there are. */
  readonly found: readonly Buffer[];
  /** The hashes as they were exported, by place; undefined where they are missing. */
  readonly stored: readonly (Buffer | undefined)[];
}

/** Lists the segments there are, leaves or hashes, in their order; what is no segment, or overlaps one, is a finding. */
export async function listSegments(source: LogSource, findings: LogFinding[]): Promise<readonly LeafRange[]> {
  const byFirst = new Map<number, LeafRange>();
  for (const prefix of ['leaves/', 'hashes/']) {
    for await (const key of source.list(prefix)) {
      const segment = parseSegment(key);
      const known = segment && byFirst.get(segment.first);
      if (segment === undefined || (known !== undefined && known.end !== segment.end))
        findings.push({ fault: 'foreignObject', detail: `${key} is no segment of this log` });
      else byFirst.set(segment.first, segment);
    }
  }
  const segments = [...byFirst.values()].sort((one, other) => one.first - other.first);
  let end = 0;
  return segments.filter((segment) => {
    if (segment.first >= end) {
      end = segment.end;
      return true;
    }
    const detail = `${exportKey.leaves(segment)} overlaps the segment before it`;
    findings.push({ fault: 'foreignObject', position: segment.first, detail });
    return false;
  });
}

/** Reads the segments of a range. */
export async function readGroup(
  source: LogSource,
  segments: readonly LeafRange[],
  { first, end }: LeafRange,
): Promise<Group> {
  const found: Buffer[] = [];
  const stored = Array.from<Buffer | undefined>({ length: end - first });
  for (const segment of segments) {
    if (segment.first < first || segment.first >= end) continue;
    for (const hash of hashLines(await readOrNothing(source, exportKey.leaves(segment)))) found.push(hash);
    const hashes = await readOrNothing(source, exportKey.hashes(segment));
    for (let at = 0; at * 32 + 32 <= hashes.length && segment.first + at < end; at += 1)
      stored[segment.first - first + at] = hashes.subarray(at * 32, at * 32 + 32);
  }
  return { first, end, found, stored };
}

async function readOrNothing(source: LogSource, key: string): Promise<Buffer> {
  for await (const name of source.list(key)) if (name === key) return source.read(key);
  return Buffer.alloc(0);
}

/** Hashes each line. What has no line end is no leaf: it was cut. */
function* hashLines(bytes: Buffer): Generator<Buffer> {
  for (let at = 0, end = bytes.indexOf(0x0a); end >= 0; at = end + 1, end = bytes.indexOf(0x0a, at))
    yield hashLeaf(bytes.subarray(at, end));
}
