/** Bodies: what is refused before anybody works with it, and how that is told. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { quaIn } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { type Answer, type Api, type Call, createApi } from './api.ts';

interface Issue {
  readonly type: string;
  readonly href: string;
  readonly in?: string;
  readonly name?: string;
  readonly inputs?: readonly { readonly name: string }[];
}

let service: TestService;
let api: Api;
let token: string;
let ssin: string;

before(async () => {
  service = await startTestService();
  api = await createApi(service);
  token = await service.clientToken('payroll', 'dimona:declare');
  ssin = demoSsin('lena');
});
after(() => service.stop());

function declare(call: Call): Promise<Answer> {
  return api.call('post', '/dimona/v2/declarations', { token, ...call });
}

/** Sends what must be refused with 400 and gives the issues, without the values that a careless answer would repeat. */
async function issuesOf(body: unknown): Promise<readonly Issue[]> {
  const answer = await declare({ body });
  assert.equal(answer.status, 400, answer.bytes.toString('utf8'));
  assert.equal(answer.body.type, 'urn:problem-type:belgif:badRequest');
  for (const issue of answer.body.issues) assert.match(issue.href, /^https:\/\/www\.belgif\.be\//);
  assertNoSsin(answer);
  return answer.body.issues;
}

/** No answer may hold the SSIN, however it is written. */
function assertNoSsin({ bytes, headers }: Answer): void {
  const digits = `${bytes.toString('utf8')} ${JSON.stringify(headers)}`.replace(/[.\- ]/g, '');
  assert.ok(!digits.includes(ssin), 'the answer holds the SSIN');
}

async function namesOf(body: unknown): Promise<readonly string[]> {
  return (await issuesOf(body)).map(
    ({ type, in: place, name }) => `${type.split(':').at(-1)} ${place} ${name}`,
  );
}

describe('a JSON body', () => {
  describe('when it does not fit the schema', () => {
    it('is refused with the name of each field', async () => {
      const body = quaIn({ ssin, day: '2020-09-01' });
      assert.deepEqual(await namesOf({ ...body, worker: { ssin: '8803149986' } }), [
        'schemaViolation body worker.ssin',
      ]);
      const spoiled = {
        ...body,
        worker: { ssin: Number(ssin) },
        dimonaIn: { startDate: 1, features: 'QUA' },
      };
      assert.deepEqual(await namesOf(spoiled), [
        'schemaViolation body worker.ssin',
        'schemaViolation body dimonaIn.startDate',
        'schemaViolation body dimonaIn.features',
      ]);
    });

    it('is refused for a null, and for another value than an object', async () => {
      assert.deepEqual(await namesOf({ dimonaCancel: { periodId: null } }), [
        'schemaViolation body dimonaCancel.periodId',
      ]);
      for (const body of ['null', '[]', '"x"', '1']) assert.deepEqual((await issuesOf(body))[0]?.in, 'body');
    });

    it('says that one of several inputs is wanted', async () => {
      for (const body of [{}, { dimonaCancel: {}, dimonaOut: {} }]) {
        const [issue] = await issuesOf(body);
        assert.equal(issue?.type, 'urn:problem-type:belgif-ext:input-validation:exactlyOneOfExpected');
        assert.deepEqual(
          issue?.inputs?.map(({ name }) => name),
          ['dimonaIn', 'dimonaOut', 'dimonaUpdate', 'dimonaCancel'],
        );
      }
    });
  });

  describe('when it holds a property that is not known', () => {
    it('is refused by the name of the property', async () => {
      const body = quaIn({ ssin, day: '2020-09-01' });
      assert.deepEqual(await namesOf({ ...body, status: 'A', worker: { ...body.worker, inss: ssin } }), [
        'unknownInput body worker.inss',
        'unknownInput body status',
      ]);
      assert.deepEqual(await namesOf({ dimonaCancel: { constructor: {}, toString: 1 } }), [
        'unknownInput body dimonaCancel.constructor',
        'unknownInput body dimonaCancel.toString',
      ]);
    });

    it('repeats no SSIN that is given as a name, and no endless one', async () => {
      const written = `${ssin.slice(0, 6)}-${ssin.slice(6, 9)}.${ssin.slice(9)}`;
      const names = await namesOf(`{"dimonaCancel":{},"${ssin}":1,"x ${written}":1,"${'y'.repeat(5000)}":1}`);
      assert.equal(names.length, 3);
      assert.ok(names.every((name) => name.length < 150));
    });

    it('lists fifty of them at most', async () => {
      const many = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`x${index}`, 1]));
      assert.equal((await issuesOf({ dimonaCancel: {}, ...many })).length, 50);
    });
  });

  describe('when it could be read in two ways', () => {
    it('is refused', async () => {
      assert.deepEqual(await namesOf('{"dimonaCancel":{"periodId":900000000178,"periodId":900000000275}}'), [
        'schemaViolation body dimonaCancel.periodId',
      ]);
      assert.deepEqual(await namesOf('{"dimonaCancel":{"__proto__":{"periodId":900000000178}}}'), [
        'schemaViolation body dimonaCancel.__proto__',
      ]);
      assert.equal((await issuesOf(`{"dimonaCancel":${'['.repeat(5000)}${']'.repeat(5000)}}`)).length, 1);
    });
  });

  describe('when it is no JSON in UTF-8', () => {
    it('is refused', async () => {
      const latin = Buffer.from('{"worker":{"familyName":"Noël"},"dimonaCancel":{}}', 'latin1');
      const marked = Buffer.from('\ufeff{"dimonaCancel":{}}');
      for (const body of ['', ' ', '{', '{"dimonaCancel":{}}x', `{"x":${ssin}`, latin, marked]) {
        const [issue, ...others] = await issuesOf(body);
        assert.deepEqual([issue?.in, issue?.name, others], ['body', undefined, []]);
      }
    });
  });

  describe('when it comes as something else', () => {
    it('is refused as an unsupported media type', async () => {
      const body = JSON.stringify(quaIn({ ssin, day: '2020-09-01' }));
      for (const type of [
        'text/plain',
        'application/xml',
        'application/json; charset=iso-8859-1',
        'json',
        '*/*',
      ]) {
        const { status, body: problem } = await declare({ type, body });
        assert.equal(status, 415, type);
        assert.equal(problem.type, 'urn:problem-type:citizen-ebox:unsupportedMediaType');
      }
      const coded = await declare({ headers: { 'Content-Encoding': 'gzip' }, body });
      assert.equal(coded.status, 415);
    });

    it('is refused when no media type is named', async () => {
      const response = await fetch(`${service.url}/dimona/v2/declarations`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        body: new TextEncoder().encode('{}'),
      });
      assert.equal(response.status, 415);
    });

    it('is taken with the character set that JSON has anyway', async () => {
      const body = quaIn({ ssin, day: '2020-09-01' });
      for (const type of [
        'application/json; charset=utf-8',
        'application/json;charset="UTF-8"',
        'Application/JSON',
      ])
        assert.equal((await declare({ type, body })).status, 201, type);
    });
  });
});

describe('an Idempotency-Key', () => {
  it('that is not printable or too long is refused by name', async () => {
    const body = quaIn({ ssin, day: '2020-09-02' });
    for (const key of ['', '""', 'a b', 'x'.repeat(65)]) {
      const { status, body: problem } = await declare({ headers: { 'Idempotency-Key': key }, body });
      assert.deepEqual(
        [status, problem.issues[0].in, problem.issues[0].name],
        [400, 'header', 'Idempotency-Key'],
      );
    }
  });

  it('that stands for another body is refused', async () => {
    const headers = { 'Idempotency-Key': '"3f2c"' };
    const first = await declare({ headers, body: quaIn({ ssin, day: '2020-09-03' }) });
    const again = await declare({ headers, body: quaIn({ ssin, day: '2020-09-03' }) });
    const other = await declare({ headers, body: quaIn({ ssin, day: '2020-09-04' }) });
    assert.deepEqual([first.status, again.status, other.status], [201, 201, 422]);
    assert.equal(again.headers.location, first.headers.location);
    assert.equal(other.body.type, 'urn:problem-type:citizen-ebox:idempotencyKeyReused');
  });
});
