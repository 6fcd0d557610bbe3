/** Bugs that a simulation has to find: each breaks one rule of the queue's statements, or of the order of steps. */
export const SIMULATED_BUGS = [
  'no fencing on the lease token',
  'the job ends before its work',
  'a lease that is not waited for',
  'a lease that never ends',
  'a lease judged by the clock of its worker',
  'a key of the moment on each try of a relay',
  'what was never tried counts as published',
  'an existing object is taken for our own',
  'what was withdrawn meanwhile is issued',
  'a chunk that was stopped on the way counts as done',
  'the rows of a chunk are begun anew on each try',
] as const;
export type SimulatedBug = (typeof SIMULATED_BUGS)[number];
