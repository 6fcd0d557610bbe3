/** How our mails look: tables and inline styles, which the mail readers of the last twenty years understand alike. */

/** What stands in the frame; `main` and `small` are HTML already, everything else is text. */
export interface Framed {
  readonly language: string;
  /** What the mail is called in lists of windows. */
  readonly title: string;
  readonly issuerName: string;
  readonly heading: string;
  readonly main: readonly string[];
  /** Below the line. */
  readonly small: readonly string[];
}

const FONT = 'font-family:Arial,Helvetica,sans-serif';
const SMALL = 'font-size:14px;line-height:21px;color:#51606e';
const LINE = '1px solid #c9d2da';
const TABLE = '<table role="presentation" cellpadding="0" cellspacing="0" border="0"';

/** Writes the page of a mail. It holds no image and nothing that runs, so nothing tells who read it. */
export function frameMail({ language, title, issuerName, heading, main, small }: Framed): string {
  const last = small.length - 1;
  const smallLines = small.map(
    (line, at) => `<p style="margin:0${at < last ? ';padding-bottom:12px' : ''};${SMALL}">${line}</p>`,
  );
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escapeHtml(title)}</title>
</head>
<body style="margin:0;padding:0;background-color:#f3f6f8">
${TABLE} width="100%" style="background-color:#f3f6f8">
<tr><td align="center" style="padding:24px 12px">
${TABLE} width="560" style="width:100%;max-width:560px;background-color:#ffffff;border:${LINE};border-radius:12px">
<tr><td style="padding:20px 32px;border-bottom:${LINE};${FONT};font-size:16px;line-height:24px;font-weight:bold;color:#0b5563">${escapeHtml(issuerName)}</td></tr>
<tr><td style="padding:28px 32px 12px;${FONT};font-size:16px;line-height:24px;color:#1b2733">
<h1 style="margin:0 0 16px;font-size:24px;line-height:30px;color:#1b2733">${escapeHtml(heading)}</h1>
${main.join('\n')}
</td></tr>
<tr><td style="padding:20px 32px 28px;border-top:${LINE};${FONT}">
${smallLines.join('\n')}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

/** A paragraph of text. */
export function paragraph(content: string): string {
  return `<p style="margin:0 0 16px">${escapeHtml(content)}</p>`;
}

/** The one thing that there is to do. */
export function button(url: string, label: string): string {
  return `<p style="margin:24px 0"><a href="${escapeHtml(url)}" style="display:inline-block;padding:12px 22px;background-color:#0b5563;border-radius:8px;color:#ffffff;font-weight:bold;text-decoration:none">${escapeHtml(label)}</a></p>`;
}

/** An address written out, below what it is for. */
export function writtenAddress(label: string, url: string): string {
  return `<p style="margin:0 0 16px;${SMALL}">${labelled(label, url)}</p>`;
}

/** The same, within a paragraph. */
export function labelled(label: string, url: string): string {
  return `${escapeHtml(label)}<br><a href="${escapeHtml(url)}" style="color:#0b5563;word-break:break-all">${escapeHtml(url)}</a>`;
}

/** Joins blocks of plain text; lines break at 72 characters, which every reader shows whole, longer words stay whole. */
export function plainText(blocks: readonly string[]): string {
  return `${blocks.map((block) => wrap(block)).join('\n\n')}\n`;
}

function wrap(block: string): string {
  return block
    .split('\n')
    .map((line) => line.replace(/(?=.{73})(.{1,72})(?<! ) (?=\S)/g, '$1\n'))
    .join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Writes text so that it is content of a page and nothing else. */
export function escapeHtml(content: string): string {
  return content.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
