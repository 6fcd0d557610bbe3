/** Whether a text has the form of a fact, so that it can be printed: asked where it comes in, not when it is due. */
import { parseEnterpriseNumber } from './enterprise-number.ts';
import type { Fact } from './fact.ts';
import { parseLocalDate } from './period.ts';

/** Tells whether a text that a source sends has the form that the format of its fact wants. */
export function hasForm({ format, codes }: Pick<Fact, 'format' | 'codes'>, text: string): boolean {
  switch (format) {
    case 'text':
    case 'reference':
    case 'enterprise':
      return true;
    case 'date':
    case 'weekday':
    case 'shortDate':
      return parseLocalDate(text) !== undefined;
    case 'month':
      return parseLocalDate(`${text}-01`) !== undefined;
    case 'period':
      return isInterval(text);
    case 'number':
    case 'amount':
      return /^-?\d{1,12}(\.\d{1,2})?$/.test(text);
    case 'ssin':
      return /^\d{11}$/.test(text);
    case 'enterpriseNumber':
      return text.length === 10 && parseEnterpriseNumber(text) !== undefined;
    case 'jointCommittee':
      return /^\d{3}$/.test(text);
    case 'municipality':
      return /^\d{5}$/.test(text);
    case 'code':
      return codes?.includes(text) ?? false;
    // Not written as one text, or by the service itself.
    case 'address':
    case 'instant':
    case 'holder':
    case 'employer':
    case 'employerNumber':
      return false;
  }
}

function isInterval(text: string): boolean {
  const [from = '', until = '', ...more] = text.split('/');
  if (more.length > 0 || parseLocalDate(from) === undefined) return false;
  return until === '..' || (parseLocalDate(until) !== undefined && until >= from);
}
