import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { decodeChunks } from '../../../src/embedded/s3/chunked.ts';
import { Refusal, type RefusalCode } from '../../../src/embedded/s3/refusal.ts';
import { type Authentication, authenticate } from '../../../src/embedded/s3/signature.ts';

async function* pieces(...buffers: readonly (Buffer | string)[]): AsyncGenerator<Buffer> {
  for (const buffer of buffers) yield Buffer.from(buffer);
}

async function decode(source: AsyncGenerator<Buffer>, signed?: Authentication) {
  const chunks: Buffer[] = [];
  const trailer = await decodeChunks(source, signed, (chunk) => {
    chunks.push(Buffer.from(chunk));
  });
  return { body: Buffer.concat(chunks), trailer: Object.fromEntries(trailer) };
}

const refusedWith = (code: RefusalCode) => (error: unknown) =>
  error instanceof Refusal && error.code === code;

/** The example of the S3 API reference: 65 KiB of `a` in chunks of 64 KiB, signed. */
function example(trailing: boolean): { readonly wire: Buffer; readonly signed: Authentication } {
  const signatures = trailing
    ? [
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ]
    : [
        'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
        '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
        'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
      ];
  const chunk = (size: number, index: number) =>
    `${size.toString(16)};chunk-signature=${signatures[index]}\r\n${'a'.repeat(size)}${size > 0 ? '\r\n' : ''}`;
  const end = trailing
    ? 'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n'
    : '\r\n';
  return {
    wire: Buffer.from(chunk(65_536, 0) + chunk(1024, 1) + chunk(0, 2) + end),
    signed: authenticateExample(trailing),
  };
}

function authenticateExample(trailing: boolean): Authentication {
  const headers: Record<string, string> = {
    'content-encoding': 'aws-chunked',
    ...(!trailing && { 'content-length': '66824' }),
    host: 's3.amazonaws.com',
    'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailing ? '-TRAILER' : ''}`,
    'x-amz-date': '20130524T000000Z',
    'x-amz-decoded-content-length': '66560',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    ...(trailing && { 'x-amz-trailer': 'x-amz-checksum-crc32c' }),
  };
  const signature = trailing
    ? '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e'
    : '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${Object.keys(headers).join(';')},Signature=${signature}`;
  const request = {
    method: 'PUT',
    path: '/examplebucket/chunkObject.txt',
    bucket: 'examplebucket',
    key: 'chunkObject.txt',
    query: new Map(),
    headers: new Map(Object.entries(headers)),
    headerNames: new Set(Object.keys(headers)),
    message: undefined as never,
  };
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    region: 'us-east-1',
  };
  return authenticate(request, credentials, Date.UTC(2013, 4, 24));
}

describe('decodeChunks', () => {
  it('gives the body and the trailer, however the bytes were cut', async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { maxLength: 5 }),
        fc.array(fc.nat(1500), { maxLength: 20 }),
        async (chunks, cuts) => {
          const framed = chunks.flatMap((one) => [
            Buffer.from(`${one.length.toString(16)}\r\n`),
            one,
            Buffer.from('\r\n'),
          ]);
          const wire = Buffer.concat([...framed, Buffer.from('0\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n\r\n')]);
          const at = [0, ...cuts.filter((cut) => cut < wire.length).sort((a, b) => a - b), wire.length];
          const cut = at.slice(1).map((end, index) => wire.subarray(at[index], end));
          const { body, trailer } = await decode(pieces(...cut));
          assert.deepEqual(body, Buffer.concat(chunks));
          assert.deepEqual(trailer, { 'x-amz-checksum-crc32': 'AAAAAA==' });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes a body without a trailer, and one whose last line end is missing its twin', async () => {
    assert.deepEqual(await decode(pieces('3\r\nabc\r\n0\r\n\r\n')), {
      body: Buffer.from('abc'),
      trailer: {},
    });
    const { trailer } = await decode(pieces('0\r\nname:value\n\r\n'));
    assert.deepEqual(trailer, { name: 'value' });
  });

  describe('when the body is not well-formed', () => {
    const cases: readonly (readonly [string, string, RefusalCode])[] = [
      ['ends within a chunk', '5\r\nabc', 'IncompleteBody'],
      ['ends between chunks', '3\r\nabc\r\n', 'InvalidRequest'],
      ['ends within a line', '3\r\nabc\r\n0', 'IncompleteBody'],
      ['has a size that is no number', 'xyz\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
      ['has a size nobody can hold', 'ffffffffffffffff\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
      ['has more bytes in a chunk than announced', '2\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
      ['has a line without an end', 'a'.repeat(5000), 'InvalidRequest'],
      ['has a trailer that is none', '0\r\nno colon here\r\n\r\n', 'MalformedTrailerError'],
    ];
    for (const [what, wire, code] of cases) {
      it(`refuses one that ${what}`, async () => {
        await assert.rejects(decode(pieces(wire)), refusedWith(code));
      });
    }

    it('refuses a trailer of many lines', async () => {
      await assert.rejects(
        decode(pieces(`0\r\n${'a:b\r\n'.repeat(50)}\r\n`)),
        refusedWith('MalformedTrailerError'),
      );
    });
  });

  for (const trailing of [false, true]) {
    describe(`when chunks are signed, ${trailing ? 'with' : 'without'} a trailer`, () => {
      it('accepts the example of the S3 API reference', async () => {
        const { wire, signed } = example(trailing);
        const { body, trailer } = await decode(pieces(wire), signed);
        assert.ok(body.equals(Buffer.alloc(66_560, 'a')));
        assert.deepEqual(trailer, trailing ? { 'x-amz-checksum-crc32c': 'sOO8/Q==' } : {});
      });

      it('refuses a byte changed in any chunk', async () => {
        const { wire, signed } = example(trailing);
        for (const position of [100, wire.indexOf('400;') + 100]) {
          const changed = Buffer.from(wire);
          changed[position] = 98;
          await assert.rejects(decode(pieces(changed), signed), refusedWith('SignatureDoesNotMatch'));
        }
      });

      it('refuses chunks in another order, left out, or without signature', async () => {
        const { wire, signed } = example(trailing);
        const [second, last] = [wire.indexOf('400;'), wire.indexOf('0;chunk', wire.indexOf('400;') + 10)];
        const [a, b, c] = [wire.subarray(0, second), wire.subarray(second, last), wire.subarray(last)];
        for (const order of [[b, a, c], [a, c], [c]]) {
          await assert.rejects(decode(pieces(...order), signed), refusedWith('SignatureDoesNotMatch'));
        }
        await assert.rejects(
          decode(pieces('1\r\na\r\n0\r\n\r\n'), signed),
          refusedWith('SignatureDoesNotMatch'),
        );
      });
    });
  }

  it('refuses a signed trailer that was changed, or lost its signature', async () => {
    const { wire, signed } = example(true);
    const changed = wire.toString().replace('sOO8/Q==', 'AAAAAA==');
    await assert.rejects(decode(pieces(changed), signed), refusedWith('SignatureDoesNotMatch'));
    const bare = wire.toString().replace(/x-amz-trailer-signature.*\r\n/, '');
    await assert.rejects(decode(pieces(bare), signed), refusedWith('SignatureDoesNotMatch'));
  });
});
