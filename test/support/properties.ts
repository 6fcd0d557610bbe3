/**
 * Loaded before each test file: every property is tried with the seed of the run, so that a run can be had again.
 * Without one, as when a file is run by itself, fast-check takes a seed for each property and tells it when it fails.
 */
import { configureGlobal, readConfigureGlobal } from 'fast-check';

const seed = process.env.PROPERTY_SEED;
if (seed !== undefined) configureGlobal({ ...readConfigureGlobal(), seed: Number(seed) });
