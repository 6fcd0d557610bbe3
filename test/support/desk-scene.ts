/** A desk with something in every place: deliberations, a request, held input, a flow that ran, a webhook, a dead job. */
import { readStatusRecord, type StatusRecord } from '../../src/flow/status-record.ts';
import { reportStatuses } from '../../src/workflows/report-statuses.ts';
import { askForData } from '../../src/workflows/request-access.ts';
import { type Scene, ssinFrom, startScene } from '../http/scene.ts';
import { AGENCY, daysFromNow, deliberation, enterprise, newDeliberation } from './grounds.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { demoSsin } from './service.ts';

export const INSTITUTION = '1912345694';
/** Nobody in the register has it. */
export const STRANGER = ssinFrom('750322996');

export interface DeskScene extends Scene {
  readonly receiver: Receiver;
}

/** Starts it. The city may ask about quarantine, count, and receive the counts for Statbel. */
export async function startDesk(): Promise<DeskScene> {
  const receiver = await startReceiver();
  const settings = { WEBHOOK_ORIGINS: receiver.origin, WEBHOOK_ADDRESSES: 'any' };
  const scene = await startScene(settings);
  await scene.declareDays('lena', ['2021-03-01', '2021-03-02']);
  await recordGrounds(scene);
  await holdReports(scene);
  const stop = async () => {
    await scene.stop();
    await receiver.stop();
  };
  return { ...scene, receiver, stop };
}

/** Sets a job aside, as if it had failed too often. Nothing settles from then on. */
export async function setJobAside({ service }: Scene): Promise<void> {
  await service.database.query(
    `insert into job (lane, kind, payload, attempts, dead_at, last_error) values
       ('tell', 'tell', '{"outboxId":"0193f0aa-0000-7000-8000-000000000001"}', 12, now(), 'the mail server does not answer')`,
  );
}

async function recordGrounds(scene: Scene): Promise<void> {
  const { services } = scene.service.service.composition;
  await services.database.transaction(async (connection) => {
    await newDeliberation(connection);
    await newDeliberation(connection, {
      number: '21/007',
      legalContext: 'STATISTICS:SOCIAL_STATUS',
      purpose: {
        nl: 'Statistiek van sociale statuten',
        fr: 'Statistique des statuts sociaux',
        de: 'Statistik der Sozialstatus',
      },
      statuses: ['quarantine', 'temporaryUnemployment', 'bridgingRight', 'coronaParentalLeave'],
      attestationTypes: [],
      flows: ['statbel-statuses'],
      attributes: ['municipality', 'status', 'sex', 'ageClass', 'persons', 'periods', 'totalDays'],
      validUntil: daysFromNow(40),
    });
  });
  const { number: _number, decidedOn: _decided, organization: _organization, ...use } = deliberation();
  const access = {
    actor: { kind: 'client', id: 'city', organization: AGENCY },
    organization: AGENCY,
  } as const;
  await askForData(
    services,
    { ...access, traceId: 'a'.repeat(32) },
    { use, body: Buffer.from('asked'), messageKey: { kind: 'body' } },
  );
}

async function holdReports(scene: Scene): Promise<void> {
  const { services } = scene.service.service.composition;
  const access = {
    actor: { kind: 'client', id: 'onem', organization: '0206737484' },
    ground: { kind: 'source', organization: enterprise('0206737484') },
    traceId: 'b'.repeat(32),
  } as const;
  const records = [
    recordOf(demoSsin('amelie'), 'C32-1', '2999-01-01'),
    recordOf(STRANGER, 'C32-2', '2020-04-01'),
  ];
  await reportStatuses(services, access, 'onem', records);
}

function recordOf(ssin: string, reference: string, validFrom: string): StatusRecord {
  const value = { ssin, status: 'temporaryUnemployment', reference, validFrom };
  const read = readStatusRecord({ kind: 'value', value }, daysFromNow(0));
  if (read.kind !== 'status') throw new Error(`${reference} is no record`);
  return read.record;
}
