/** Where people choose how they are told; named in each mail, and the same address for everybody. */
export const NOTICES_PATH = '/my-data/notices';
