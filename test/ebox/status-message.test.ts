/** Tests of the errors of the message registry. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { statusMessageOf } from '../../src/ebox/status-message.ts';

function codeOf(status: number): string {
  return statusMessageOf({ status }, 'why', '123e4567-e89b-12d3-a456-426614174000', 'production').code;
}

describe('statusMessageOf', () => {
  it('gives what the contract demands and nothing more', () => {
    assert.deepEqual(
      statusMessageOf({ status: 404 }, 'why', '123e4567-e89b-12d3-a456-426614174000', 'production'),
      {
        id: '123e4567-e89b-12d3-a456-426614174000',
        code: 'NOT_FOUND',
        message: 'why',
        environment: 'production',
      },
    );
  });

  it('gives each status that we answer with a code of its own', () => {
    const codes = [400, 401, 403, 404, 405, 413, 415, 416, 429, 500, 502, 503].map(codeOf);
    assert.equal(new Set(codes).size, codes.length);
  });

  it('blames the caller for no fault of ours, and us for none of the caller', () => {
    assert.equal(codeOf(418), 'INVALID_INPUT');
    assert.equal(codeOf(507), 'INTERNAL_ERROR');
  });
});
