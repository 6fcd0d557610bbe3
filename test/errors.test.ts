import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeError, isRetriable, ServiceError } from '../src/errors.ts';

describe('ServiceError', () => {
  it('keeps code, message and cause', () => {
    const cause = new Error('reset');
    const error = new ServiceError('archiveUnavailable', 'the archive is away', { cause });
    assert.ok(error instanceof Error);
    assert.deepEqual(
      [error.name, error.code, error.message, error.cause],
      ['ServiceError', 'archiveUnavailable', 'the archive is away', cause],
    );
  });
});

describe('isRetriable', () => {
  it('goes by the code', () => {
    assert.equal(isRetriable(new ServiceError('archiveUnavailable', '')), true);
    assert.equal(isRetriable(new ServiceError('sealingFailed', '')), false);
    assert.equal(isRetriable(new ServiceError('leaseLost', '')), false);
  });

  it('takes anything else for unexpected, which may be tried again', () => {
    for (const thrown of [new Error('x'), new TypeError('x'), 'text', undefined, null])
      assert.equal(isRetriable(thrown), true);
  });
});

describe('describeError', () => {
  it('says what was thrown in one text', () => {
    assert.equal(describeError(new Error('reset')), 'reset');
    assert.equal(describeError('text'), 'text');
    assert.equal(describeError(undefined), 'undefined');
  });

  it('says each of several faults that have no text together', () => {
    const faults = new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]);
    assert.equal(describeError(faults), '::1 refused; 127.0.0.1 refused');
    assert.equal(describeError(new AggregateError([new Error('a')], 'both failed')), 'both failed');
    assert.equal(describeError(new AggregateError([new AggregateError([new Error('deep')])])), 'deep');
  });
});
