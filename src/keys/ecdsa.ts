/** The two forms of an ECDSA signature: its two numbers side by side (IEEE P1363), and in DER (RFC 3279 §2.2.3). */

/** Gives the DER form of two numbers of equal length side by side, as key modules sign; at most 132 bytes (P-521). */
export function toDerSignature(sideBySide: Buffer): Buffer {
  const half = sideBySide.length / 2;
  const content = Buffer.concat([integer(sideBySide.subarray(0, half)), integer(sideBySide.subarray(half))]);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([0x30, ...length]), content]);
}

/** An INTEGER has no leading zeros but the one that keeps it positive (X.690 §8.3). */
function integer(number: Buffer): Buffer {
  const start = number.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Buffer.from([0]) : number.subarray(start);
  const isHigh = (digits[0] ?? 0) >= 0x80;
  return Buffer.concat([Buffer.from(isHigh ? [2, digits.length + 1, 0] : [2, digits.length]), digits]);
}
