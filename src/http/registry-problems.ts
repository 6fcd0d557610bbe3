/** Refusals that the message registry words in its own way. */
import { maskSsins } from '../log.ts';
import { own, type Problem, standard } from './problems.ts';

/** 400 in the words of the message registry, by one of its codes. */
export function registryRefusal(registryCode: string, detail: string): Problem {
  return { ...standard('badRequest', 400, 'Bad Request', maskSsins(detail)), registryCode };
}

/** 409: this `Idempotency-Key` has its message; where that is. */
export function alreadyPublished(location: string, isSame: boolean): Problem {
  const detail = `A message was published with this Idempotency-Key${isSame ? '' : ', and it was another one'}`;
  return { ...own('alreadyPublished', 409, 'Conflict', detail), headers: { Location: location } };
}
