/** Checks of what kind of work is declared: worker type, joint committee, using employer, other blocks. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JOINT_COMMITTEES, type UsingEmployer, WORKER_TYPES } from '../../src/domain/declaration.ts';
import { checkFeatures, checkOtherBlocks } from '../../src/domain/zone-checks.ts';

describe('checkFeatures', () => {
  it('takes every worker type and joint committee of the message', () => {
    for (const workerType of WORKER_TYPES)
      assert.deepEqual(checkFeatures({ workerType, jointCommittee: 'XXX' }), [], workerType);
    for (const jointCommittee of JOINT_COMMITTEES.filter((one) => one !== '322'))
      assert.deepEqual(checkFeatures({ workerType: 'OTH', jointCommittee }), [], jointCommittee);
  });
  it('asks for both', () => {
    assert.deepEqual(checkFeatures(undefined), ['00655-001', '00046-001']);
    assert.deepEqual(checkFeatures({}), ['00655-001', '00046-001']);
  });
  it('refuses other values, lower case and numbers of other committees among them', () => {
    assert.deepEqual(checkFeatures({ workerType: 'qua', jointCommittee: '145.04' }), [
      '00655-003',
      '00046-003',
    ]);
  });

  describe('when the joint committee is 322', () => {
    const lent = (usingEmployer?: UsingEmployer) =>
      checkFeatures({ workerType: 'QUA', jointCommittee: '322', ...(usingEmployer && { usingEmployer }) });
    const number = '0202239951';
    const address = { street: 'Kouter', houseNumber: '1', postCode: '9000', city: 'Gent', country: '150' };

    it('takes a using employer by number, or by name and address', () => {
      assert.deepEqual(lent({ jointCommittee: '144', enterpriseNumber: number }), []);
      assert.deepEqual(lent({ jointCommittee: '145', name: 'Hoeve', address }), []);
    });
    it('asks for a using employer', () => assert.deepEqual(lent(), ['90107-351']));
    it('asks for its joint committee, which may not be 322', () => {
      assert.deepEqual(lent({ enterpriseNumber: number }), ['00046-001']);
      assert.deepEqual(lent({ jointCommittee: '322', enterpriseNumber: number }), ['00046-005']);
      assert.deepEqual(lent({ jointCommittee: '999', enterpriseNumber: number }), ['00046-003']);
    });
    it('refuses number and name together, and wrong check digits', () => {
      assert.deepEqual(lent({ jointCommittee: '144', enterpriseNumber: number, name: 'Hoeve' }), [
        '90107-352',
      ]);
      assert.deepEqual(lent({ jointCommittee: '144', enterpriseNumber: '0202239950' }), ['00131-003']);
    });
    it('asks for number or name', () => assert.deepEqual(lent({ jointCommittee: '144' }), ['90107-351']));
    it('asks for the whole address beside a name', () => {
      assert.deepEqual(lent({ jointCommittee: '144', name: 'Hoeve' }), [
        '00517-001',
        '00518-001',
        '00520-001',
        '00522-001',
        '00523-001',
      ]);
    });
  });

  describe('when the joint committee is another', () => {
    const beside = (usingEmployer: UsingEmployer) =>
      checkFeatures({ workerType: 'QUA', jointCommittee: '144', usingEmployer });

    it('forbids every zone of a using employer', () => {
      const user = {
        jointCommittee: '145',
        enterpriseNumber: '0202239951',
        name: 'Hoeve',
        address: {
          street: 'Kouter',
          houseNumber: '1',
          postBox: 'A',
          postCode: '9000',
          city: 'Gent',
          country: '150',
        },
      };
      assert.deepEqual(beside(user), [
        '00046-005',
        '00131-005',
        '00153-005',
        '00517-005',
        '00518-005',
        '00519-005',
        '00520-005',
        '00522-005',
        '00523-005',
      ]);
    });
    it('forbids an empty one', () => assert.deepEqual(beside({}), ['00153-005']));
  });
});

describe('checkOtherBlocks', () => {
  it('forbids the blocks that other worker types fill in', () => {
    assert.deepEqual(
      checkOtherBlocks({ workerType: 'QUA', jointCommittee: '144' }, [
        'controlCards',
        'studentPlaceOfWork',
        'smallStatutes',
      ]),
      ['00663-005', '00664-005', '00776-005', '00053-005', '01231-005'],
    );
  });
  it('lets the worker types have theirs', () => {
    assert.deepEqual(
      checkOtherBlocks({ workerType: 'STU', jointCommittee: 'XXX' }, ['studentPlaceOfWork']),
      [],
    );
    assert.deepEqual(checkOtherBlocks({ workerType: 'IVT', jointCommittee: 'XXX' }, ['smallStatutes']), []);
  });
  it('lets the building trade have its control cards, also through a temporary work agency', () => {
    const lent = { workerType: 'BCW', jointCommittee: '322' };
    assert.deepEqual(checkOtherBlocks({ workerType: 'BCW', jointCommittee: '124' }, ['controlCards']), []);
    assert.deepEqual(
      checkOtherBlocks({ ...lent, usingEmployer: { jointCommittee: '124' } }, ['controlCards']),
      [],
    );
    assert.deepEqual(checkOtherBlocks(lent, ['controlCards']), []);
    assert.deepEqual(
      checkOtherBlocks({ ...lent, usingEmployer: { jointCommittee: '144' } }, ['controlCards']),
      ['00663-005', '00664-005'],
    );
  });
});
