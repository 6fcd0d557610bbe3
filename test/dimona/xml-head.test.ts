/** The head of a form: when it was made, by the clocks of Brussels, and by which references it is known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readForm } from '../../src/dimona/form-reader.ts';
import { toDeclaration } from '../../src/dimona/xml.ts';
import { formOf, referenceOf, type Tree, writeTree } from '../support/declarations.ts';
import { REFERENCES, withValue } from './trees.ts';

const receivedAt = new Date('2020-09-01T10:00:00Z');

const read = (form: Tree, at = receivedAt) => toDeclaration(readForm(writeTree(form)), at);
const codesOf = (form: Tree, at = receivedAt) =>
  read(form, at).declaration.formAnomalies.map(({ code }) => code);
const CANCEL: Tree = ['DimonaCancel', [['DimonaPeriodId', '600027876089']]];

describe('toDeclaration', () => {
  describe('when it was made', () => {
    const made = (createdOn: string, createdAt: string, at = receivedAt) =>
      read(formOf(CANCEL, { createdOn, createdAt }), at).declaration;
    const later = new Date('2026-01-01T00:00:00Z');

    it('reads the clocks of Brussels, summer and winter', () => {
      assert.equal(made('2020-08-31', '23:30:00.000').declaredAt.toISOString(), '2020-08-31T21:30:00.000Z');
      assert.equal(made('2020-01-31', '23:30:00.123').declaredAt.toISOString(), '2020-01-31T22:30:00.123Z');
      assert.equal(made('2020-08-31', '00:30:00.000').declaredOn, '2020-08-31');
    });
    it('reads the hours that the clocks skip and show twice', () => {
      assert.equal(
        made('2020-10-25', '02:30:00.000', later).declaredAt.toISOString(),
        '2020-10-25T00:30:00.000Z',
      );
      assert.equal(
        made('2020-10-25', '03:00:00.000', later).declaredAt.toISOString(),
        '2020-10-25T02:00:00.000Z',
      );
      const skipped = made('2020-03-29', '02:30:00.000', later);
      assert.equal(skipped.declaredAt.toISOString(), '2020-03-29T01:30:00.000Z');
      assert.deepEqual([skipped.declaredOn, skipped.formAnomalies], ['2020-03-29', []]);
    });
    it('takes a form of any age, as history may be replayed', () =>
      assert.deepEqual(made('2009-01-22', '08:00:00.000', later).formAnomalies, []));
    it('refuses a day in the future, by the day in Brussels', () => {
      const midnight = new Date('2020-08-31T22:00:00Z');
      assert.deepEqual(codesOf(formOf(CANCEL, { createdOn: '2020-09-01' }), midnight), []);
      const before = new Date('2020-08-31T21:59:59.999Z');
      assert.deepEqual(codesOf(formOf(CANCEL, { createdOn: '2020-09-01' }), before), ['00218-003']);
    });
    it('counts from receipt what claims a later hour of the day', () => {
      const { declaredAt, formAnomalies } = made('2020-09-01', '23:59:59.999');
      assert.deepEqual([declaredAt, formAnomalies], [receivedAt, []]);
    });
    it('counts from receipt what cannot be read', () => {
      for (const [createdOn, createdAt, code] of [
        ['2020-02-30', '08:00:00.000', '00218-003'],
        ['2020-09-01', '08:00', '00299-003'],
        ['', '', '00218-003'],
      ] as const) {
        const { declaredAt, formAnomalies } = made(createdOn, createdAt);
        assert.deepEqual([declaredAt, formAnomalies[0]], [receivedAt, { code }]);
      }
      assert.equal(read(['Form', [CANCEL]]).declaration.declaredAt, receivedAt);
    });
    it('reads midnight written as 24 hours for no hour', () =>
      assert.deepEqual(codesOf(formOf(CANCEL, { createdAt: '24:00:00.000' })), ['00299-003']));
  });

  describe('when there are references', () => {
    const withReferences = (...references: readonly Tree[]): Tree => {
      const [name, content] = formOf(CANCEL);
      return [name, (content as readonly Tree[]).toSpliced(5, 0, ...references)];
    };
    it('gives them by type', () => {
      const { references, messageReference } = read(withReferences(...REFERENCES));
      assert.deepEqual(
        references,
        ['1', '6', '7', '8'].map((type) => ({ type, number: `ref ${type}` })),
      );
      assert.equal(messageReference, 'ref 1');
    });
    it('refuses the same type twice, and keeps the first', () => {
      const twice = withReferences(referenceOf('1', 'a'), referenceOf('1', 'b'));
      assert.deepEqual([codesOf(twice), read(twice).messageReference], [['90082-006'], 'a']);
    });
    it('keeps none that is broken', () => {
      const broken = withReferences(referenceOf('9', 'a'), referenceOf('1', 'x'.repeat(21)), [
        'Reference',
        [],
      ]);
      assert.deepEqual(read(broken).references, []);
      assert.equal('messageReference' in read(broken), false);
      assert.deepEqual(codesOf(broken), ['00221-001', '00221-003', '00222-001', '00222-003', '00298-001']);
    });
  });

  describe('when the head says more than the glossary allows', () => {
    it('refuses an attestation status that is not 0', () => {
      const withStatus = (status: string) => withValue(formOf(CANCEL), 'AttestationStatus', status);
      for (const status of ['1', '3']) assert.deepEqual(codesOf(withStatus(status)), ['00110-003']);
      assert.deepEqual(codesOf(withStatus(' 00')), []);
    });
  });
});
