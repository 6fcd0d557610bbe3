/** Tests of callers and their scopes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Caller, hasScope, parseScopes, SCOPES } from '../../src/access/caller.ts';
import type { EnterpriseNumber } from '../../src/domain/enterprise-number.ts';

describe('parseScopes', () => {
  it('keeps the scopes of the closed list and leaves out the rest', () => {
    const scopes = parseScopes('openid dimona:declare dimona:declare DIMONA:CONSULT dimona:* ebox:consult');
    assert.deepEqual([...scopes], ['dimona:declare', 'ebox:consult']);
  });

  it('separates at single spaces only', () => {
    assert.deepEqual([...parseScopes('dimona:declare,ebox:consult')], []);
    assert.deepEqual([...parseScopes('dimona:declare\tebox:consult')], []);
    assert.deepEqual([...parseScopes('')], []);
  });

  it('knows every scope of the list', () => {
    assert.deepEqual([...parseScopes(SCOPES.join(' '))], [...SCOPES]);
  });
});

describe('hasScope', () => {
  const caller: Caller = {
    kind: 'client',
    clientId: 'agency',
    organization: '0206731645' as EnterpriseNumber,
    scopes: parseScopes('batches:submit'),
  };

  it('tells a scope held from one not held', () => {
    assert.equal(hasScope(caller, 'batches:submit'), true);
    assert.equal(hasScope(caller, 'batches:approve'), false);
  });
});
