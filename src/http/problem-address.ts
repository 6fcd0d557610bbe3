/** Where the types of problems of our own are explained: pages of this service. */
import type { Problem } from './problems.ts';

/** Gives a problem as it is told: the page of its type with the address that people reach the service at. */
export function withAddress(problem: Problem, publicUrl: string): Problem {
  return problem.href?.startsWith('/') === true
    ? { ...problem, href: `${publicUrl}${problem.href}` }
    : problem;
}
