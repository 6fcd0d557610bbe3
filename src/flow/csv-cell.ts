/** One cell of a CSV file (RFC 4180 §2). */

/** Writes a cell, in quotation marks where it needs them; one that a spreadsheet would take for a formula gets an apostrophe before it (CWE-1236). */
export function writeCell(text: string, separator = ';'): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return safe.includes(separator) || /["\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
