/** The record of a check as a sealed PDF, for whoever checked a document and has to show later that they did. */
import { type Check, type CheckedFile, checkRecordOf } from '../domain/check-record.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { LocalDate } from '../domain/period.ts';
import { checkRecordText } from './check-record-text.ts';
import { type PaperServices, type SealedPaper, sealPaper } from './seal-paper.ts';
import type { Services } from './services.ts';
import { type Holder, reportOn, verifyCode, verifyShare } from './verify.ts';

/** What was checked: a file that was examined, or the code of a document or of a share. */
export type Checked =
  | { readonly by: 'file'; readonly file: CheckedFile }
  | { readonly by: 'code' | 'share'; readonly code: string };

export type RecordServices = Pick<Services, 'database' | 'vault' | 'renderer' | 'settings'> & PaperServices;

/**
 * Checks again and records that, so that what is sealed is what the register says at the moment sealed with it. It stands in
 * evidence as any check does. Undefined for a code that is not ours: nothing is known of what was checked.
 * @throws ServiceError as `sealPaper`, `renderingFailed`
 */
export async function recordCheck(
  services: RecordServices,
  checked: Checked,
  language: DocumentLanguage,
  holder: Holder & { readonly traceId: string },
  day?: LocalDate,
): Promise<SealedPaper | undefined> {
  const check = await checkAgain(services, checked, holder, day);
  if (check.by !== 'file' && check.status === 'unknown') return undefined;
  const { catalogue, settings, renderer } = services;
  const { traceId: reference } = holder;
  const place = `${settings.publicUrl}/verify`;
  const text = checkRecordText(catalogue, check, { language, reference, place });
  const record = checkRecordOf(check, reference, language);
  const pdf = await sealPaper(services, language, (frame) =>
    renderer.renderCheckRecord({ ...frame, text, record }),
  );
  return { pdf, fileName: `check-${reference}.pdf` };
}

async function checkAgain(
  services: RecordServices,
  checked: Checked,
  holder: Holder,
  day: LocalDate | undefined,
): Promise<Check> {
  if (checked.by === 'file') return { by: 'file', ...(await reportOn(services, checked.file, holder, day)) };
  const verify = checked.by === 'code' ? verifyCode : verifyShare;
  return { by: checked.by, ...(await verify(services, checked.code, holder, day)) };
}
