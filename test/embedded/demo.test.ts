/** The demonstration's persons and programs: valid, made up, and such that every language and a replaced number occur. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readMunicipalities } from '../../src/catalogue/reference-file.ts';
import { parseEnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import { municipalityOn } from '../../src/domain/municipality.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import { birthOf, parseSsin } from '../../src/domain/ssin.ts';
import {
  DEMO_CITIZENS,
  DEMO_OFFICIALS,
  demoClients,
  demoPersons,
  INBOX_CLIENT,
} from '../../src/embedded/demo.ts';
import { projectRoot } from '../support/needs.ts';

const today = '2026-01-15' as LocalDate;

describe('DEMO_CITIZENS', () => {
  for (const citizen of DEMO_CITIZENS) {
    describe(citizen.personId, () => {
      it('has a number that is well formed and says the birth date', () => {
        const ssin = parseSsin(citizen.ssin, today);
        assert.ok(ssin);
        assert.equal(birthOf(ssin).date, citizen.birthDate);
      });

      it('has a number that nobody real has: one of the last of its day', () => {
        for (const ssin of [citizen.ssin, ...(citizen.replaces === undefined ? [] : [citizen.replaces])]) {
          assert.ok(parseSsin(ssin, today));
          assert.match(ssin.slice(6, 9), /^99[678]$|^997$/);
        }
      });

      it('lives in a municipality of today', async () => {
        const municipalities = await readMunicipalities(join(projectRoot, 'templates'));
        assert.equal(municipalityOn(municipalities, citizen.nisCode, today)?.nisCode, citizen.nisCode);
      });

      it('has an address that leads nowhere', () => assert.match(citizen.email, /@example\.org$/));
    });
  }

  it('are different persons', () => {
    const numbers = DEMO_CITIZENS.flatMap(({ ssin, replaces }) => [
      ssin,
      ...(replaces === undefined ? [] : [replaces]),
    ]);
    assert.equal(new Set(numbers).size, numbers.length);
    assert.equal(new Set(DEMO_CITIZENS.map(({ personId }) => personId)).size, DEMO_CITIZENS.length);
  });

  it('have somebody who chose no language and somebody whose number was replaced', () => {
    assert.ok(DEMO_CITIZENS.some(({ language }) => language === undefined));
    assert.ok(DEMO_CITIZENS.some(({ replaces }) => replaces !== undefined));
  });
});

describe('DEMO_OFFICIALS', () => {
  it('have numbers that nobody real has, and are no citizens', () => {
    for (const { personId, ssin } of DEMO_OFFICIALS) {
      assert.ok(parseSsin(ssin, today));
      assert.equal(ssin.slice(6, 9), '998');
      assert.ok(!DEMO_CITIZENS.some((citizen) => citizen.ssin === ssin || citizen.personId === personId));
    }
  });
});

describe('demoPersons', () => {
  it('can all log in', () =>
    assert.deepEqual(
      demoPersons(today).map(({ personId }) => personId),
      [...DEMO_CITIZENS, ...DEMO_OFFICIALS].map(({ personId }) => personId),
    ));

  it('act for an organisation when they are officials, and for nobody when they are citizens', () => {
    for (const { personId, organization } of demoPersons(today)) {
      const official = DEMO_OFFICIALS.find((one) => one.personId === personId);
      assert.equal(organization, official?.organization);
    }
  });

  it('are refused on a day before one of them was born', () =>
    assert.throws(() => demoPersons('1980-01-01' as LocalDate), { code: 'embeddedPartFailed' }));
});

describe('demoClients', () => {
  const clients = demoClients('http://localhost:8080');

  it('have an organisation each that is well formed', () => {
    const machines = clients.filter((client) => client.kind === 'machine');
    assert.equal(machines.length, clients.length - 1);
    for (const { organization } of machines) assert.equal(parseEnterpriseNumber(organization), organization);
    assert.equal(new Set(machines.map(({ organization }) => organization)).size, machines.length);
  });

  it('have an inbox that people come back to', () => {
    const inbox = clients.find(({ clientId }) => clientId === INBOX_CLIENT);
    assert.deepEqual(inbox?.kind === 'web' ? inbox.redirectUris : [], [
      'http://localhost:8080/login/callback',
    ]);
  });
});
