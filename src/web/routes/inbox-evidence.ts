/** What became of a message, as files to take along: the same that its sender gets. */
import { isUuid } from '../../domain/identifier.ts';
import { proveMessage } from '../../workflows/message-evidence.ts';
import { printEvidence } from '../../workflows/print-evidence.ts';
import type { Services } from '../../workflows/services.ts';
import { readerOf } from '../reader.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageRoute, PersonVisit, Reply } from '../route.ts';

export type EvidencePageServices = Pick<
  Services,
  'database' | 'catalogue' | 'evidenceKey' | 'renderer' | 'sealKeys' | 'sealing' | 'clock'
>;

/** Where the evidence of a message is, without the end that says in which form. */
export function evidencePath(messageId: string): string {
  return `/inbox/${messageId}/evidence`;
}

/** The routes of both forms. */
export function inboxEvidenceRoutes(services: EvidencePageServices): PageRoute[] {
  return [
    {
      name: 'inboxEvidence',
      method: 'get',
      path: evidencePath(':messageId'),
      access: 'person',
      handle: (visit) => sendPrinted(services, visit),
    },
    {
      name: 'inboxEvidenceData',
      method: 'get',
      path: `${evidencePath(':messageId')}/data`,
      access: 'person',
      handle: (visit) => sendData(services, visit),
    },
  ];
}

async function sendPrinted(services: EvidencePageServices, visit: PersonVisit): Promise<Reply> {
  const [reader, messageId] = await askedBy(services, visit);
  const printed = await printEvidence(services, reader, messageId);
  if (printed === undefined || printed === 'notYet') throw new PageRefusal('notFound');
  const { fileName, pdf } = printed;
  return { kind: 'file', mediaType: 'application/pdf', fileName, isInline: false, content: pdf };
}

async function sendData(services: EvidencePageServices, visit: PersonVisit): Promise<Reply> {
  const [reader, messageId] = await askedBy(services, visit);
  const proved = await proveMessage(services, reader, messageId);
  if (proved === undefined || proved === 'notYet') throw new PageRefusal('notFound');
  const content = Buffer.from(JSON.stringify(proved.evidence));
  const fileName = `evidence-${messageId}.json`;
  return { kind: 'file', mediaType: 'application/json', fileName, isInline: false, content };
}

async function askedBy(services: EvidencePageServices, visit: PersonVisit) {
  const reader = await readerOf(services, visit, 'inbox');
  const messageId = visit.param('messageId');
  if (reader === undefined || !isUuid(messageId)) throw new PageRefusal('notFound');
  return [reader, messageId] as const;
}
