/** Exports what seals are checked against, for whoever verifies without asking the service. */
import { brusselsDateTime } from '../domain/period.ts';
import type { Services } from './services.ts';
import { type PackedTrust, packTrust, unpackTrust } from './verifier-task.ts';

/** As it goes over the wire: certificates as base64. */
export type ExportedTrust = Omit<PackedTrust, 'at' | 'certificates' | 'crls'> & {
  /** With the offset of Brussels. */
  readonly exportedAt: string;
  readonly seals: readonly string[];
};

/** Exports it as it is now. */
export function exportTrust({
  sealTrust,
  sealKeys,
  clock,
}: Pick<Services, 'sealTrust' | 'sealKeys' | 'clock'>): ExportedTrust {
  const now = clock();
  const { anchors, intermediates, timeStamps } = sealTrust;
  const packed = packTrust({
    seal: { anchors, intermediates, ...(timeStamps && { timeStamps }), at: now },
    certificates: sealKeys.all.map(({ certificate }) => certificate),
  });
  const { at: _at, certificates: seals, ...rest } = packed;
  return { exportedAt: brusselsDateTime(now), ...rest, seals };
}

/** Reads what was exported, to judge at a moment; undefined for anything else. */
export function readTrust(text: string, at: Date): ReturnType<typeof unpackTrust> | undefined {
  try {
    // Anything can stand in a file: what has not these lists is refused, and what they hold is parsed strictly.
    const { seals, ...rest } = JSON.parse(text) as ExportedTrust;
    return unpackTrust({ ...rest, at: at.toISOString(), certificates: seals });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
