/** Asks independent tools for their verdict; a test says first with `needsTool` which of them it needs. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGap, readSealGap } from '../../src/pades/byte-range.ts';
import { projectRoot } from './needs.ts';

export interface ToolResult {
  readonly exitCode: number;
  /** Standard output and error together. */
  readonly output: string;
}

/** Runs a tool in `folder` without blocking this process, which may have to answer it; never rejects for its exit code. */
export function runTool(tool: string, args: readonly string[], folder: string): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    execFile(tool, args, { cwd: folder, timeout: 60_000 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode !== 'number') reject(error ?? new Error(`${tool} did not end`));
      else resolve({ exitCode, output: stdout + stderr });
    });
  });
}

/** Runs `work` in a folder of its own, removed afterwards, that holds these files. */
async function withFiles<T>(
  files: Readonly<Record<string, string | Buffer>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-tool-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface PdfsigVerdict {
  /** The signature value opens and the digest is right. */
  readonly isValid: boolean;
  /** NSS accepts the certificate, having asked its OCSP responder. */
  readonly isTrusted: boolean;
  readonly isRevoked: boolean;
  /** "Total document signed". */
  readonly isWhole: boolean;
  readonly output: string;
}

/** poppler's `pdfsig` with one trusted root (tools `pdfsig`, `certutil`); the certificate's OCSP responder must answer. */
export function pdfsig(pdf: Buffer, rootPem: string): Promise<PdfsigVerdict> {
  return withFiles({ 'sealed.pdf': pdf, 'root.pem': rootPem }, async (folder) => {
    const database = `sql:${folder}`;
    await runTool('certutil', ['-N', '-d', database, '--empty-password'], folder);
    await runTool(
      'certutil',
      ['-A', '-d', database, '-n', 'root', '-t', 'CT,CT,CT', '-a', '-i', 'root.pem'],
      folder,
    );
    // With -no-ocsp this tool doubts every certificate.
    const { output } = await runTool('pdfsig', ['-nssdir', database, 'sealed.pdf'], folder);
    return {
      isValid: output.includes('Signature is Valid.'),
      isTrusted: output.includes('Certificate is Trusted.'),
      isRevoked: output.includes('Certificate has been Revoked.'),
      isWhole: /^ +- Total document signed/m.test(output),
      output,
    };
  });
}

/**
 * `openssl cms -verify -cades` on the signature value of a sealed PDF: signature, digest, chain, signing-certificate-v2;
 * with revocation lists (DER) also that no certificate of the chain was revoked.
 */
export function opensslCades(
  pdf: Buffer,
  rootPem: string,
  crls: readonly Buffer[] = [],
): Promise<ToolResult> {
  const gap = readSealGap(pdf);
  if (gap === undefined) return Promise.resolve({ exitCode: 1, output: 'the PDF has no seal' });
  const files = {
    'seal.cms': readGap(pdf, gap),
    'signed.bin': Buffer.concat([pdf.subarray(0, gap.start), pdf.subarray(gap.end)]),
    'root.pem': rootPem + crls.map(toCrlPem).join(''),
  };
  // Without -binary openssl would change line ends and find every digest wrong.
  const args =
    'cms -verify -binary -cades -purpose any -inform DER -in seal.cms -content signed.bin -CAfile root.pem -out out.bin';
  const checks = crls.length === 0 ? [] : ['-crl_check_all'];
  return withFiles(files, (folder) => runTool('openssl', [...args.split(' '), ...checks], folder));
}

/** What iText runs with: jar → Debian package, for `needsJars`. */
export const ITEXT_JARS = {
  itext5: 'libitext5-java',
  bcprov: 'libbcprov-java',
  bcpkix: 'libbcpkix-java',
  bcutil: 'libbcprov-java',
};

/**
 * iText 5 on the seal of a PDF (`classPath` of `ITEXT_JARS`), as findings by name: `whole`, `revisions`,
 * `integrity`, `stamped`, `imprint`, `store`. It knows no elliptic curves. What it throws is `refusal`.
 */
export function itextVerify(pdf: Buffer, classPath: string): Promise<Readonly<Record<string, string>>> {
  return withFiles({ 'sealed.pdf': pdf }, async (folder) => {
    const program = join(projectRoot, 'test', 'support', 'itext-verify.java');
    const { exitCode, output } = await runTool('java', ['-cp', classPath, program, 'sealed.pdf'], folder);
    const findings = Object.fromEntries(
      output
        .split('\n')
        .flatMap((line) => [/^(\w+)=(\w+)$/.exec(line)?.slice(1) ?? []])
        .filter(({ length }) => length === 2),
    ) as Record<string, string>;
    return exitCode === 0 ? findings : { ...findings, refusal: output };
  });
}

/** `openssl ts -verify` on a bare token (DER) over these bytes; without `issuerPem` the token must carry its chain. */
export function opensslToken(token: Buffer, content: Buffer, rootPem: string): Promise<ToolResult> {
  return withFiles({ token, content, 'root.pem': rootPem }, (folder) =>
    runTool(
      'openssl',
      ['ts', '-verify', '-token_in', '-in', 'token', '-data', 'content', '-CAfile', 'root.pem'],
      folder,
    ),
  );
}

/** `qpdf --check`: syntax and cross-references. */
export function qpdfCheck(pdf: Buffer): Promise<ToolResult> {
  return withFiles({ 'file.pdf': pdf }, (folder) => runTool('qpdf', ['--check', 'file.pdf'], folder));
}

/** The first attached file (tool `pdfdetach`). */
export function pdfdetach(pdf: Buffer): Promise<Buffer> {
  return withFiles({ 'file.pdf': pdf }, async (folder) => {
    await runTool('pdfdetach', ['-save', '1', '-o', 'attached', 'file.pdf'], folder);
    return readFileSync(join(folder, 'attached'));
  });
}

/** The libraries of PDFBox preflight, and the Debian packages that bring them; see `needsJars`. */
export const PREFLIGHT_JARS: Readonly<Record<string, string>> = {
  preflight: 'libpdfbox2-java',
  pdfbox2: 'libpdfbox2-java',
  xmpbox: 'libpdfbox2-java',
  fontbox2: 'libfontbox2-java',
  'commons-logging': 'libcommons-logging-java',
  'commons-io': 'libcommons-io-java',
  bcprov: 'libbcprov-java',
  bcpkix: 'libbcpkix-java',
  bcmail: 'libbcmail-java',
  bcutil: 'libbcutil-java',
  'jaxb-api': 'libjaxb-api-java',
  'javax.activation': 'libactivation-java',
};

/** PDFBox preflight on all files at once: what it finds against PDF/A-1b, by name of the file. */
export function preflight(
  classPath: string,
  pdfs: Readonly<Record<string, Buffer>>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  return withFiles(pdfs, async (folder) => {
    const found: Record<string, string[]> = {};
    const validator = 'org.apache.pdfbox.preflight.Validator_A1b';
    const { output } = await runTool('java', ['-cp', classPath, validator, 'batch', '.'], folder);
    for (const part of output.split(/^(?=The file )/m)) {
      const [, name, verdict] = /^The file (\S+) is (a valid|not a valid) PDF\/A-1b file/.exec(part) ?? [];
      if (name !== undefined)
        found[name] = verdict === 'a valid' ? [] : part.split('\n').slice(1).filter(Boolean);
    }
    return found;
  });
}

/** MuPDF's `mutool sign -v`: a second reader of structure and digest; it trusts no private root. */
export function mutoolSign(pdf: Buffer): Promise<ToolResult> {
  return withFiles({ 'sealed.pdf': pdf }, (folder) =>
    runTool('mutool', ['sign', '-v', 'sealed.pdf'], folder),
  );
}

/** `openssl ocsp` with a nonce: asks the responder at `url` about one certificate and checks its answer. */
export function opensslOcsp(question: {
  readonly url: string;
  readonly certificatePem: string;
  readonly issuerPem: string;
  readonly rootPem: string;
}): Promise<ToolResult> {
  const { url, certificatePem, issuerPem, rootPem } = question;
  return withFiles({ 'asked.pem': certificatePem, 'issuer.pem': issuerPem, 'root.pem': rootPem }, (folder) =>
    runTool(
      'openssl',
      ['ocsp', '-issuer', 'issuer.pem', '-cert', 'asked.pem', '-url', url, '-CAfile', 'root.pem', '-nonce'],
      folder,
    ),
  );
}

/** `openssl crl`: whether the list (DER) was signed by this authority. */
export function opensslCrl(crl: Buffer, authorityPem: string): Promise<ToolResult> {
  return withFiles({ 'list.crl': crl, 'authority.pem': authorityPem }, (folder) =>
    runTool(
      'openssl',
      ['crl', '-inform', 'DER', '-in', 'list.crl', '-CAfile', 'authority.pem', '-noout', '-text'],
      folder,
    ),
  );
}

/** `openssl ts -query`: a time-stamp request (DER) with nonce and certificate wanted, for the SHA-256 of `content`. */
export async function opensslTimeStampQuery(content: Buffer): Promise<Buffer> {
  return withFiles({ content }, async (folder) => {
    await runTool(
      'openssl',
      ['ts', '-query', '-data', 'content', '-sha256', '-cert', '-out', 'request.tsq'],
      folder,
    );
    return readFileSync(join(folder, 'request.tsq'));
  });
}

/** `openssl ts -verify`: whether a TimeStampResp answers this request for this content, up to the root. */
export function opensslTimeStampVerify(answer: {
  readonly content: Buffer;
  readonly request: Buffer;
  readonly response: Buffer;
  readonly rootPem: string;
  readonly issuerPem: string;
}): Promise<readonly ToolResult[]> {
  const { content, request, response, rootPem, issuerPem } = answer;
  const files = {
    content,
    'request.tsq': request,
    'response.tsr': response,
    'root.pem': rootPem,
    'issuer.pem': issuerPem,
  };
  const trust = ['-CAfile', 'root.pem', '-untrusted', 'issuer.pem'];
  return withFiles(files, (folder) =>
    Promise.all([
      runTool('openssl', ['ts', '-verify', '-data', 'content', '-in', 'response.tsr', ...trust], folder),
      runTool(
        'openssl',
        ['ts', '-verify', '-queryfile', 'request.tsq', '-in', 'response.tsr', ...trust],
        folder,
      ),
    ]),
  );
}

function toCrlPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN X509 CRL-----', ...lines, '-----END X509 CRL-----', ''].join('\n');
}
