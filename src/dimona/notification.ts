/**
 * The answer to a file of forms: NOTIFICATION XML (schema 2022/3), one form NOTI001 per judged form.
 *
 * Why there is no ResultCode 2: samples show 1 for accepted and 0 for refused; what 2 means nobody published. A and W
 * are 1 (the warnings of W stand beside it), B is 0. S is no final answer, and this message is one (`TypeForm` FA): a
 * waiting form is left out until it is judged, and then told as A, W or B.
 */

import { classOf } from '../domain/anomaly.ts';
import type { PeriodContent } from '../domain/assessment.ts';
import type { Address, Anomaly, Declaration, EmployerIdentification, Result } from '../domain/declaration.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { brusselsDateTime } from '../domain/period.ts';
import { describeAnomaly, tagOf } from './anomalies.ts';
import type { FormHead, Reference } from './xml.ts';
import { isZoneValue, type ZoneTag } from './zones.ts';

type Days = Pick<PeriodContent, 'startDate' | 'startHour' | 'endDate' | 'endHour'>;

/** One form that was judged. */
export interface HandledForm {
  /** Our own reference, up to 64 characters. */
  readonly declarationId: string;
  readonly answeredAt: Date;
  readonly head: FormHead;
  /** The declarant's, at most one of each type. */
  readonly references: readonly Reference[];
  readonly declaration: Declaration;
  readonly result: Result;
  readonly anomalies: readonly Anomaly[];
  /** What became of a period: with A and W. An IN has no `before`, a CANCEL no `after`. */
  readonly impact?: {
    readonly periodId: string;
    readonly features: Pick<PeriodContent, 'workerType' | 'jointCommittee' | 'usingEmployer'>;
    readonly before?: Days;
    readonly after?: Days;
  };
}

/**
 * Writes the file piece by piece, labels in one language. Gives nothing at all when no form is answered yet, because a
 * file without forms would break the schema.
 */
export async function* writeNotification(
  forms: AsyncIterable<HandledForm> | Iterable<HandledForm>,
  language: DocumentLanguage,
): AsyncGenerator<string> {
  let isOpen = false;
  for await (const form of forms) {
    if (form.result === 'S') continue;
    if (!isOpen) yield OPENING;
    isOpen = true;
    yield `${writeForm(form, language)}\n`;
  }
  if (isOpen) yield '</NOTIFICATION>\n';
}

const OPENING = `<?xml version="1.0" encoding="UTF-8"?>
<NOTIFICATION xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="NOTIFICATION_20223.xsd">
`;

function writeForm(form: HandledForm, language: DocumentLanguage): string {
  const { declaration } = form;
  const ssin = declaration.worker?.ssin;
  return block(
    'Form',
    value('Identification', 'NOTI001'),
    ...writeMoment(form.answeredAt),
    value('AttestationStatus', '0'),
    value('TypeForm', 'FA'),
    writeHead(form.head),
    ...writeReferences(form),
    writeEmployer(declaration.employer),
    ssin !== undefined && isZoneValue('INSS', ssin) ? block('NaturalPerson', value('INSS', ssin)) : '',
    writeHandledReference(form),
    block(
      'HandlingResult',
      value('ResultCode', form.result === 'B' ? '0' : '1'),
      ...form.anomalies.map((anomaly) => writeAnomaly(anomaly, language)),
      writeImpact(form.impact),
    ),
  );
}

function writeMoment(instant: Date): string[] {
  const text = brusselsDateTime(instant);
  const milliseconds = String(instant.getUTCMilliseconds()).padStart(3, '0');
  return [
    value('FormCreationDate', text.slice(0, 10)),
    value('FormCreationHour', `${text.slice(11, 19)}.${milliseconds}`),
  ];
}

/** Repeats how the form named itself, as far as this message's schema can hold it. */
function writeHead(head: FormHead): string {
  const { identification = '', attestationStatus = '', typeForm = '' } = head;
  return block(
    'HandledOriginalForm',
    Array.from(identification).length <= 7 ? value('Identification', head.identification) : '',
    fitting('FormCreationDate', head.creationDate),
    fitting('FormCreationHour', head.creationHour),
    /^[0-8]$/.test(attestationStatus) ? value('AttestationStatus', attestationStatus) : '',
    ['RE', 'PA', 'FA', 'LA', 'SU'].includes(typeForm) ? value('TypeForm', typeForm) : '',
  );
}

/** Our reference as the ticket (origin 2), then the declarant's other ones; four at most. */
function writeReferences({ declarationId, references }: HandledForm): string[] {
  const others = references.filter(({ type }) => type !== '1');
  return [
    writeReference('Reference', '1', '2', declarationId),
    ...others.map(({ type, number }) => writeReference('Reference', type, '1', number)),
  ];
}

/** The reference by which the declarant knows the form again; where there is none, ours. */
function writeHandledReference({ declarationId, references }: HandledForm): string {
  const own = references.find(({ type }) => type === '1');
  return own === undefined
    ? writeReference('HandledReference', '1', '2', declarationId)
    : writeReference('HandledReference', '1', '1', own.number);
}

function writeReference(name: string, type: string, origin: '1' | '2', number: string): string {
  return block(
    name,
    value('ReferenceType', type),
    value('ReferenceOrigin', origin),
    value('ReferenceNbr', number),
  );
}

/** The schema wants an NSSO number and an enterprise number; with less the block is left out. */
function writeEmployer(employer: EmployerIdentification = {}): string {
  const number =
    fitting('NOSSRegistrationNbr', employer.nssoNumber) ||
    fitting('ProvisionalNSSONbr', employer.provisionalNssoNumber);
  const company = fitting('CompanyID', employer.enterpriseNumber);
  return number === '' || company === '' ? '' : block('EmployerId', number, company);
}

/** Without `Value`: the declarant knows what was declared, and an SSIN is not repeated. */
function writeAnomaly({ code }: Anomaly, language: DocumentLanguage): string {
  return block(
    'AnomalyReport',
    value('ErrorID', code),
    value('TagName', tagOf(code)),
    value('AnomalyClass', classOf(code)),
    value('AnomalyLabel', describeAnomaly(code)[language]),
  );
}

function writeImpact(impact: HandledForm['impact']): string {
  if (impact === undefined) return '';
  const { periodId, features, before, after } = impact;
  const user = features.usingEmployer;
  return block(
    'ImpactReport',
    block(
      'DimonaImpactReport',
      value('DimonaPeriodId', periodId),
      value('IsLocked', '0'),
      block(
        'DimonaFeatures',
        fitting('JointCommissionNbr', features.jointCommittee),
        fitting('WorkerType', features.workerType),
        user === undefined
          ? ''
          : block(
              'UsingEmployer',
              fitting('JointCommissionNbr', user.jointCommittee),
              fitting('UsingEmployerName', user.name),
              fitting('UsingEmployerCompanyID', user.enterpriseNumber),
              user.address === undefined ? '' : writeAddress(user.address),
            ),
      ),
      before === undefined ? '' : writeDays('DimonaPeriodBefore', before),
      after === undefined ? '' : writeDays('DimonaPeriodAfter', after),
    ),
  );
}

function writeAddress(address: Address): string {
  return block(
    'Address',
    fitting('Street', address.street),
    fitting('HouseNbr', address.houseNumber),
    fitting('PostBox', address.postBox),
    fitting('ZIPCode', address.postCode),
    fitting('City', address.city),
    fitting('Country', address.country),
  );
}

function writeDays(name: string, { startDate, startHour, endDate, endHour }: Days): string {
  return block(
    name,
    fitting('StartingDate', startDate),
    fitting('StartingHour', startHour),
    fitting('EndingDate', endDate),
    fitting('EndingHour', endHour),
  );
}

function block(name: string, ...content: readonly string[]): string {
  return `<${name}>${content.join('')}</${name}>`;
}

function value(name: string, text: string | undefined): string {
  return text === undefined ? '' : `<${name}>${escapeXml(text)}</${name}>`;
}

/** A zone, left out where its value is not what the zone may hold. */
function fitting(tag: ZoneTag, text: string | undefined): string {
  return text !== undefined && isZoneValue(tag, text) ? value(tag, text) : '';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** Escapes markup; what XML 1.0 cannot hold at all becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
}
